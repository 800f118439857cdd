package dev.lanekeeper.controlplane.planes;

import dev.lanekeeper.api.DataPlaneInfo;
import dev.lanekeeper.api.DataPlaneReport;
import dev.lanekeeper.controlplane.store.Reading;
import dev.lanekeeper.controlplane.store.SqliteStore;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.ServiceName;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The data planes that report; who has been silent for {@link #SILENCE} is gone. What they saw goes to the inventory, for
 * good.
 *
 * <p><b>Threads.</b> Any.
 */
public final class DataPlanes {

  /** After how long without a word a data plane is gone. */
  public static final Duration SILENCE = Duration.ofSeconds(10);
  private static final int MOST = 100_000;

  private final SqliteStore store;
  private final InstantSource clock;
  private final Map<String, Heard> heard = new ConcurrentHashMap<>();

  private record Heard(DataPlaneReport report, long atMillis) {}

  /** Data planes of a store. */
  public DataPlanes(SqliteStore store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
  }

  /**
   * Takes a report. A consumer in it that is malformed is left out, and refused once the rest was taken: the process must
   * not count as silent for it.
   *
   * @throws dev.lanekeeper.api.ProblemException if it names no service, or a field is malformed
   */
  public void report(String id, DataPlaneReport whole) {
    ServiceName service = checked(whole);
    List<IllegalArgumentException> faults = new ArrayList<>();
    DataPlaneReport report = whole.with(Limits.consumers(whole, faults));
    if (heard.size() >= MOST) {
      expire();
    }
    heard.put(id, new Heard(report, clock.millis()));
    keepReadings(service, report);
    if (!faults.isEmpty()) {
      throw Limits.problem(faults.get(0), "correct this consumer; the rest of the report was taken");
    }
  }

  private void keepReadings(ServiceName service, DataPlaneReport report) {
    String incarnation = report.incarnation() == null ? "" : report.incarnation();
    if (report.tenancy() != null && incarnation.isEmpty()) {
      return;
    }
    Set<Reading> unknown = new HashSet<>(readings(service, incarnation, report));
    unknown.removeAll(store.catalog().inventory());
    if (!unknown.isEmpty()) {
      store.inTransaction(transaction -> {
        unknown.forEach(transaction::put);
        return unknown.size();
      });
    }
  }

  private static ServiceName checked(DataPlaneReport report) {
    try {
      Limits.check(report);
      return ServiceName.of(report.service());
    } catch (IllegalArgumentException malformed) {
      throw Limits.problem(malformed, "correct the field; a service is named by LANEKEEPER_SERVICE");
    }
  }

  private static Set<Reading> readings(ServiceName service, String incarnation, DataPlaneReport report) {
    Set<Reading> readings = new HashSet<>();
    readings.add(Reading.seen(service, incarnation));
    for (DataPlaneReport.Consumer consumer : report.consumers()) {
      String group = consumer.group();
      if (group != null && !group.isEmpty() && !consumer.bootstrap().isEmpty()) {
        consumer.topics()
            .forEach(topic -> readings.add(new Reading(service, incarnation, consumer.bootstrap(), group, topic)));
      }
    }
    return readings;
  }

  /** Forgets who has been silent. */
  public void expire() {
    long oldest = clock.millis() - SILENCE.toMillis();
    heard.values().removeIf(entry -> entry.atMillis() < oldest);
  }

  private boolean isThere(Heard entry) {
    return entry.atMillis() >= clock.millis() - SILENCE.toMillis();
  }

  /** Whether a data plane reports. */
  public boolean isThere(String id) {
    Heard entry = heard.get(id);
    return entry != null && isThere(entry);
  }

  /** Every data plane that reports, by service and id. */
  public List<DataPlaneInfo> all() {
    long now = clock.millis();
    long revision = store.catalog().table().revision();
    List<DataPlaneInfo> all = new ArrayList<>();
    heard.forEach((id, entry) -> {
      if (isThere(entry)) {
        long asOf = entry.report().asOf();
        Long tableAge = asOf <= 0 ? null : Math.max(0, entry.atMillis() - asOf);
        all.add(new DataPlaneInfo(id, now - entry.atMillis(), Math.max(0, revision - entry.report().revision()),
            tableAge, entry.report()));
      }
    });
    all.sort(Comparator.comparing((DataPlaneInfo plane) -> plane.report().service()).thenComparing(DataPlaneInfo::id));
    return all;
  }

  /** The ids of the data planes of a service's baseline that report, sorted. */
  public List<String> baselines(ServiceName service) {
    List<String> ids = new ArrayList<>();
    heard.forEach((id, entry) -> {
      if (isThere(entry) && isBaselineOf(entry, service)) {
        ids.add(id);
      }
    });
    ids.sort(Comparator.naturalOrder());
    return ids;
  }

  private static boolean isBaselineOf(Heard entry, ServiceName service) {
    return entry.report().tenancy() == null && entry.report().service().equalsIgnoreCase(service.text());
  }

  /** The member ids under which data planes of a service's baseline are in groups. */
  public Set<String> memberIds(ServiceName service) {
    Set<String> ids = new HashSet<>();
    heard.values().stream().filter(this::isThere).filter(entry -> isBaselineOf(entry, service))
        .flatMap(entry -> entry.report().consumers().stream()).forEach(consumer -> {
          String memberId = consumer.memberId();
          if (memberId != null && !memberId.isEmpty()) {
            ids.add(memberId);
          }
        });
    return ids;
  }

  /** Which revision the members of groups have applied, by member id, as data planes of a service's baseline reported it. */
  public Map<String, Long> revisions(ServiceName service) {
    Map<String, Long> revisions = new HashMap<>();
    heard.values().stream().filter(entry -> isBaselineOf(entry, service))
        .forEach(entry -> entry.report().consumers().forEach(consumer -> {
          String memberId = consumer.memberId();
          if (memberId != null && !memberId.isEmpty()) {
            revisions.merge(memberId, entry.report().revision(), Math::max);
          }
        }));
    return revisions;
  }

  /** Whether a process of an override has joined a consumer group. */
  public boolean consumes(Incarnation incarnation) {
    return heard.values().stream().filter(this::isThere)
        .filter(entry -> incarnation.id().equals(entry.report().incarnation()))
        .flatMap(entry -> entry.report().consumers().stream()).anyMatch(DataPlaneReport.Consumer::hasJoined);
  }

  /** The sums of the counters of all that report. */
  public Map<String, Long> counters() {
    Map<String, Long> sums = new java.util.TreeMap<>();
    heard.values().stream().filter(this::isThere)
        .forEach(entry -> entry.report().counters().forEach((name, count) -> sums.merge(name, count, Long::sum)));
    return sums;
  }
}
