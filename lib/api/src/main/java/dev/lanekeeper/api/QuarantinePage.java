package dev.lanekeeper.api;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A part of what is in quarantine, newest first.
 *
 * @param records that match; no more than were asked for
 * @param counts how many of those that were looked at match, by reason
 * @param looked how many records were looked at for this page
 * @param rest how many records are still to be looked at, at most
 * @param next where the next page begins; null: this is the last
 */
public record QuarantinePage(List<QuarantinedInfo> records, Map<String, Long> counts, long looked, long rest,
    @Nullable String next) {

  /** Copies the collections. */
  public QuarantinePage {
    records = List.copyOf(records);
    counts = Map.copyOf(counts);
  }

  /**
   * What is looked for; null stands for any.
   *
   * @param service name of one
   * @param tenancy that a record is tagged with, alone or in a combination
   * @param reason as {@link QuarantinedInfo#reason} says it
   * @param state as {@link QuarantinedInfo#state} says it
   */
  public record Filter(@Nullable String service, @Nullable String tenancy, @Nullable String reason,
      @Nullable String state) {}
}
