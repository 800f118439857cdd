package dev.lanekeeper.api;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a data plane tells of itself, every two seconds and at once when its consumers change.
 *
 * @param service whose workload it is
 * @param tenancy for which tenant; null: the baseline
 * @param incarnation the override it belongs to; null: the baseline
 * @param version of Lanekeeper
 * @param revision that it has applied; 0: it has no table
 * @param stamp the same with its seal; null: it has no table, or does not say
 * @param origin the oldest revision of the history that its table holds, with its seal: which store that is; null: likewise
 * @param asOf of what time its table is known to be current, ms since 1970
 * @param pid its process
 * @param host its machine
 * @param started when, ms since 1970
 * @param consumers its Kafka consumers
 * @param modules which libraries it acts in
 * @param counters what it did, by reason
 */
public record DataPlaneReport(String service, @Nullable String tenancy, @Nullable String incarnation, String version,
    long revision, @Nullable String stamp, @Nullable String origin, long asOf, long pid, String host, long started,
    List<Consumer> consumers, List<Module> modules, Map<String, Long> counters) {

  /** Copies the collections; what is not there is empty. */
  public DataPlaneReport {
    Objects.requireNonNull(service, "service");
    version = Objects.requireNonNullElse(version, "");
    host = Objects.requireNonNullElse(host, "");
    consumers = consumers == null ? List.of() : List.copyOf(consumers);
    modules = modules == null ? List.of() : List.copyOf(modules);
    counters = counters == null ? Map.of() : Map.copyOf(counters);
  }

  /** A report that does not say which history its table holds. */
  public DataPlaneReport(String service, @Nullable String tenancy, @Nullable String incarnation, String version,
      long revision, long asOf, long pid, String host, long started, List<Consumer> consumers, List<Module> modules,
      Map<String, Long> counters) {
    this(service, tenancy, incarnation, version, revision, null, null, asOf, pid, host, started, consumers, modules,
        counters);
  }

  /** The same report with other consumers. */
  public DataPlaneReport with(List<Consumer> others) {
    return new DataPlaneReport(service, tenancy, incarnation, version, revision, stamp, origin, asOf, pid, host,
        started, others, modules, counters);
  }

  /** The same report with the history of its table. */
  public DataPlaneReport holding(String newStamp, String newOrigin) {
    return new DataPlaneReport(service, tenancy, incarnation, version, revision, newStamp, newOrigin, asOf, pid, host,
        started, consumers, modules, counters);
  }

  /**
   * A Kafka consumer.
   *
   * @param bootstrap as it was configured
   * @param group its consumer group; null or empty: none
   * @param topics that it subscribes to or was assigned
   * @param memberId that the broker gave it; null or empty: it has not joined
   * @param clientId its client id
   * @param handovers whether it reads what is handed over to its group; null: it does not say, and does
   */
  public record Consumer(String bootstrap, @Nullable String group, List<String> topics, @Nullable String memberId,
      @Nullable String clientId, @Nullable Boolean handovers) {

    /** Copies the list. */
    public Consumer {
      bootstrap = Objects.requireNonNullElse(bootstrap, "");
      topics = topics == null ? List.of() : List.copyOf(topics);
    }

    /** One that does not say whether it reads what is handed over. */
    public Consumer(String bootstrap, @Nullable String group, List<String> topics, @Nullable String memberId,
        @Nullable String clientId) {
      this(bootstrap, group, topics, memberId, clientId, null);
    }

    /** Whether it reads what is handed over to its group. */
    public boolean takesHandovers() {
      return handovers == null || handovers;
    }

    /** Whether it is a member of its group. */
    public boolean hasJoined() {
      return memberId != null && !memberId.isEmpty();
    }
  }

  /**
   * A library that the data plane acts in.
   *
   * @param name of the library
   * @param matched whether it was found in a form that is supported
   * @param detail for people
   */
  public record Module(String name, boolean matched, @Nullable String detail) {}
}
