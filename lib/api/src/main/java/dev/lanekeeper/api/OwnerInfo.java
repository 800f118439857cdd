package dev.lanekeeper.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whose a request is, and why.
 *
 * @param service where it has arrived, or would go
 * @param tag as it was read, in normal form
 * @param stamp as it was read; empty: none
 * @param revision at which the rule was asked
 * @param owner whose it is
 * @param reason the rule's reason in words
 */
public record OwnerInfo(String service, String tag, String stamp, long revision, Owner owner, String reason) {

  /**
   * An owner.
   *
   * @param kind {@code baseline}, {@code workload}, {@code redirect}, {@code mock}, {@code ended} or
   *     {@code unregistered}
   * @param incarnation of an override; null: it is none
   * @param addresses where calls go; empty where there is none
   */
  public record Owner(String kind, @Nullable String incarnation, List<String> addresses) {

    /** Copies the list. */
    public Owner {
      addresses = List.copyOf(addresses);
    }
  }
}
