package dev.lanekeeper.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.Owner;
import dev.lanekeeper.model.Self;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.WireNames;
import dev.lanekeeper.model.WireTag;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whatever the headers look like and however late the table comes: each record goes to whom the table names, and nobody else. */
class OneOwnerRandomTest {

  private static final List<String> TENANCIES = List.of("123", "shop/testing/TID1", "shop/testing", "feature/x", "12",
      "1234",
      "shop/testing/TID1/smoke", "shop/testing/TID11", "shop", "shop/production", "never", "1%32%33", "shop%2Ftesting",
      "feature/x/y/z", "Feature/x", "!", "", "a b", "123/", "%", "123%", "shop//testing", "123%2Bfeature/x", "é");

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Written(TopicPartition partition, long timestamp, @Nullable String key, @Nullable String value,
      String[] headers) {}

  private final Random random = new Random(SEED);
  private static final long SEED = Long.getLong("seed", System.nanoTime());

  private <T> T oneOf(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }

  private String tenancy() {
    StringBuilder out = new StringBuilder(oneOf(TENANCIES));
    while (random.nextInt(3) == 0) {
      out.append(oneOf(List.of("+", "%2B", " ", "%20"))).append(oneOf(TENANCIES));
    }
    return out.toString();
  }

  private String members(List<Stamp> stamps) {
    List<String> members = new ArrayList<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      String space = random.nextInt(6) == 0 ? " " : "";
      members.add(space + switch (random.nextInt(8)) {
        case 0, 1, 2 -> "tenancy" + space + "=" + space + tenancy() + (random.nextInt(5) == 0 ? ";p=1" : "");
        case 3, 4 -> "tenancy-rev=" + oneOf(stamps).text();
        case 5 -> "tenancy-overrides=" + oneOf(List.of("C:", "B:", "c:", "C:123&B:", "x")) + oneOf(TENANCIES);
        case 6 -> "userId=alice";
        default -> "tenancy2=123";
      });
    }
    return String.join(",", members);
  }

  private String[] headers(List<Stamp> stamps) {
    List<String> headers = new ArrayList<>();
    while (random.nextInt(3) != 0) {
      headers
          .add(oneOf(List.of("baggage", "baggage", "Baggage", "X-Tenancy-ID", "x-tenancy-id", "request-tenancy", "x")));
      headers.add(headers.get(headers.size() - 1).equalsIgnoreCase("baggage") ? members(stamps) : tenancy());
    }
    return headers.toArray(String[]::new);
  }

  private static Carried read(String[] headers) {
    WireTag tag = new WireTag(WireNames.STANDARD).clear();
    for (int i = 0; i < headers.length; i += 2) {
      byte[] value = LogConsumer.bytes(headers[i + 1]);
      if (headers[i].equalsIgnoreCase("baggage")) {
        tag.baggage(value, 0, value.length);
      } else if (headers[i].equalsIgnoreCase("X-Tenancy-ID")) {
        tag.plain(0, value, 0, value.length);
      } else if (headers[i].equalsIgnoreCase("request-tenancy")) {
        tag.plain(1, value, 0, value.length);
      }
    }
    return tag.carried();
  }

  @Test
  void poll_random_handsEachRecordToItsOwnerAlone() {
    System.out.println("OneOwnerRandomTest seed " + SEED);
    long handed = 0;
    long own = 0;
    for (int round = 0; round < 4000; round++) {
      FakeRoutes routes = new FakeRoutes();
      List<Stamp> stamps = new ArrayList<>(List.of(new Stamp(1, 7)));
      stamps.add(routes.begin("123", "i1"));
      stamps.add(routes.begin("shop/testing", "i2"));
      routes.asOf(2500);
      int known = random.nextInt(6);
      List<Runnable> changes = List.of(() -> stamps.add(routes.begin("shop/testing/TID1", "i3")),
          () -> stamps.add(routes.begin("feature/x", "i4")), () -> stamps.add(routes.end("123")),
          () -> stamps.add(routes.begin("123", "i5")));
      for (int i = 0; i < changes.size(); i++) {
        changes.get(i).run();
        if (i < known) {
          routes.asOf((3 + i) * 1000 + 500);
        }
      }
      List<Written> log = new ArrayList<>();
      for (int i = random.nextInt(12); i >= 0; i--) {
        log.add(new Written(random.nextBoolean() ? LogConsumer.ZERO : LogConsumer.ONE, 500 + random.nextInt(7000),
            random.nextInt(3) == 0 ? null : "k", random.nextInt(3) == 0 ? null : "v", headers(stamps)));
      }
      Map<String, Self> selves = new TreeMap<>(Map.of("baseline", GateFixture.BASELINE));
      Map.of("i1", "123", "i2", "shop/testing", "i3", "shop/testing/TID1", "i4", "feature/x", "i5", "123")
          .forEach((incarnation, tenancy) -> selves.put(incarnation, GateFixture.underTest(tenancy, incarnation)));
      Map<String, GateFixture> gates = new HashMap<>();
      Map<String, TreeSet<String>> got = new TreeMap<>();
      routes.silent = true;
      for (Map.Entry<String, Self> self : selves.entrySet()) {
        GateFixture gate = new GateFixture(routes, self.getValue());
        for (Written written : log) {
          gate.log.append(written.partition, written.timestamp, written.key, written.value, written.headers);
        }
        gates.put(self.getKey(), gate);
        poll(gate, got.computeIfAbsent(self.getKey(), unused -> new TreeSet<>()));
      }
      routes.silent = false;
      routes.asOf(1_000_000);
      gates.forEach((name, gate) -> {
        for (int i = 0; i < 4; i++) {
          poll(gate, java.util.Objects.requireNonNull(got.get(name)));
        }
      });
      Map<String, TreeSet<String>> due = new TreeMap<>();
      selves.keySet().forEach(name -> due.put(name, new TreeSet<>()));
      Map<TopicPartition, Long> next = new HashMap<>();
      for (Written written : log) {
        long offset = next.merge(written.partition, 1L, Long::sum) - 1;
        String name = owner(routes, written, offset);
        if (name != null) {
          java.util.Objects.requireNonNull(due.get(name)).add(written.partition + "@" + offset);
          handed++;
          own += name.equals("baseline") ? 0 : 1;
        }
      }
      // What i1 was handed before it knew of its end is its own all the same; i1 leaves once it has ended.
      assertThat(got).as("round %s, seed %s, known %s, %s", round, SEED, known, text(log)).isEqualTo(due);
      gates.forEach((name, gate) -> {
        if (!gate.gate.isOver()) {
          next.forEach((partition, end) -> assertThat(gate.log.position(partition)).as(name).isEqualTo(end));
          gate.consumer.commitSync();
        }
      });
    }
    System.out.println("handed " + handed + ", of these under test " + own);
  }

  private static String text(List<Written> log) {
    StringBuilder out = new StringBuilder();
    log.forEach(
        written -> out.append("\n  ").append(written.partition).append(' ').append(written.timestamp).append(' ')
            .append(written.key).append(' ').append(written.value).append(' ').append(List.of(written.headers)));
    return out.toString();
  }

  private static void poll(GateFixture gate, Set<String> into) {
    if (gate.gate.isOver()) {
      return;
    }
    gate.consumer.poll(java.time.Duration.ofMillis(1)).forEach(record -> {
      assertThat(((Object) record.value()) instanceof Deferred || ((Object) record.key()) instanceof Deferred)
          .isFalse();
      assertThat(into.add(record.topic() + "-" + record.partition() + "@" + record.offset())).as("handed over once")
          .isTrue();
    });
  }

  /** By the table alone: nothing of what was changed is asked. */
  private static @Nullable String owner(FakeRoutes routes, Written written, long offset) {
    Carried carried = read(written.headers);
    if (!carried.isTagged()) {
      return "baseline";
    }
    var table = routes.view().table();
    long at = table.snapshot(carried.stamp().revision(), carried.stamp().seal(), true);
    if (at == dev.lanekeeper.model.RouteTable.UNSTAMPED) {
      at = carried.tag().isMalformed() ? table.revision() : table.snapshotAt(written.timestamp, 1_000_000);
    }
    Owner owner = table.ownerAt(FakeRoutes.SERVICE, carried.tag(), at, written.partition.topic(),
        written.partition.partition(), offset);
    if (owner instanceof Owner.Workload workload) {
      return workload.incarnation().id();
    }
    var policy = table.environment(at < 0 ? carried.stamp().revision() : at).policy();
    if (owner instanceof Owner.Baseline) {
      return "baseline";
    }
    var fallback = owner instanceof Owner.Unregistered ? policy.unregistered() : policy.ended();
    return fallback == dev.lanekeeper.model.Policy.Fallback.BASELINE ? "baseline" : null;
  }
}
