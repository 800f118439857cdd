package dev.lanekeeper.api;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A registered tenant.
 *
 * @param tenancy under which it is registered
 * @param from the revision with which it began
 * @param ttl its time to live as it was written; null: it has none
 * @param expiresAtMillis when it is deleted unless it is applied again, ms since 1970; null: never
 * @param labels as they were written
 * @param overrides the overrides that live
 */
public record TenantInfo(String tenancy, long from, @Nullable String ttl, @Nullable Long expiresAtMillis,
    Map<String, String> labels, List<LiveOverride> overrides) {

  /** Copies the collections. */
  public TenantInfo {
    labels = Map.copyOf(labels);
    overrides = List.copyOf(overrides);
  }

  /**
   * An override that lives.
   *
   * @param service which service it overrides
   * @param incarnation the id of this life of it
   * @param kind {@code workload}, {@code redirect} or {@code mock}
   * @param addresses where its calls go now; empty where no instance is announced, and for a mock
   * @param groups its consumer groups, as far as known
   * @param ready whether somebody is there to serve it
   */
  public record LiveOverride(String service, String incarnation, String kind, List<String> addresses,
      List<String> groups,
      boolean ready) {

    /** Copies the lists. */
    public LiveOverride {
      addresses = List.copyOf(addresses);
      groups = List.copyOf(groups);
    }
  }
}
