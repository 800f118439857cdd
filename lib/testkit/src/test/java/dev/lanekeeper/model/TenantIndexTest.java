package dev.lanekeeper.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanekeeper.testkit.Seeded;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The index finds what a map finds. */
class TenantIndexTest {

  private static final int CHANGES = 2_000;

  @Test
  void index_randomChanges_findsWhatAMapFinds() {
    Seeded random = Seeded.of("index_randomChanges_findsWhatAMapFinds");
    TenantIndex index = TenantIndex.EMPTY;
    Map<String, List<TenantLife>> map = new HashMap<>();
    for (int change = 1; change <= CHANGES; change++) {
      List<TenantLife> lives = new ArrayList<>();
      for (int i = random.below(4); i > 0; i--) {
        lives.add(new TenantLife(tenancy(random), 1 + random.below(3), 100));
      }
      index = index.with(lives, List.of(), UnaryOperator.identity(), TenantIndexTest::nowhere);
      for (TenantLife life : lives) {
        List<TenantLife> known = map.computeIfAbsent(life.tenancy().text(), name -> new ArrayList<>());
        known.removeIf(other -> other.from() == life.from());
        known.add(life);
      }
      check(index, map, tenancy(random));
      if (change % 100 == 0) {
        map.forEach((name, known) -> assertThat(index(name, map)).isEqualTo(known.size()));
        assertThat(index.nodes()).hasSize(map.size());
      }
    }
  }

  private static int index(String name, Map<String, List<TenantLife>> map) {
    List<TenantLife> known = map.getOrDefault(name, List.of());
    TenantIndex single = TenantIndex.EMPTY.with(known, List.of(), UnaryOperator.identity(), TenantIndexTest::nowhere);
    TenantNode node = single.find(new Tenancy(name));
    return node == null ? 0 : node.lives.length;
  }

  private static List<URI> nowhere(Incarnation incarnation) {
    return List.of();
  }

  private static void check(TenantIndex index, Map<String, List<TenantLife>> map, Tenancy asked) {
    for (Tenancy tenancy : asked.lookups()) {
      TenantNode found = index.find(tenancy);
      List<TenantLife> known = map.getOrDefault(tenancy.text(), List.of());
      assertThat(found == null ? List.<TenantLife>of() : List.of(found.lives)).as(tenancy.text())
          .containsExactlyInAnyOrderElementsOf(known);
    }
    assertThat(index.nodes()).hasSize(map.size());
  }

  @Test
  void index_changed_leavesTheOldOneAlone() {
    Tenancy a = new Tenancy("a");
    TenantIndex before =
        TenantIndex.EMPTY.with(List.of(new TenantLife(a, 1, OverrideLife.OPEN)), List.of(), UnaryOperator.identity(),
            TenantIndexTest::nowhere);
    TenantIndex after =
        before.with(List.of(new TenantLife(a, 1, 2), new TenantLife(new Tenancy("b"), 2, 3)), List.of(),
            UnaryOperator.identity(),
            TenantIndexTest::nowhere);
    assertThat(before.find(a)).isNotNull().extracting(node -> node.livesAt(2)).isEqualTo(true);
    assertThat(after.find(a)).isNotNull().extracting(node -> node.livesAt(2)).isEqualTo(false);
    assertThat(before.find(new Tenancy("b"))).isNull();
  }

  @Test
  void overrides_begunAtOnce_keepTheirOrder() {
    Tenancy a = new Tenancy("a");
    List<OverrideLife> begun = IntStream.range(0, 8).mapToObj(i -> OverrideLife.served(new Incarnation("i" + i * 5 % 8),
        ServiceName.of("s" + (7 - i)), a, 3, OverrideLife.OPEN, new Target.Workload(), List.of())).toList();

    TenantNode node =
        TenantIndex.EMPTY.with(List.of(), begun, UnaryOperator.identity(), TenantIndexTest::nowhere).find(a);

    assertThat(node).isNotNull().extracting(found -> List.of(found.overrides)).isEqualTo(begun);
  }

  /** Of all lengths, many with the same beginning or end. */
  private static Tenancy tenancy(Seeded random) {
    StringBuilder out = new StringBuilder();
    int segments = 1 + random.below(3);
    for (int i = 0; i < segments; i++) {
      out.append(i == 0 ? "" : "/").append(random.oneOf(List.of("a", "b", "shop", "testing", "TID",
          "a-long-segment-that-fills-words", "a-long-segment-that-fills-wordz"))).append(random.below(6));
    }
    return new Tenancy(out.toString());
  }
}
