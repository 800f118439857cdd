package dev.lanekeeper.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.Owner;
import dev.lanekeeper.model.Policy;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.Self;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.WireNames;
import dev.lanekeeper.model.WireTag;
import dev.lanekeeper.testkit.Seeded;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whatever the headers look like and however late the table comes: each record goes to whom the table names, and nobody else. */
class OneOwnerRandomTest {

  private static final int ROUNDS = 4000;
  private static final long AT_THE_END = 1_000_000;
  private static final String BASELINE = "baseline";
  /** By incarnation. The first ends, and the last is its tenancy's next. */
  private static final Map<String, String> UNDER_TEST = new TreeMap<>(Map.of("i1", "123", "i2", "shop/testing", "i3",
      "shop/testing/TID1", "i4", "feature/x", "i5", "123"));
  private static final List<String> TENANCIES = List.of("123", "shop/testing/TID1", "shop/testing", "feature/x", "12",
      "1234", "shop/testing/TID1/smoke", "shop/testing/TID11", "shop", "shop/production", "never", "1%32%33",
      "shop%2Ftesting", "feature/x/y/z", "Feature/x", "!", "", "a b", "123/", "%", "123%", "shop//testing",
      "123%2Bfeature/x", "é");
  private static final List<String> HEADERS =
      List.of("baggage", "baggage", "Baggage", "X-Tenancy-ID", "x-tenancy-id", "request-tenancy", "x");

  private final Seeded random = Seeded.of("OneOwnerRandomTest");

  /** A record, and by offset where it stands. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Written(TopicPartition partition, long offset, long timestamp, @Nullable String key,
      @Nullable String value, String[] headers) {

    String place() {
      return partition + "@" + offset;
    }

    @Override
    public String toString() {
      return place() + " " + timestamp + " " + key + " " + value + " " + Arrays.toString(headers);
    }
  }

  private static boolean isStandIn(@Nullable Object part) {
    return part instanceof Deferred;
  }

  /** A consumer, and what it was handed. */
  private record Reader(GateFixture gate, Set<String> got) {

    void poll() {
      if (gate.gate.isOver()) {
        return;
      }
      gate.consumer.poll(Duration.ofMillis(1)).forEach(record -> {
        assertThat(isStandIn(record.key()) || isStandIn(record.value())).as("a stand-in").isFalse();
        assertThat(got.add(record.topic() + "-" + record.partition() + "@" + record.offset())).as("handed over once")
            .isTrue();
      });
    }
  }

  @Test
  void poll_random_handsEachRecordToItsOwnerAlone() {
    int own = 0;
    for (int round = 0; round < ROUNDS; round++) {
      FakeRoutes routes = new FakeRoutes();
      int known = random.below(6);
      List<Written> log = log(history(routes, known));
      routes.unchanged = true; // they join before the last changes
      Map<String, Reader> readers = readers(routes, log);
      routes.unchanged = false;

      routes.silent = true;
      readers.values().forEach(Reader::poll);
      routes.silent = false;
      routes.asOf(AT_THE_END);
      for (int i = 0; i < 4; i++) {
        readers.values().forEach(Reader::poll);
      }

      Map<String, Set<String>> got = new TreeMap<>();
      readers.forEach((name, reader) -> got.put(name, reader.got));
      Map<String, Set<String>> due = due(routes, log, readers.keySet());
      assertThat(got).as("round %s, known %s, %s", round, known, log).isEqualTo(due);
      readers.values().forEach(reader -> behindAll(reader.gate, log));
      own += due.entrySet().stream().filter(entry -> !entry.getKey().equals(BASELINE))
          .mapToInt(entry -> entry.getValue().size()).sum();
    }
    assertThat(own).as("records of workloads under test").isGreaterThan(ROUNDS / 10);
  }

  /** Registers all, of which the readers know the first two and {@code known} more; returns every stamp that was given. */
  private static List<Stamp> history(FakeRoutes routes, int known) {
    List<Stamp> stamps =
        new ArrayList<>(List.of(new Stamp(1, 7), routes.begin("123", "i1"), routes.begin("shop/testing", "i2")));
    routes.asOf(2500);
    List<Runnable> changes = List.of(() -> stamps.add(routes.begin("shop/testing/TID1", "i3")),
        () -> stamps.add(routes.begin("feature/x", "i4")), () -> stamps.add(routes.end("123")),
        () -> stamps.add(routes.begin("123", "i5")));
    for (int i = 0; i < changes.size(); i++) {
      changes.get(i).run();
      if (i < known) {
        routes.asOf((3 + i) * 1000 + 500);
      }
    }
    return stamps;
  }

  private List<Written> log(List<Stamp> stamps) {
    List<Written> log = new ArrayList<>();
    Map<TopicPartition, Long> next = new HashMap<>();
    for (int i = random.below(random.oneIn(20) ? 80 : 12); i >= 0; i--) {
      TopicPartition partition = random.oneOf(List.of(LogConsumer.ZERO, LogConsumer.ONE));
      log.add(new Written(partition, next.merge(partition, 1L, Long::sum) - 1, 500 + random.below(7000),
          random.oneIn(3) ? null : "k", random.oneIn(3) ? null : "v", headers(stamps)));
    }
    return log;
  }

  private String[] headers(List<Stamp> stamps) {
    List<String> headers = new ArrayList<>();
    while (!random.oneIn(3)) {
      String name = random.oneOf(HEADERS);
      headers.add(name);
      headers.add(name.equalsIgnoreCase("baggage") ? members(stamps) : tenancy());
    }
    return headers.toArray(String[]::new);
  }

  private String members(List<Stamp> stamps) {
    List<String> members = new ArrayList<>();
    for (int i = random.below(4); i >= 0; i--) {
      String space = random.oneIn(6) ? " " : "";
      members.add(space + switch (random.below(8)) {
        case 0, 1, 2 -> "tenancy" + space + "=" + space + tenancy() + (random.oneIn(5) ? ";p=1" : "");
        case 3, 4 -> "tenancy-rev=" + random.oneOf(stamps).text();
        case 5 -> "tenancy-overrides=" + random.oneOf(List.of("C:", "B:", "c:", "C:123&B:", "x"))
            + random.oneOf(TENANCIES);
        case 6 -> "userId=alice";
        default -> "tenancy2=123";
      });
    }
    return String.join(",", members);
  }

  private String tenancy() {
    StringBuilder out = new StringBuilder(random.oneOf(TENANCIES));
    while (random.oneIn(3)) {
      out.append(random.oneOf(List.of("+", "%2B", " ", "%20"))).append(random.oneOf(TENANCIES));
    }
    return out.toString();
  }

  private static Map<String, Reader> readers(FakeRoutes routes, List<Written> log) {
    Map<String, Reader> readers = new TreeMap<>(Map.of(BASELINE, reader(routes, GateFixture.BASELINE, log)));
    UNDER_TEST.forEach((incarnation, tenancy) -> readers.put(incarnation,
        reader(routes, GateFixture.underTest(tenancy, incarnation), log)));
    return readers;
  }

  private static Reader reader(FakeRoutes routes, Self self, List<Written> log) {
    GateFixture gate = new GateFixture(routes, self);
    log.forEach(written -> gate.log.append(written.partition, written.timestamp, written.key, written.value,
        written.headers));
    return new Reader(gate, new TreeSet<>());
  }

  private static Map<String, Set<String>> due(FakeRoutes routes, List<Written> log, Set<String> names) {
    Map<String, Set<String>> due = new TreeMap<>();
    names.forEach(name -> due.put(name, new TreeSet<>()));
    for (Written written : log) {
      String owner = owner(routes.view().table(), written);
      due.forEach((name, places) -> {
        if (name.equals(owner)) {
          places.add(written.place());
        }
      });
    }
    return due;
  }

  /** By the table alone, without the decision that is tested: an incarnation, the baseline, or nobody. */
  private static @Nullable String owner(RouteTable table, Written written) {
    Carried carried = carried(written.headers);
    if (!carried.isTagged()) {
      return BASELINE;
    }
    long at = table.snapshot(carried.stamp().revision(), carried.stamp().seal(), true);
    if (at == RouteTable.UNSTAMPED) {
      at = carried.tag().isMalformed() ? table.revision() : table.snapshotAt(written.timestamp, AT_THE_END);
    }
    Owner owner = table.ownerAt(FakeRoutes.SERVICE, carried.tag(), at, written.partition.topic(),
        written.partition.partition(), written.offset);
    if (owner instanceof Owner.Workload workload) {
      return workload.incarnation().id();
    }
    Policy policy = table.environment(at < 0 ? carried.stamp().revision() : at).policy();
    Policy.Fallback fallback = owner instanceof Owner.Baseline
        ? Policy.Fallback.BASELINE
        : owner instanceof Owner.Unregistered ? policy.unregistered() : policy.ended();
    return fallback == Policy.Fallback.BASELINE ? BASELINE : null;
  }

  private static Carried carried(String[] headers) {
    WireTag tag = new WireTag(WireNames.STANDARD).clear();
    for (int i = 0; i < headers.length; i += 2) {
      byte[] name = LogConsumer.bytes(headers[i]);
      byte[] value = LogConsumer.bytes(headers[i + 1]);
      int rank = tag.plainRank(name, 0, name.length);
      if (headers[i].equalsIgnoreCase(WireNames.BAGGAGE)) {
        tag.baggage(value, 0, value.length);
      } else if (rank >= 0) {
        tag.plain(rank, value, 0, value.length);
      }
    }
    return tag.carried();
  }

  /** A consumer that is still in its group stands behind everything, and can commit that. */
  private static void behindAll(GateFixture gate, List<Written> log) {
    if (gate.gate.isOver()) {
      return;
    }
    Map<TopicPartition, Long> ends = new HashMap<>();
    log.forEach(written -> ends.put(written.partition, written.offset + 1));
    ends.forEach((partition, end) -> assertThat(gate.log.position(partition)).isEqualTo(end));
    gate.consumer.commitSync();
  }
}
