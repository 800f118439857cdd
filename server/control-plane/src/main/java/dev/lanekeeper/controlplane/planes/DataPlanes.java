package dev.lanekeeper.controlplane.planes;

import dev.lanekeeper.api.DataPlaneInfo;
import dev.lanekeeper.api.DataPlaneReport;
import dev.lanekeeper.controlplane.lifecycle.Stage;
import dev.lanekeeper.controlplane.store.Ledger;
import dev.lanekeeper.controlplane.store.Reading;
import dev.lanekeeper.controlplane.store.Store;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Stamp;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The data planes that report; who has been silent for {@link dev.lanekeeper.controlplane.store.Presence#SILENCE} is gone. What they
 * saw goes to the inventory, for good.
 *
 * <p><b>Threads.</b> Any.
 */
public final class DataPlanes {

  private final Store store;
  private final LostRevisions lost;

  private record Heard(String id, DataPlaneReport report, long ageMillis) {

    boolean isBaselineOf(ServiceName service) {
      return report.tenancy() == null && report.service().equalsIgnoreCase(service.text());
    }
  }

  /** Data planes of a store. */
  public DataPlanes(Store store) {
    this.store = store;
    this.lost = new LostRevisions(store);
  }

  private Stream<Heard> heard() {
    return store.presence().present().entrySet().stream().flatMap(entry -> {
      DataPlaneReport report = entry.getValue().report();
      return report == null
          ? Stream.empty()
          : Stream.of(new Heard(entry.getKey(), report, entry.getValue().ageMillis()));
    });
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
    store.presence().heard(id, report);
    keepReadings(service, report);
    lost.look(report);
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
    unknown.removeIf(reading -> !reading.handovers() && isReadByAnother(reading));
    if (!unknown.isEmpty()) {
      store.inTransaction(transaction -> {
        // A process that outlives its override goes on to report: what it read was forgotten with that. So it does where the store
        // was restored from before.
        if (incarnation.isEmpty() || isAlive(transaction.ledger().entry(new Incarnation(incarnation)))) {
          unknown.forEach(transaction::put);
        }
        return unknown.size();
      });
    }
  }

  private static boolean isAlive(Ledger.@Nullable Entry entry) {
    return entry != null && !(entry.life().stage() instanceof Stage.Ended);
  }

  /** Whether a process of the same group says that it reads what is handed over: one is enough. */
  private boolean isReadByAnother(Reading reading) {
    return heard().anyMatch(one -> one.report().service().equalsIgnoreCase(reading.service().text())
        && Objects.requireNonNullElse(one.report().incarnation(), "").equals(reading.incarnation())
        && readings(reading.service(), reading.incarnation(), one.report()).contains(reading.with(true)));
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
        consumer.topics().forEach(topic -> readings.add(
            new Reading(service, incarnation, consumer.bootstrap(), group, topic, consumer.takesHandovers())));
      }
    }
    readings.removeIf(reading -> !reading.handovers() && readings.contains(reading.with(true)));
    return readings;
  }

  /** Every data plane that reports, by service and id. */
  public List<DataPlaneInfo> all() {
    long revision = store.catalog().table().revision();
    long now = store.clock().millis();
    return heard()
        .map(one -> new DataPlaneInfo(one.id(), one.ageMillis(), Math.max(0, revision - one.report().revision()),
            tableAge(now - one.ageMillis(), one.report().asOf()), one.report()))
        .sorted(Comparator.comparing((DataPlaneInfo plane) -> plane.report().service())
            .thenComparing(DataPlaneInfo::id))
        .toList();
  }

  private static @Nullable Long tableAge(long heardMillis, long asOfMillis) {
    return asOfMillis <= 0 ? null : Math.max(0, heardMillis - asOfMillis);
  }

  /** The ids of the data planes of a service's baseline that report, sorted. */
  public List<String> baselines(ServiceName service) {
    return heard().filter(one -> one.isBaselineOf(service)).map(Heard::id).sorted().toList();
  }

  /** Why a module does not fit what it found, as data planes of a service's baseline say; sorted, each once. */
  public List<String> missed(ServiceName service, String module) {
    return heard().filter(one -> one.isBaselineOf(service)).flatMap(one -> one.report().modules().stream())
        .filter(one -> !one.matched() && one.name().equals(module))
        .map(one -> Objects.requireNonNullElse(one.detail(), "")).distinct().sorted().toList();
  }

  /** The member ids under which data planes of a service's baseline are in groups. */
  public Set<String> memberIds(ServiceName service) {
    return revisions(service).keySet();
  }

  /**
   * Which revision the members of groups have applied, by member id, as data planes of a service's baseline reported it. One of a
   * history that this store does not know, since it was restored from before, is none: what has that number now they have not seen.
   */
  public Map<String, Long> revisions(ServiceName service) {
    RouteTable table = store.catalog().table();
    Map<String, Long> revisions = new HashMap<>();
    heard().filter(one -> one.isBaselineOf(service)).forEach(one -> one.report().consumers().forEach(consumer -> {
      String memberId = consumer.memberId();
      if (memberId != null && !memberId.isEmpty()) {
        revisions.merge(memberId, isKnown(table, Stamp.parse(one.report().stamp())) ? one.report().revision() : 0L,
            Math::max);
      }
    }));
    return revisions;
  }

  private static boolean isKnown(RouteTable table, Stamp held) {
    return held.isNone() || table.stampOf(held.revision()).equals(held);
  }

  /** The overrides of which a process has joined a consumer group, by the id of the incarnation. */
  public Set<String> consuming() {
    Set<String> consuming = new HashSet<>();
    heard().forEach(one -> {
      String incarnation = one.report().incarnation();
      if (incarnation != null && one.report().consumers().stream().anyMatch(DataPlaneReport.Consumer::hasJoined)) {
        consuming.add(incarnation);
      }
    });
    return consuming;
  }

  /** The sums of the counters of all that report. */
  public Map<String, Long> counters() {
    Map<String, Long> sums = new TreeMap<>();
    heard().forEach(one -> one.report().counters().forEach((name, count) -> sums.merge(name, count, Long::sum)));
    return sums;
  }
}
