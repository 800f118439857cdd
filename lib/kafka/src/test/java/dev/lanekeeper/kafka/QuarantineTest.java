package dev.lanekeeper.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanekeeper.kafka.QuarantinedRecord.Reason;
import dev.lanekeeper.model.OverrideLife;
import dev.lanekeeper.model.Policy;
import dev.lanekeeper.model.Stamp;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.Test;

/** What becomes of records that are nobody's, or of which nobody can tell whose they are. */
class QuarantineTest {

  /** A little more than the patience of the fixture. */
  private static final long PATIENCE_NANOS = Duration.ofMillis(60).toNanos();

  private final FakeRoutes routes = new FakeRoutes();

  private static String text(QuarantinedRecord record) {
    byte[] value = record.value();
    return value == null ? "" : new String(value, StandardCharsets.UTF_8);
  }

  @Test
  void policy_quarantine_putsAsideAndGoesOn() {
    FakeRoutes strict = new FakeRoutes(Policy.PRODUCTION);
    Stamp born = strict.begin("123", "i1");
    strict.deliver();
    GateFixture lane = new GateFixture(strict, GateFixture.BASELINE);
    lane.log.append(LogConsumer.ZERO, "k", "a stranger's", GateFixture.tagged("stranger", born));
    lane.log.append(LogConsumer.ZERO, "k", "untagged");

    assertThat(lane.poll()).containsExactly("untagged");

    QuarantinedRecord record = lane.quarantine.records.get(0);
    assertThat(lane.quarantine.records).hasSize(1);
    assertThat(text(record)).isEqualTo("a stranger's");
    assertThat(record.reason()).isEqualTo(Reason.UNREGISTERED);
    assertThat(record.id()).isEqualTo("orders-0@0/500");
    assertThat(record.group()).isEqualTo("c");
    assertThat(record.headers().lastHeader("baggage")).isNotNull();
    assertThat(lane.counted).containsEntry("quarantine.policy", 1L);
    assertThat(lane.deserialized).containsExactly("untagged");
  }

  @Test
  void notPuttingAside_holdsInDoubt_andTrustsItsTable() {
    Stamp born = routes.begin("123", "i1");
    routes.deliver();
    routes.outage();
    GateFixture lane = new GateFixture(routes, GateFixture.BASELINE, Map.of("group.id", "c"), false);
    lane.log.append(LogConsumer.ZERO, "k", "another's", GateFixture.tagged("123", born));
    lane.log.append(LogConsumer.ZERO, "k", "untagged");
    lane.log.append(LogConsumer.ZERO, "k", "newer", GateFixture.tagged("new", routes.begin("new", "i2")));
    lane.log.append(LogConsumer.ZERO, "k", "behind it");

    assertThat(lane.poll()).as("by the table it has, though nobody confirms it").containsExactly("untagged");
    lane.nanos += 100 * PATIENCE_NANOS;
    assertThat(lane.poll()).isEmpty();

    assertThat(lane.quarantine.records).isEmpty();
    assertThat(lane.consumer.position(LogConsumer.ZERO)).isEqualTo(2);
  }

  @Test
  void policy_quarantine_thatIsSlow_takesNoLongerThanAPollMay() {
    FakeRoutes strict = new FakeRoutes(Policy.PRODUCTION);
    Stamp born = strict.begin("123", "i1");
    strict.deliver();
    GateFixture lane = new GateFixture(strict, GateFixture.BASELINE);
    lane.quarantine.onAwait = () -> lane.nanos += PATIENCE_NANOS;
    lane.quarantine.lagging = true;
    for (int i = 0; i < 9; i++) {
      lane.log.append(LogConsumer.ZERO, "k", "a stranger's", GateFixture.tagged("stranger", born));
    }
    lane.log.append(LogConsumer.ZERO, "k", "untagged");

    assertThat(lane.poll()).isEmpty();
    assertThat(lane.log.position(LogConsumer.ZERO)).isBetween(1L, 3L);
    List<String> seen = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      seen.addAll(lane.poll());
    }
    assertThat(seen).containsExactly("untagged");
    assertThat(lane.quarantine.records.stream().map(QuarantinedRecord::id).distinct()).hasSize(9);
  }

  @Test
  void policy_endedTenant_saysSo() {
    FakeRoutes strict = new FakeRoutes(Policy.PRODUCTION);
    strict.begin("123", "i1");
    Stamp ended = strict.end("123");
    strict.deliver();
    GateFixture lane = new GateFixture(strict, GateFixture.BASELINE);
    lane.log.append(LogConsumer.ZERO, "k", "late", GateFixture.tagged("123", ended));

    assertThat(lane.poll()).isEmpty();

    assertThat(lane.quarantine.records).extracting(QuarantinedRecord::reason).containsExactly(Reason.ENDED);
  }

  @Test
  void quarantine_outOfReach_holdsThePartitionAndLosesNothing() {
    FakeRoutes strict = new FakeRoutes(Policy.PRODUCTION);
    Stamp born = strict.begin("123", "i1");
    strict.deliver();
    GateFixture lane = new GateFixture(strict, GateFixture.BASELINE);
    lane.quarantine.failing = true;
    lane.log.append(LogConsumer.ZERO, "k", "a stranger's", GateFixture.tagged("stranger", born));
    lane.log.append(LogConsumer.ZERO, "k", "behind it");
    lane.log.append(LogConsumer.ONE, "k", "elsewhere");

    assertThat(lane.poll()).containsExactly("elsewhere");
    assertThat(lane.log.position(LogConsumer.ZERO)).isZero();

    lane.quarantine.failing = false;
    lane.nanos += Duration.ofSeconds(3).toNanos();
    List<String> later = new ArrayList<>(lane.poll());
    later.addAll(lane.poll());
    assertThat(later).containsExactly("behind it");
    assertThat(lane.quarantine.records).extracting(QuarantineTest::text).containsExactly("a stranger's");
  }

  @Test
  void inDoubt_inAnOutage_isPutAsideAtOnceAndTheRestFlows() {
    routes.begin("123", "i1");
    routes.deliver();
    GateFixture lane = new GateFixture(routes, GateFixture.BASELINE);
    Stamp newer = routes.begin("456", "i2");
    routes.outage();
    lane.log.append(LogConsumer.ZERO, "k", "who knows", GateFixture.tagged("456", newer));
    lane.log.append(LogConsumer.ZERO, "k", "untagged");

    assertThat(lane.poll()).containsExactly("untagged");

    assertThat(lane.quarantine.records).extracting(QuarantinedRecord::reason).containsExactly(Reason.IN_DOUBT);
    assertThat(lane.counted).containsEntry("quarantine.in-doubt", 1L);
  }

  @Test
  void inDoubt_many_areOnTheirWayTogether_andTheFirstThatDoesNotArriveStopsItsPartition() {
    routes.begin("123", "i1");
    routes.deliver();
    GateFixture lane = new GateFixture(routes, GateFixture.BASELINE);
    Stamp newer = routes.begin("456", "i2");
    routes.outage();
    List<Integer> begun = new ArrayList<>();
    lane.quarantine.onAwait = () -> begun.add(lane.quarantine.tries);
    lane.quarantine.slow = "60";
    for (int i = 0; i < 100; i++) {
      lane.log.append(LogConsumer.ZERO, "k", i + ".", GateFixture.tagged("456", newer));
      lane.log.append(LogConsumer.ZERO, "k", "untagged" + i);
    }

    assertThat(lane.poll()).hasSize(60).last().isEqualTo("untagged59");
    assertThat(begun).hasSize(60).startsWith(1, 100);
    assertThat(lane.log.position(LogConsumer.ZERO)).isEqualTo(120);

    lane.quarantine.slow = null;
    lane.nanos += Duration.ofSeconds(3).toNanos();
    List<String> later = new ArrayList<>(lane.poll());
    later.addAll(lane.poll());
    assertThat(later).hasSize(40).endsWith("untagged99");
    assertThat(lane.quarantine.records.stream().map(QuarantinedRecord::id).distinct()).hasSize(100);
  }

  @Test
  void inDoubt_noAnswer_isHeldForOnePatienceAndThenPutAside() {
    routes.begin("123", "i1");
    routes.deliver();
    GateFixture lane = new GateFixture(routes, GateFixture.BASELINE);
    Stamp newer = routes.begin("456", "i2");
    routes.silent = true;
    lane.log.append(LogConsumer.ZERO, "k", "who knows", GateFixture.tagged("456", newer));
    lane.log.append(LogConsumer.ZERO, "k", "untagged");

    assertThat(lane.poll()).isEmpty();
    assertThat(lane.quarantine.records).isEmpty();

    lane.nanos += PATIENCE_NANOS;
    assertThat(lane.poll()).containsExactly("untagged");
    assertThat(lane.quarantine.records).hasSize(1);
  }

  @Test
  void putAside_isCommittedOverWithTheNextCommit() {
    routes.begin("123", "i1");
    routes.deliver();
    GateFixture lane = new GateFixture(routes, GateFixture.BASELINE);
    Stamp newer = routes.begin("456", "i2");
    routes.silent = true;
    lane.log.append(LogConsumer.ZERO, "k", "untagged");
    lane.log.append(LogConsumer.ZERO, "k", "who knows", GateFixture.tagged("456", newer));
    assertThat(lane.poll()).containsExactly("untagged");
    lane.nanos += PATIENCE_NANOS;
    lane.poll();

    lane.consumer.commitSync(Map.of(LogConsumer.ZERO, new OffsetAndMetadata(1)));

    assertThat(lane.log.commits.get(lane.log.commits.size() - 1)).containsEntry(LogConsumer.ZERO,
        new OffsetAndMetadata(2));
  }

  @Test
  void closing_baseline_neitherPassesOverNorDelivers_untilTheFenceIsKnown() {
    Stamp born = routes.begin("123", "i1");
    routes.end("123");
    routes.turn("123", OverrideLife::taken);
    routes.turn("123", OverrideLife::closing);
    routes.deliver();
    GateFixture lane = new GateFixture(routes, GateFixture.BASELINE);
    lane.log.append(LogConsumer.ZERO, "k", "late", GateFixture.tagged("123", born));
    lane.log.append(LogConsumer.ZERO, "k", "untagged");

    assertThat(lane.poll()).isEmpty();
    assertThat(lane.log.position(LogConsumer.ZERO)).isZero();

    routes.turn("123", life -> life.fencedAt(List.of()));
    routes.deliver();
    assertThat(lane.poll()).as("ended: discarded").containsExactly("untagged");
    assertThat(lane.quarantine.records).isEmpty();
  }

  @Test
  void joinedInAnOutage_baseline_trustsNoTableOfBefore() {
    Stamp born = routes.begin("123", "i1");
    routes.deliver();
    GateFixture lane = new GateFixture(routes, GateFixture.BASELINE);
    routes.outage();
    lane.log.assigned(LogConsumer.ZERO, LogConsumer.ONE);
    lane.log.append(LogConsumer.ZERO, "k", "the workload's, by the table", GateFixture.tagged("123", born));
    lane.log.append(LogConsumer.ZERO, "k", "untagged");

    assertThat(lane.poll()).containsExactly("untagged");

    assertThat(lane.quarantine.records).extracting(QuarantinedRecord::reason).containsExactly(Reason.IN_DOUBT);
  }

  @Test
  void joinedInAnOutage_underTest_holdsWhatMayBeItsOwnAndPassesOverTheRest() {
    Stamp born = routes.begin("123", "i1");
    routes.deliver();
    GateFixture lane = new GateFixture(routes, GateFixture.underTest("123", "i1"));
    routes.outage();
    lane.log.assigned(LogConsumer.ZERO, LogConsumer.ONE);
    lane.log.append(LogConsumer.ZERO, "k", "another's", GateFixture.tagged("456", born));
    lane.log.append(LogConsumer.ZERO, "k", "own", GateFixture.tagged("123", born));

    assertThat(lane.poll()).isEmpty();
    assertThat(lane.log.position(LogConsumer.ZERO)).isEqualTo(1);
    assertThat(lane.quarantine.records).isEmpty();

    routes.restored();
    List<String> later = new ArrayList<>(lane.poll());
    lane.nanos += Duration.ofSeconds(2).toNanos();
    later.addAll(lane.poll());
    later.addAll(lane.poll());
    assertThat(later).containsExactly("own");
  }

  @Test
  void taken_workload_leavesWithTheRecordInHand() {
    Stamp born = routes.begin("123", "i1");
    routes.deliver();
    GateFixture lane = new GateFixture(routes, GateFixture.underTest("123", "i1"));
    lane.log.append(LogConsumer.ZERO, "k", "own", GateFixture.tagged("123", born));
    lane.log.duringPoll(() -> {
      lane.log.duringPoll(() -> {});
      routes.end("123");
      routes.turn("123", OverrideLife::taken);
      routes.deliver();
    });

    assertThat(lane.poll()).isEmpty();
    assertThat(lane.log.position(LogConsumer.ZERO)).as("nothing passed over").isZero();
    assertThat(lane.poll()).isEmpty();

    assertThat(lane.gate.isOver()).isTrue();
    assertThat(lane.log.commits)
        .allSatisfy(offsets -> assertThat(offsets).doesNotContainEntry(LogConsumer.ZERO, new OffsetAndMetadata(1)));
  }

  @Test
  void awayForLong_workload_asksBeforeItGetsWhatItsClientHadFetched() {
    Stamp born = routes.begin("123", "i1");
    routes.deliver();
    GateFixture lane = new GateFixture(routes, GateFixture.underTest("123", "i1"));
    lane.log.append(LogConsumer.ZERO, "k", "before", GateFixture.tagged("123", born));
    assertThat(lane.poll()).containsExactly("before");
    lane.log.append(LogConsumer.ZERO, "k", "beyond its fence, perhaps", GateFixture.tagged("123", born));
    lane.log.duringPoll(() -> {
      lane.log.duringPoll(() -> {});
      lane.nanos += Duration.ofSeconds(30).toNanos(); // stopped, and put out meanwhile
      routes.end("123");
      routes.turn("123", OverrideLife::taken);
    });

    assertThat(lane.poll()).isEmpty();
    assertThat(lane.log.position(LogConsumer.ZERO)).isEqualTo(1);
    assertThat(lane.poll()).isEmpty();
    assertThat(lane.gate.isOver()).isTrue();
  }

  @Test
  void awayForLong_withNobodyToAsk_workloadHolds_andTheBaselineGoesOn() {
    Stamp born = routes.begin("123", "i1");
    routes.deliver();
    GateFixture lane = new GateFixture(routes, GateFixture.underTest("123", "i1"));
    GateFixture baseline = new GateFixture(routes, GateFixture.BASELINE);
    lane.log.append(LogConsumer.ZERO, "k", "own", GateFixture.tagged("123", born));
    baseline.log.append(LogConsumer.ZERO, "k", "untagged");
    routes.silent = true;
    lane.nanos += Duration.ofSeconds(30).toNanos();
    baseline.nanos += Duration.ofSeconds(30).toNanos();

    assertThat(lane.poll()).isEmpty();
    assertThat(baseline.poll()).containsExactly("untagged");

    routes.silent = false;
    lane.nanos += Duration.ofSeconds(2).toNanos();
    List<String> later = new ArrayList<>(lane.poll());
    later.addAll(lane.poll());
    assertThat(later).containsExactly("own");
  }

  @Test
  void tooLarge_standsAsideByReference_andTheRestFlows() {
    FakeRoutes strict = new FakeRoutes(Policy.PRODUCTION);
    Stamp born = strict.begin("123", "i1");
    strict.deliver();
    GateFixture lane = new GateFixture(strict, GateFixture.BASELINE);
    lane.quarantine.largest = 20;
    List<String> headers = new ArrayList<>(List.of(GateFixture.tagged("stranger", born)));
    headers.addAll(List.of("long", "x".repeat(10_000), "short", "y"));
    lane.log.append(LogConsumer.ZERO, "k", "a stranger's, which is too large", headers.toArray(String[]::new));
    lane.log.append(LogConsumer.ZERO, "k", "untagged");

    assertThat(lane.poll()).containsExactly("untagged");

    QuarantinedRecord record = lane.quarantine.records.get(0);
    assertThat(record.byReference()).isTrue();
    assertThat(record.value()).isNull();
    assertThat(record.key()).isNull();
    assertThat(record.id()).isEqualTo("orders-0@0/500");
    assertThat(record.headers().lastHeader("baggage")).isNotNull();
    assertThat(record.headers().lastHeader("short")).isNotNull();
    assertThat(record.headers().lastHeader("long")).isNull();
    assertThat(lane.counted).containsEntry("quarantine.by-reference", 1L).containsEntry("quarantine.policy", 1L);
    assertThat(record.because(Reason.ENDED).byReference()).isTrue();
  }

  @Test
  void largeOneThatDoesNotArriveInTime_standsAsideByReferenceInTheEnd() {
    FakeRoutes strict = new FakeRoutes(Policy.PRODUCTION);
    Stamp born = strict.begin("123", "i1");
    strict.deliver();
    GateFixture lane = new GateFixture(strict, GateFixture.BASELINE);
    lane.quarantine.slow = "slow";
    lane.log.append(LogConsumer.ZERO, "k", "slow" + "x".repeat(2 << 20), GateFixture.tagged("stranger", born));
    lane.log.append(LogConsumer.ZERO, "k", "untagged");
    List<String> seen = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      seen.addAll(lane.poll());
      lane.nanos += Duration.ofSeconds(1).toNanos();
    }

    assertThat(seen).containsExactly("untagged");
    assertThat(lane.quarantine.records).extracting(QuarantinedRecord::byReference).containsExactly(true);
  }

  @Test
  void oneThatNeverArrives_stopsNoOtherPartition_andIsTriedLessAndLessOften() {
    FakeRoutes strict = new FakeRoutes(Policy.PRODUCTION);
    Stamp born = strict.begin("123", "i1");
    strict.deliver();
    GateFixture lane = new GateFixture(strict, GateFixture.BASELINE);
    lane.quarantine.slow = "slow";
    lane.log.append(LogConsumer.ZERO, "k", "slow stranger's", GateFixture.tagged("stranger", born));
    lane.log.append(LogConsumer.ZERO, "k", "behind the slow one");
    List<String> seen = new ArrayList<>();
    for (int i = 0; i < 100; i++) { // 100 s
      lane.log.append(LogConsumer.ONE, "k", "a stranger's", GateFixture.tagged("stranger", born));
      lane.log.append(LogConsumer.ONE, "k", "elsewhere");
      seen.addAll(lane.poll());
      lane.nanos += Duration.ofSeconds(1).toNanos();
    }
    lane.poll();
    seen.addAll(lane.poll());

    assertThat(lane.quarantine.records).hasSize(100);
    assertThat(seen).hasSize(100).containsOnly("elsewhere");
    assertThat(lane.counted.get("quarantine.failed")).isBetween(3L, 8L);
  }

  @Test
  void unstamped_ofATimeThatIsFarAhead_isPutAsideAtOnce() {
    routes.begin("123", "i1");
    routes.asOf(1400); // one waits for 50 ms
    GateFixture lane = new GateFixture(routes, GateFixture.BASELINE);
    for (int i = 0; i < 100; i++) {
      lane.log.append(LogConsumer.ZERO, 1500, "k", "t" + i, GateFixture.tagged("123", Stamp.NONE));
    }
    lane.log.append(LogConsumer.ZERO, 1500, "k", "untagged");

    assertThat(lane.poll()).containsExactly("untagged");
    assertThat(lane.quarantine.records).hasSize(100).extracting(QuarantinedRecord::reason)
        .containsOnly(Reason.IN_DOUBT);
    assertThat(routes.questions).isEqualTo(1);
  }

  @Test
  void unstamped_ofATimeThatIsNear_isWaitedFor() {
    routes.begin("123", "i1");
    routes.asOf(1460);
    GateFixture lane = new GateFixture(routes, GateFixture.BASELINE);
    lane.log.append(LogConsumer.ZERO, 1500, "k", "the workload's", GateFixture.tagged("123", Stamp.NONE));
    lane.log.append(LogConsumer.ZERO, 1500, "k", "untagged");

    assertThat(lane.poll()).isEmpty();
    lane.nanos += Duration.ofMillis(20).toNanos();
    routes.asOf(1501);
    assertThat(lane.poll()).containsExactly("untagged");
    assertThat(lane.quarantine.records).isEmpty();
  }

  @Test
  void unstamped_ofATimeThatIsFarAhead_underTest_isHeld() {
    routes.begin("123", "i1");
    routes.asOf(1400);
    GateFixture lane = new GateFixture(routes, GateFixture.underTest("123", "i1"));
    lane.log.append(LogConsumer.ZERO, 1500, "k", "own", GateFixture.tagged("123", Stamp.NONE));

    assertThat(lane.poll()).isEmpty();
    lane.nanos += PATIENCE_NANOS;
    assertThat(lane.poll()).isEmpty();
    assertThat(lane.log.position(LogConsumer.ZERO)).isZero();

    routes.asOf(1501);
    assertThat(lane.poll()).containsExactly("own");
  }
}
