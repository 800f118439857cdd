package dev.lanekeeper.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lanekeeper.model.PartitionOffset;
import dev.lanekeeper.model.Residue;
import dev.lanekeeper.model.Stamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a workload under test says of what it may have begun to process. */
class ClaimsTest {

  private static final TopicPartition ZERO = LogConsumer.ZERO;
  private static final TopicPartition REFUNDS = new TopicPartition("refunds", 0);
  private static final String GROUP = "c.lk.i1";

  private final FakeRoutes routes = new FakeRoutes();
  private Stamp born = Stamp.NONE;

  @BeforeEach
  void begin() {
    begin(Residue.REDELIVER);
  }

  private void begin(Residue residue) {
    born = routes.begin("123", "i1");
    routes.turn("123", life -> life.leaving(residue));
    routes.deliver();
  }

  private GateFixture workload() {
    return new GateFixture(routes, GateFixture.underTest("123", "i1"));
  }

  private void append(GateFixture lane, String value) {
    lane.log.append(ZERO, "k", value, GateFixture.tagged("123", born));
  }

  private static OffsetAndMetadata at(long offset, String metadata) {
    return new OffsetAndMetadata(offset, metadata);
  }

  @Test
  void ownRecords_areClaimedBeforeTheyAreHandedOver() {
    GateFixture lane = workload();
    append(lane, "one");
    append(lane, "two");
    lane.log.append(ZERO, "k", "another's");
    lane.log.append(LogConsumer.ONE, "k", "another's");

    assertThat(lane.poll()).containsExactly("one", "two");

    assertThat(lane.log.commits).containsExactly(Map.of(ZERO, at(0, "lanekeeper-claim=2")));
    append(lane, "three");
    assertThat(lane.poll()).containsExactly("three");
    assertThat(lane.log.commits).last().isEqualTo(Map.of(ZERO, at(0, "lanekeeper-claim=4")));
  }

  /** An override at whose birth an offset was set in the first partition. */
  private static Stamp beginPlaced(FakeRoutes placed) {
    return beginPlaced(placed, ZERO);
  }

  private static Stamp beginPlaced(FakeRoutes placed, TopicPartition in) {
    Stamp stamp = placed.begin("123", "i1", new PartitionOffset("default", in.topic(), "", in.partition(), 0));
    placed.turn("123", life -> life.leaving(Residue.REDELIVER));
    placed.deliver();
    return stamp;
  }

  private static GateFixture ofBothTopics(FakeRoutes placed) {
    GateFixture lane = new GateFixture(placed, GateFixture.underTest("123", "i1"));
    lane.consumer.subscribe(List.of("orders", "refunds"));
    lane.log.assigned(ZERO, LogConsumer.ONE, REFUNDS);
    return lane;
  }

  @Test
  void offsetsWereForgottenByTheBroker_allMayHaveBeenProcessed() {
    FakeRoutes placed = new FakeRoutes();
    Stamp stamp = beginPlaced(placed);
    GateFixture lane = new GateFixture(placed, GateFixture.underTest("123", "i1"));
    lane.log.append(ZERO, "k", "processed before", GateFixture.tagged("123", stamp));
    lane.log.append(ZERO, "k", "not yet", GateFixture.tagged("123", stamp));
    lane.log.failing = () -> new RebalanceInProgressException("no");
    assertThat(lane.poll()).as("whether it is still in its place, the broker says with the claim").isEmpty();
    lane.log.failing = null;
    assertThat(lane.poll()).hasSize(2);
    assertThat(lane.log.commits).last().isEqualTo(Map.of(ZERO, at(0, "lanekeeper-claim=" + Claim.UNKNOWN)));

    lane.consumer.commitSync(Map.of(ZERO, at(1, "")));

    assertThat(lane.log.inGroup).containsEntry(ZERO, at(1, "lanekeeper-claim=" + Claim.UNKNOWN));
  }

  @Test
  void partitionThatCameLater_isForgotten_whereTheOthersAre() {
    FakeRoutes placed = new FakeRoutes();
    Stamp stamp = beginPlaced(placed);
    for (boolean forgotten : List.of(true, false)) {
      GateFixture lane = new GateFixture(placed, GateFixture.underTest("123", "i1"));
      if (!forgotten) {
        lane.log.inGroup.put(ZERO, at(0, ""));
      }
      lane.log.append(LogConsumer.ONE, "k", "one", GateFixture.tagged("123", stamp));
      assertThat(lane.poll()).containsExactly("one");

      lane.consumer.commitSync(Map.of(LogConsumer.ONE, at(0, "")));

      assertThat(lane.log.inGroup).containsEntry(LogConsumer.ONE,
          at(0, "lanekeeper-claim=" + (forgotten ? Claim.UNKNOWN : 1)));
    }
  }

  /** Its service has read it only since then: that its offset is gone, those of the others tell. */
  @Test
  void topicThatCameLater_isForgotten_whereTheOthersAre() {
    FakeRoutes placed = new FakeRoutes();
    Stamp stamp = beginPlaced(placed, REFUNDS);
    for (boolean forgotten : List.of(true, false)) {
      GateFixture lane = ofBothTopics(placed);
      if (!forgotten) {
        lane.log.inGroup.put(REFUNDS, at(0, ""));
      }
      lane.log.append(ZERO, "k", "one", GateFixture.tagged("123", stamp));
      assertThat(lane.poll()).containsExactly("one");

      assertThat(lane.log.commits).last()
          .isEqualTo(Map.of(ZERO, at(0, "lanekeeper-claim=" + (forgotten ? Claim.UNKNOWN : 1))));
    }
  }

  /** What it commits where it noticed that first is no sign that offsets were kept. */
  @Test
  void forgotten_isNoticedInEachPartitionThatCameLater_whereverTheWorkloadReadsFirst() {
    for (TopicPartition first : List.of(REFUNDS, ZERO)) {
      FakeRoutes placed = new FakeRoutes();
      Stamp stamp = beginPlaced(placed, first);
      GateFixture lane = ofBothTopics(placed);
      lane.log.append(first, "k", "first", GateFixture.tagged("123", stamp));
      assertThat(lane.poll()).containsExactly("first");
      assertThat(lane.log.commits).last().isEqualTo(Map.of(first, at(0, "lanekeeper-claim=" + Claim.UNKNOWN)));

      lane.log.append(LogConsumer.ONE, "k", "later", GateFixture.tagged("123", stamp));
      assertThat(lane.poll()).containsExactly("later");

      assertThat(lane.log.commits).last()
          .isEqualTo(Map.of(LogConsumer.ONE, at(0, "lanekeeper-claim=" + Claim.UNKNOWN)));
    }
  }

  /** Its group never had an offset in the topic of the birth, which the service reads in another group, or no more. */
  @Test
  void topicThatCameLater_isNotForgotten_whereItsGroupReadsNothingOfTheBirth() {
    FakeRoutes placed = new FakeRoutes();
    Stamp stamp = beginPlaced(placed, REFUNDS);
    GateFixture lane = new GateFixture(placed, GateFixture.underTest("123", "i1"));
    lane.log.append(ZERO, "k", "one", GateFixture.tagged("123", stamp));

    assertThat(lane.poll()).containsExactly("one");

    assertThat(lane.log.commits).last().isEqualTo(Map.of(ZERO, at(0, "lanekeeper-claim=1")));
  }

  @Test
  void neededByATable_thatIsAskedForWhenTheRecordIsDecided_areMade() {
    FakeRoutes fresh = new FakeRoutes();
    Stamp first = fresh.begin("123", "i1");
    fresh.turn("123", life -> life.leaving(Residue.REDELIVER));
    fresh.silent = true;
    GateFixture lane = new GateFixture(fresh, GateFixture.underTest("123", "i1"));
    fresh.silent = false;
    lane.log.append(ZERO, "k", "one", GateFixture.tagged("123", first));

    assertThat(lane.poll()).containsExactly("one");

    assertThat(lane.log.commits).containsExactly(Map.of(ZERO, at(0, "lanekeeper-claim=1")));
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "REDELIVER")
  void otherResidues_needNone(Residue residue) {
    routes.turn("123", life -> life.leaving(residue));
    routes.deliver();
    GateFixture lane = workload();
    append(lane, "one");

    assertThat(lane.poll()).containsExactly("one");

    assertThat(lane.log.commits).isEmpty();
  }

  @Test
  void notClaimed_isNotHandedOver_andComesAgain() {
    GateFixture lane = workload();
    append(lane, "one");
    lane.log.failing = () -> new RebalanceInProgressException("no");
    assertThat(lane.poll()).isEmpty();
    assertThat(lane.log.position(ZERO)).isZero();
    lane.log.failing = null;
    lane.log.silent = true;
    lane.gate.revoked(List.of(ZERO));
    assertThat(lane.poll()).as("nobody knows what was claimed before").isEmpty();

    lane.log.silent = false;
    assertThat(lane.poll()).containsExactly("one");
    assertThat(lane.counted).containsEntry("claim.failed", 2L);
  }

  @Test
  void committedBeforeTheFirstPoll_whatAnotherMemberClaimedIsCarriedOn() {
    GateFixture lane = workload();
    lane.log.inGroup.put(ZERO, at(0, "lanekeeper-claim=3"));

    lane.consumer.commitSync(Map.of(ZERO, at(0, "mine")));
    assertThat(lane.log.inGroup).containsEntry(ZERO, at(0, "lanekeeper-claim=3 mine"));

    GateFixture next = workload();
    next.log.inGroup.put(ZERO, at(0, "lanekeeper-claim=3"));
    next.consumer.commitSync();
    assertThat(next.log.inGroup).containsEntry(ZERO, at(0, "lanekeeper-claim=3"));
    GateFixture third = workload();
    third.log.silent = true;
    assertThatThrownBy(() -> third.consumer.commitSync()).isInstanceOf(TimeoutException.class);
    assertThat(third.log.commits).isEmpty();
  }

  @Test
  void tableThatDoesNotKnowTheOverrideYet_isNoReasonNotToClaim_norToWipeOutAClaim() {
    FakeRoutes late = new FakeRoutes();
    late.begin("another", "i0");
    late.deliver();
    Stamp stamp = late.begin("123", "i1");
    late.turn("123", life -> life.leaving(Residue.REDELIVER));
    late.reachable = false;
    GateFixture lane = new GateFixture(late, GateFixture.underTest("123", "i1"), Map.of("group.id", "c"));
    lane.log.inGroup.put(ZERO, at(0, "lanekeeper-claim=1"));
    lane.nanos += Duration.ofSeconds(5).toNanos();
    lane.poll();
    assertThat(lane.log.inGroup).containsEntry(ZERO, at(0, "lanekeeper-claim=1"));
    late.reachable = true;
    lane.log.append(ZERO, "k", "one", GateFixture.tagged("123", stamp));
    lane.log.append(ZERO, "k", "two", GateFixture.tagged("123", stamp));

    assertThat(lane.poll()).containsExactly("one", "two");

    assertThat(lane.log.inGroup).containsEntry(ZERO, at(0, "lanekeeper-claim=2"));
  }

  @Test
  void notClaimed_andAllIsCommitted_isStillInWorkOnceItIsHandedOver() {
    GateFixture lane = workload();
    append(lane, "one");
    lane.log.failing = () -> new RebalanceInProgressException("no");
    assertThat(lane.poll()).isEmpty();
    lane.log.failing = null;
    lane.consumer.commitSync();

    assertThat(lane.poll()).containsExactly("one");
    lane.log.append(ZERO, "k", "another's");
    lane.poll();
    lane.nanos += 3_000_000_000L;
    lane.poll();

    assertThat(lane.log.inGroup).containsEntry(ZERO, at(0, "lanekeeper-claim=1"));
  }

  @Test
  void laterCommits_carryItOn_beside_whatTheApplicationSays() {
    GateFixture lane = workload();
    append(lane, "one");
    append(lane, "two");
    append(lane, "three");
    lane.poll();

    lane.consumer.commitSync(Map.of(ZERO, at(1, "")));
    assertThat(lane.log.inGroup).containsEntry(ZERO, at(1, "lanekeeper-claim=3"));
    lane.consumer.commitSync(Map.of(ZERO, at(2, "mine")));
    assertThat(lane.log.inGroup).containsEntry(ZERO, at(2, "lanekeeper-claim=3 mine"));
    assertThat(lane.consumer.committed(Set.of(ZERO))).containsEntry(ZERO, at(2, "mine"));

    lane.consumer.commitSync(Map.of(ZERO, at(3, "mine")));
    assertThat(lane.log.inGroup).containsEntry(ZERO, at(3, "mine"));
  }

  @Test
  void allCommitted_afterItWasSetBack_carriesItOn() {
    GateFixture lane = workload();
    append(lane, "one");
    append(lane, "two");
    lane.poll();
    lane.consumer.seek(ZERO, 1);

    lane.consumer.commitSync();

    assertThat(lane.log.inGroup).containsEntry(ZERO, at(1, "lanekeeper-claim=2"));
  }

  @Test
  void memberThatJoins_carriesOnWhatTheOneBeforeItClaimed() {
    GateFixture lane = workload();
    lane.log.inGroup.put(ZERO, at(0, "lanekeeper-claim=50"));
    lane.log.append(ZERO, "k", "another's");
    lane.poll();
    lane.nanos += Duration.ofSeconds(3).toNanos();
    lane.poll();
    assertThat(lane.log.inGroup).containsEntry(ZERO, at(1, "lanekeeper-claim=50"));

    append(lane, "perhaps processed before, by the same owner");
    assertThat(lane.poll()).hasSize(1);
    assertThat(lane.log.inGroup).as("claimed already").containsEntry(ZERO, at(1, "lanekeeper-claim=50"));
  }

  @Test
  void transactions_carryItOn_andWhatTheyCommitIsNotSetBack() {
    GateFixture lane = workload();
    append(lane, "one");
    append(lane, "two");
    lane.poll();

    Map<TopicPartition, OffsetAndMetadata> sent = Claims.carried(GROUP, Map.of(ZERO, at(1, "")));
    assertThat(sent).containsEntry(ZERO, at(1, "lanekeeper-claim=2"));
    lane.log.inGroup.putAll(sent);
    append(lane, "three");
    lane.poll();

    assertThat(lane.log.inGroup).containsEntry(ZERO, at(1, "lanekeeper-claim=3"));
    lane.consumer.unsubscribe();
    assertThat(Claims.carried(GROUP, Map.of(ZERO, at(1, "")))).containsEntry(ZERO, at(1, ""));
  }

  @Test
  void commitsOfTheClient_areMadeForIt_byItsInterval_beforePartitionsGo_andAtItsEnd() {
    GateFixture lane =
        new GateFixture(routes, GateFixture.underTest("123", "i1"), Map.of("group.id", "c"));
    assertThat(lane.gate.config()).containsEntry("enable.auto.commit", "false");
    append(lane, "one");
    lane.poll();
    lane.poll();
    assertThat(lane.log.inGroup).containsEntry(ZERO, at(0, "lanekeeper-claim=1"));

    lane.nanos += Duration.ofSeconds(5).toNanos();
    lane.poll();
    assertThat(lane.log.inGroup).containsEntry(ZERO, at(1, ""));

    append(lane, "two");
    lane.poll();
    lane.log.rebalance(List.of(ZERO));
    lane.log.rebalance(List.of());
    assertThat(lane.log.inGroup).containsEntry(ZERO, at(2, ""));

    lane.log.assigned(ZERO);
    lane.log.seek(ZERO, 2);
    append(lane, "three");
    List<String> seen = new ArrayList<>(lane.poll());
    seen.addAll(lane.poll());
    assertThat(seen).containsExactly("three");
    lane.consumer.close();
    assertThat(lane.log.inGroup).containsEntry(ZERO, at(3, ""));
  }

  @ParameterizedTest
  @CsvSource(nullValues = "null", quoteCharacter = '"', value = {"null, -1, \"\"", "\"\", -1, \"\"",
      "other, -1, other", "lanekeeper-claim=x, -1, lanekeeper-claim=x", "lanekeeper-claim=7, 7, \"\"",
      "lanekeeper-claim=7 a b, 7, a b", "lanekeeper-claim=, -1, lanekeeper-claim="})
  void metadata_isReadAsItWasWritten(String metadata, long claim, String own) {
    assertThat(Claim.of(metadata)).isEqualTo(claim);
    assertThat(Claim.without(metadata)).isEqualTo(own);
  }
}
