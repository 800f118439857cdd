package dev.lanekeeper.simulation;

import dev.lanekeeper.api.DataPlaneReport;
import dev.lanekeeper.client.RouteJson;
import dev.lanekeeper.controlplane.lifecycle.Start;
import dev.lanekeeper.kafka.RecordTags;
import dev.lanekeeper.kafka.RedeliveredRecord;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.Change;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.OverrideLife;
import dev.lanekeeper.model.PartitionOffset;
import dev.lanekeeper.model.Phase;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.RouteView;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.Tag;
import dev.lanekeeper.model.WireNames;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Breaks one rule, where one is seeded: the surroundings of the product (broker, store, network, clocks) behave towards it as if the rule
 * were another. The product itself stays as it is.
 */
final class Faults {

  private static final long STALE_NANOS = 1_500_000_000;
  private static final long MEMORY_MILLIS = 3_000;

  private final @Nullable Fault seeded;
  private final Deque<Ends> ends = new ArrayDeque<>();
  private @Nullable RouteTable cut;
  private RouteTable cutFrom = RouteTable.EMPTY;
  private long cutMillis;

  private record Ends(long atNanos, Map<TopicPartition, Long> offsets) {}

  Faults(@Nullable Fault seeded) {
    this.seeded = seeded;
  }

  boolean is(Fault fault) {
    return seeded == fault;
  }

  // Tables and stamps

  /** The view that a data plane acts by. */
  RouteView seen(RouteView view, long nowMillis) {
    boolean cuts = is(Fault.HISTORY_DROPPED) || is(Fault.FORGETS_BY_CLOCK);
    return !cuts || !view.isKnown()
        ? view
        : new RouteView(withoutEnded(view.table(), nowMillis), view.asOfMillis(), view.cutOff());
  }

  @SuppressWarnings("ReferenceEquality") // looked at anew for each table, and each second
  private RouteTable withoutEnded(RouteTable table, long nowMillis) {
    RouteTable known = cut;
    if (known != null && cutFrom == table && cutMillis / 1_000 == nowMillis / 1_000) {
      return known;
    }
    RouteTable.Content content = table.content();
    long oldest = is(Fault.HISTORY_DROPPED) ? Long.MAX_VALUE : nowMillis - MEMORY_MILLIS;
    RouteTable made = RouteTable.of(new RouteTable.Content(content.floor(), content.log(),
        content.tenants().stream().filter(life -> !isForgotten(table, life.to(), oldest)).toList(),
        content.overrides().stream().filter(life -> !isForgotten(table, life.to(), oldest)).toList(),
        content.services(), content.instances(), content.environments()));
    cut = made;
    cutFrom = table;
    cutMillis = nowMillis;
    return made;
  }

  private static boolean isForgotten(RouteTable table, long end, long oldestMillis) {
    for (int row = 0; row < table.log().size(); row++) {
      if (table.log().revision(row) == end) {
        return table.log().commitMillis(row) < oldestMillis;
      }
    }
    return false;
  }

  /** What a consumer reads, in place of what stands there. */
  void read(Headers headers, RouteTable table, boolean underTest) {
    boolean rewrites = is(Fault.NEWEST_TABLE) || is(Fault.NO_WAIT) || is(Fault.SKIPS_IN_DOUBT) || is(Fault.NO_SEAL);
    Carried carried = rewrites ? RecordTags.read(headers, WireNames.STANDARD) : Carried.NOTHING;
    Stamp stamp = carried.stamp();
    if (!carried.isTagged() || stamp.isNone() || table.revision() == 0) {
      return;
    }
    boolean newer = stamp.revision() > table.revision();
    if (is(Fault.NEWEST_TABLE) || (is(Fault.NO_WAIT) && newer)) {
      RecordTags.write(headers, WireNames.STANDARD, carried.with(table.stamp()));
    } else if (is(Fault.SKIPS_IN_DOUBT) && underTest && newer) {
      RecordTags.write(headers, WireNames.STANDARD, new Carried(Tag.of("nobody"), stamp));
    } else if (is(Fault.NO_SEAL) && !newer && !table.stampOf(stamp.revision()).isNone()) {
      RecordTags.write(headers, WireNames.STANDARD, carried.with(table.stampOf(stamp.revision())));
    }
  }

  /** What data planes are told of a change. */
  Change served(Change change) {
    return change.overrides().stream().noneMatch(this::isServedWrong)
        ? change
        : new Change(change.revision(), change.seal(), change.commitMillis(), change.tenants(),
            change.overrides().stream().map(this::served).toList(), change.services(), change.removedServices(),
            change.instances(), change.environment());
  }

  /** What data planes are told where they ask for everything. */
  RouteTable served(RouteTable table) {
    RouteTable.Content content = table.content();
    return content.overrides().stream().noneMatch(this::isServedWrong)
        ? table
        : RouteTable.of(new RouteTable.Content(content.floor(), content.log(), content.tenants(),
            content.overrides().stream().map(this::served).toList(), content.services(), content.instances(),
            content.environments()));
  }

  private boolean isServedWrong(OverrideLife life) {
    return (is(Fault.CLOSING_UNTOLD) && life.phase() == Phase.CLOSING)
        || (is(Fault.FENCE_TOLD_AHEAD) && life.phase() == Phase.FENCED);
  }

  private OverrideLife served(OverrideLife life) {
    if (!isServedWrong(life)) {
      return life;
    }
    List<PartitionOffset> fence = life.fence();
    return fence == null
        ? new OverrideLife(life.incarnation(), life.service(), life.tenancy(), life.from(), life.to(), life.target(),
            life.residue(), life.starts(), Phase.SERVED, null)
        : life.fencedAt(moved(fence, place -> place.offset() + 3));
  }

  /** What is current. */
  RouteJson.Current current(RouteJson.Current current) {
    return is(Fault.AS_OF_AHEAD)
        ? new RouteJson.Current(current.revision(), current.asOfMillis() + 900)
        : is(Fault.AS_OF_EQUAL) ? new RouteJson.Current(current.revision(), current.asOfMillis() + 1) : current;
  }

  /** The answer to a question. */
  RouteJson.Current answer(RouteJson.Current current) {
    return is(Fault.NOT_GIVEN_BY_REPLICA)
        ? new RouteJson.Current(Math.max(0, current.revision() - 2), current.asOfMillis())
        : current;
  }

  /** Whether a question is answered before it was put; one that confirms a membership, or any. */
  boolean isAnsweredAtOnce(boolean confirming) {
    return is(Fault.ANSWERED_AT_ONCE) || (confirming && is(Fault.NO_CONFIRMATION));
  }

  // Reports

  /** What arrives of a report. */
  DataPlaneReport reported(DataPlaneReport report, long newest, Groups groups) {
    if (is(Fault.REPORTS_AHEAD)) {
      return new DataPlaneReport(report.service(), report.tenancy(), report.incarnation(), report.version(), newest,
          report.asOf(), report.pid(), report.host(), report.started(), report.consumers(), report.modules(),
          report.counters());
    }
    if (!is(Fault.ACKNOWLEDGED_BY_GROUP)) {
      return report;
    }
    List<DataPlaneReport.Consumer> all = new ArrayList<>(report.consumers());
    for (DataPlaneReport.Consumer consumer : report.consumers()) {
      String group = consumer.group();
      if (group != null) {
        groups.members(group).forEach(member -> all.add(new DataPlaneReport.Consumer(consumer.bootstrap(), group,
            consumer.topics(), member.id(), member.clientId(), consumer.handovers())));
      }
    }
    return report.with(all);
  }

  // The broker

  /** The committed offset that is read of a group. */
  long position(String group, long committed, long end, boolean toForget) {
    if (toForget && is(Fault.FORGETS_DESPITE_LAG)) {
      return end;
    }
    boolean own = Incarnation.ofGroup(group) != null;
    return is(Fault.STARTS_AT_THE_END) || (own && is(Fault.UNDERTAKER_NOT_AWAITED)) ? end : committed;
  }

  /** Who is in a group, as a control plane is told. */
  boolean hidesMembers(String group) {
    boolean own = Incarnation.ofGroup(group) != null;
    return own ? is(Fault.DRAIN_SKIPPED) : is(Fault.CLOSING_UNACKNOWLEDGED);
  }

  /** What arrives of a commit. */
  Map<TopicPartition, OffsetAndMetadata> committed(Map<TopicPartition, OffsetAndMetadata> offsets) {
    if (!is(Fault.NO_CLAIM)) {
      return offsets;
    }
    Map<TopicPartition, OffsetAndMetadata> bare = new HashMap<>();
    offsets.forEach((partition, offset) -> bare.put(partition, new OffsetAndMetadata(offset.offset())));
    return bare;
  }

  /** What becomes of a copy that a control plane writes; null: nothing. */
  @Nullable
  ProducerRecord<byte[], byte[]> copied(ProducerRecord<byte[], byte[]> copy) {
    if (!RedeliveredRecord.isTopic(copy.topic())) {
      return copy;
    }
    if (is(Fault.RELEASE_DROPS) && copy.headers().lastHeader("lanekeeper-receiver").value().length > 0) {
      return null;
    }
    return is(Fault.HANDED_TO_ORIGIN)
        ? new ProducerRecord<>(ConsumerProcess.TOPIC, null, copy.key(), copy.value(), copy.headers())
        : copy;
  }

  /** What a consumer writes where it puts something aside. By its time a record is told from others, and decided only if it has no stamp. */
  Headers aside(Headers headers, long number) {
    if (!is(Fault.QUARANTINE_NOT_KEYED) || RecordTags.read(headers, WireNames.STANDARD).stamp().isNone()) {
      return headers;
    }
    Headers other = new RecordHeaders(headers.toArray());
    other.remove("lanekeeper-timestamp");
    other.add("lanekeeper-timestamp", Logs.bytes("" + number));
    return other;
  }

  /** The name under which a group is known to the broker. */
  String group(String name, Map<String, String> tenancies) {
    Incarnation own = is(Fault.GROUP_BY_TENANCY) ? Incarnation.ofGroup(name) : null;
    return own == null
        ? name
        : Incarnation.baselineGroup(name) + Incarnation.GROUP_INFIX + tenancies.getOrDefault(own.id(), own.id());
  }

  /** Sets offsets of a group; the broker has what it needs to do it wrong. */
  void place(String group, List<Start> starts, Broker broker, Scheduler scheduler, Runnable right) {
    if (!is(Fault.REVISION_BEFORE_OFFSETS)) {
      right.run();
    }
    if (is(Fault.REVISION_BEFORE_OFFSETS) || is(Fault.OFFSETS_ANEW)) {
      scheduler.after(scheduler.between(10, 2_500), Scheduler.world(), () -> {
        Map<TopicPartition, Long> anew = new HashMap<>();
        for (Start start : starts) {
          TopicPartition partition = new TopicPartition(start.topic(), start.partition());
          Long committed = broker.groups().committed(start.group(), partition);
          anew.put(partition, committed == null ? 0 : committed);
        }
        broker.groups().alter(group, anew);
      });
    }
  }

  /** The ends of partitions. */
  List<PartitionOffset> ends(List<PartitionOffset> right, long nowNanos) {
    if (!is(Fault.FENCE_BEHIND)) {
      return right;
    }
    Map<TopicPartition, Long> stale = Map.of();
    for (Ends known : ends) {
      if (known.atNanos <= nowNanos - STALE_NANOS) {
        stale = known.offsets;
      }
    }
    Map<TopicPartition, Long> then = stale;
    return moved(right,
        place -> then.getOrDefault(new TopicPartition(place.topic(), place.partition()), place.offset()));
  }

  private static List<PartitionOffset> moved(List<PartitionOffset> right,
      java.util.function.ToLongFunction<PartitionOffset> offset) {
    return right.stream().map(place -> new PartitionOffset(place.cluster(), place.topic(), place.topicId(),
        place.partition(), offset.applyAsLong(place))).toList();
  }

  /** Something was appended. */
  void appended(Logs logs, long nowNanos) {
    if (is(Fault.FENCE_BEHIND)) {
      Map<TopicPartition, Long> now = new HashMap<>();
      logs.partitions(logs.topics()).forEach(partition -> now.put(partition, logs.end(partition)));
      ends.add(new Ends(nowNanos, now));
    }
  }
}
