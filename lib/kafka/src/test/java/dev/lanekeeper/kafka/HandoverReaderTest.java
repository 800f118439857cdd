package dev.lanekeeper.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lanekeeper.model.Handover;
import dev.lanekeeper.model.OverrideLife;
import dev.lanekeeper.model.Stamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who reads what is handed over again, and how far. */
class HandoverReaderTest {

  private static final TopicPartition AGAIN = BesideConsumer.AGAIN;
  private static final Handover PAYMENTS =
      new Handover("c", "payments", RedeliveredRecord.topic(FakeRoutes.SERVICE, "c", "payments"));
  private static final Handover OTHER_GROUP =
      new Handover("d", "orders", RedeliveredRecord.topic(FakeRoutes.SERVICE, "d", "orders"));
  private static final Map<String, Object> COMMITS_BY_CLIENT = Map.of("group.id", "c");

  private final FakeRoutes routes = new FakeRoutes();

  @BeforeEach
  void begin() {
    routes.begin("123", "i1");
    routes.deliver();
  }

  private void handOver(Handover... handovers) {
    routes.redeliver(handovers);
    routes.deliver();
  }

  /** Reads what is handed over, and has its partition. */
  private GateFixture reading() {
    return reading(Map.of("group.id", "c", "enable.auto.commit", "false"));
  }

  private GateFixture reading(Map<String, Object> config) {
    handOver(FakeRoutes.HANDOVER);
    GateFixture lane = new GateFixture(routes, GateFixture.BASELINE, config);
    lane.poll();
    lane.beside.get(0).placed();
    return lane;
  }

  @Test
  void topicAndGroup_areNamedByServiceGroupAndOrigin() {
    assertThat(AGAIN.topic()).isEqualTo("lanekeeper.redelivered.c.eb3654c3535d7a0b");
    assertThat(RedeliveredRecord.groupFor("c")).isEqualTo("c.redelivered");
    assertThat(RedeliveredRecord.readFor("c.redelivered")).isEqualTo("c");
  }

  @Test
  void nothingListed_thereIsNoSecondClient() {
    GateFixture lane = new GateFixture(routes, GateFixture.BASELINE);
    handOver(PAYMENTS, OTHER_GROUP);

    lane.poll();

    assertThat(lane.beside).isEmpty();
  }

  @Test
  void listed_isReadFromThenOn_andGoesToWhomItIsFor() {
    GateFixture lane = new GateFixture(routes, GateFixture.BASELINE);
    List<TopicPartition> told = new ArrayList<>();
    lane.consumer.subscribe(List.of("orders"), listener(told));
    lane.log.assigned(LogConsumer.ZERO, LogConsumer.ONE);
    told.clear();
    handOver(FakeRoutes.HANDOVER, PAYMENTS, OTHER_GROUP);
    lane.poll();
    BesideConsumer beside = lane.beside.get(0);
    assertThat(beside.subscription()).containsExactly(AGAIN.topic());
    assertThat(beside.group).isEqualTo("c.redelivered");
    beside.placed();

    beside.append("ours", "", "c");
    beside.append("another group's", "", "d");
    beside.append("a workload's", "i1", "c");

    assertThat(lane.poll()).containsExactly("ours");
    assertThat(lane.counted).containsEntry("deliver.redelivered", 1L);
    assertThat(lane.deserialized).containsExactly("ours");
    assertThat(lane.topics).as("by the name of the origin").containsExactly("orders");
    assertThat(told).as("of the application's").isEmpty();
    assertThat(lane.consumer.subscription()).containsExactly("orders");
    assertThat(lane.consumer.assignment()).containsExactlyInAnyOrder(LogConsumer.ZERO, LogConsumer.ONE);
  }

  @Test
  void handedOver_comesByItself_andTheClientIsNotKeptWaiting() {
    GateFixture lane = reading();
    BesideConsumer beside = lane.beside.get(0);
    lane.log.append(LogConsumer.ZERO, "k", "untagged");
    beside.append("first", "", "c");
    assertThat(lane.poll()).containsExactly("first");

    beside.append("second", "", "c");

    assertThat(lane.poll()).containsExactly("untagged");
    assertThat(lane.poll()).containsExactly("second");
  }

  @Test
  void anotherSubscription_readsWhatIsHandedOverOfIt() {
    handOver(FakeRoutes.HANDOVER, PAYMENTS);
    GateFixture lane = new GateFixture(routes, GateFixture.BASELINE);
    lane.poll();
    BesideConsumer beside = lane.beside.get(0);

    lane.consumer.subscribe(List.of("payments"));
    lane.poll();
    assertThat(beside.subscription()).containsExactly(PAYMENTS.topic());

    lane.consumer.subscribe(List.of("invoices"));
    lane.poll();
    assertThat(beside.closed()).isTrue();
  }

  @Test
  void pattern_readsWhatIsHandedOverOfTopicsThatWereAssigned() {
    GateFixture lane = new GateFixture(routes, GateFixture.BASELINE);
    lane.consumer.unsubscribe();
    lane.consumer.subscribe(Pattern.compile("o.*"));
    handOver(FakeRoutes.HANDOVER, PAYMENTS);
    lane.log.assigned(LogConsumer.ZERO);

    lane.poll();

    assertThat(lane.beside.get(0).subscription()).containsExactly(AGAIN.topic());
  }

  @Test
  void ownTopics_thatAPatternBrings_arePassedOver() {
    GateFixture lane = new GateFixture(routes, GateFixture.BASELINE);
    lane.consumer.unsubscribe();
    lane.consumer.subscribe(Pattern.compile(".*"));
    TopicPartition aside = new TopicPartition("lanekeeper.quarantine.c", 0);
    lane.log.assigned(LogConsumer.ZERO, aside, AGAIN);
    lane.log.append(aside, "k", "put aside", GateFixture.tagged("stranger", routes.view().table().stamp()));
    lane.log.append(AGAIN, "k", "ours", "lanekeeper-receiver", "", "lanekeeper-group", "c", "lanekeeper-topic",
        "orders");
    lane.log.append(LogConsumer.ZERO, "k", "untagged");

    assertThat(lane.poll()).containsExactly("untagged");
    assertThat(lane.quarantine.records).isEmpty();
    assertThat(lane.log.position(aside)).isEqualTo(1);
  }

  @Test
  void underTest_getsWhatIsForItsOverride_onceItIsConfirmed() {
    routes.redeliver();
    routes.deliver();
    GateFixture lane = new GateFixture(routes, GateFixture.underTest("123", "i1"));
    lane.poll();
    BesideConsumer beside = lane.beside.get(0);
    assertThat(beside.group).isEqualTo("c.redelivered.lk.i1");
    routes.outage();
    beside.placed();
    beside.append("the baseline's", "", "c");
    beside.append("own", "i1", "c");

    assertThat(lane.poll()).isEmpty();
    assertThat(beside.position(AGAIN)).isZero();

    routes.restored();
    lane.nanos += 2_000_000_000L;
    List<String> later = new ArrayList<>(lane.poll());
    later.addAll(lane.poll());
    assertThat(later).containsExactly("own");
  }

  @Test
  void underTest_thatHasEnded_leavesWhenAllThatIsForItIsRead_orItsPlaceIsTaken() {
    routes.redeliver();
    routes.deliver();
    GateFixture lane = new GateFixture(routes, GateFixture.underTest("123", "i1"));
    lane.poll();
    BesideConsumer beside = lane.beside.get(0);
    beside.placed();
    beside.append("own", "i1", "c");
    routes.end("123");
    routes.deliver();

    List<String> seen = new ArrayList<>(lane.poll());
    assertThat(lane.gate.isOver()).as("there is one more to read").isFalse();
    seen.addAll(lane.poll());
    lane.nanos += Duration.ofSeconds(30).toNanos();
    lane.poll();
    lane.nanos += Duration.ofSeconds(30).toNanos();
    lane.poll();

    assertThat(seen).containsExactly("own");
    assertThat(lane.gate.isOver()).isTrue();
    assertThat(beside.closed()).isTrue();
  }

  @Test
  void underTest_whosePlaceIsTaken_getsNothing() {
    routes.redeliver();
    routes.deliver();
    GateFixture lane = new GateFixture(routes, GateFixture.underTest("123", "i1"));
    lane.poll();
    BesideConsumer beside = lane.beside.get(0);
    beside.placed();
    beside.append("own", "i1", "c");
    routes.end("123");
    routes.turn("123", OverrideLife::taken);
    routes.deliver();

    assertThat(lane.poll()).isEmpty();
    assertThat(beside.closed()).isTrue();
    assertThat(beside.commits).isEmpty();
  }

  @Test
  void application_thatPausesAllItHas_isHandedNothing() {
    GateFixture lane = reading();
    lane.beside.get(0).append("ours", "", "c");
    lane.consumer.pause(lane.consumer.assignment());
    assertThat(lane.poll()).isEmpty();

    lane.consumer.resume(lane.consumer.paused());
    assertThat(lane.poll()).containsExactly("ours");
  }

  @Test
  void application_mayPauseResumeSeekAndAskOfWhatItWasHanded() {
    GateFixture lane = reading();
    BesideConsumer beside = lane.beside.get(0);
    beside.append("ours", "", "c");
    assertThat(lane.poll()).containsExactly("ours");
    assertThat(lane.consumer.position(AGAIN)).isEqualTo(1);

    lane.consumer.seek(AGAIN, 0);
    lane.consumer.pause(List.of(AGAIN, LogConsumer.ZERO));
    lane.poll();
    assertThat(lane.poll()).isEmpty();
    assertThat(lane.log.paused()).containsExactly(LogConsumer.ZERO);

    lane.consumer.resume(List.of(AGAIN, LogConsumer.ZERO));
    assertThat(lane.poll()).containsExactly("ours");
    lane.consumer.seekToEnd(List.of(AGAIN));
    lane.consumer.seekToBeginning(List.of(AGAIN));
    assertThat(beside.position(AGAIN)).isEqualTo(1);
  }

  @Test
  void undecodable_isThrownAtItsPlace_andTheApplicationMaySeekPastIt() {
    GateFixture lane = reading();
    BesideConsumer beside = lane.beside.get(0);
    beside.append("good", "", "c");
    beside.append("!bad", "", "c");
    beside.append("after", "", "c");
    lane.log.append(LogConsumer.ZERO, "k", "untagged");
    assertThat(lane.poll()).containsExactly("good");
    assertThat(lane.poll()).containsExactly("untagged");

    assertThatThrownBy(lane::poll).isInstanceOfSatisfying(RecordDeserializationException.class, failure -> {
      assertThat(failure.topicPartition()).isEqualTo(AGAIN);
      assertThat(failure.offset()).isEqualTo(1);
    });
    lane.log.append(LogConsumer.ZERO, "k", "more");
    assertThat(lane.poll()).as("nobody else waits for it").containsExactly("more");
    assertThatThrownBy(lane::poll).isInstanceOf(RecordDeserializationException.class);
    lane.consumer.seek(AGAIN, 2);
    lane.poll();
    assertThat(lane.poll()).containsExactly("after");
  }

  @Test
  void committedWithItsOwn_isCommittedWhereItBelongs() {
    GateFixture lane = reading();
    BesideConsumer beside = lane.beside.get(0);
    beside.append("ours", "", "c");
    beside.append("another group's", "", "d");
    ConsumerRecords<String, String> records = lane.consumer.poll(Duration.ZERO);
    ConsumerRecord<String, String> record = records.iterator().next();
    lane.poll();
    lane.nanos += Duration.ofSeconds(3).toNanos();
    lane.poll();
    assertThat(beside.commits).as("it may be in work").isEmpty();

    lane.consumer.commitSync(Map.of(new TopicPartition(record.topic(), record.partition()),
        new OffsetAndMetadata(record.offset() + 1), LogConsumer.ZERO, new OffsetAndMetadata(7)));

    assertThat(beside.commits).as("lifted over what is another's")
        .containsExactlyEntriesOf(Map.of(AGAIN, new OffsetAndMetadata(2)));
    assertThat(lane.log.commits).containsExactly(Map.of(LogConsumer.ZERO, new OffsetAndMetadata(7)));
  }

  @Test
  void allCommitted_thisToo() {
    GateFixture lane = reading();
    BesideConsumer beside = lane.beside.get(0);
    beside.append("ours", "", "c");
    lane.poll();

    lane.consumer.commitSync();

    assertThat(beside.commits).containsEntry(AGAIN, new OffsetAndMetadata(1));
  }

  @Test
  void commitThatFails_isTriedAgain() {
    GateFixture lane = reading();
    BesideConsumer beside = lane.beside.get(0);
    beside.append("ours", "", "c");
    lane.poll();
    beside.failingCommit = new RebalanceInProgressException();
    lane.consumer.commitSync();
    assertThat(beside.commits).isEmpty();

    beside.failingCommit = null;
    lane.nanos += Duration.ofSeconds(3).toNanos();
    lane.poll();

    assertThat(beside.commits).containsEntry(AGAIN, new OffsetAndMetadata(1));
  }

  @Test
  void commitThatFails_isNotTriedAgain_behindALaterOne() {
    GateFixture lane = reading();
    BesideConsumer beside = lane.beside.get(0);
    beside.append("first", "", "c");
    assertThat(lane.poll()).containsExactly("first");
    beside.failingCommit = new RebalanceInProgressException();
    lane.consumer.commitSync();
    beside.failingCommit = null;
    beside.append("second", "", "c");
    lane.poll();
    assertThat(lane.poll()).containsExactly("second");
    lane.consumer.commitSync();
    assertThat(beside.commits).containsEntry(AGAIN, new OffsetAndMetadata(2));

    lane.nanos += Duration.ofSeconds(3).toNanos();
    lane.poll();
    lane.poll();

    assertThat(beside.commits).containsEntry(AGAIN, new OffsetAndMetadata(2));
  }

  @Test
  void committedByTheClient_isCommittedAtTheNextPoll_andWhenItIsClosed() {
    GateFixture lane = reading(COMMITS_BY_CLIENT);
    BesideConsumer beside = lane.beside.get(0);
    beside.append("ours", "", "c");
    lane.poll();
    assertThat(beside.commits).isEmpty();
    lane.poll();
    assertThat(beside.commits).containsEntry(AGAIN, new OffsetAndMetadata(1));

    beside.append("more", "", "c");
    lane.poll();
    lane.consumer.close();
    assertThat(beside.commits).containsEntry(AGAIN, new OffsetAndMetadata(2));
    assertThat(beside.closed()).isTrue();
  }

  @Test
  void neverCommitted_isCommittedAfterATime_andNotWhenItIsClosedBefore() {
    GateFixture lane = reading();
    BesideConsumer beside = lane.beside.get(0);
    beside.append("ours", "", "c");
    lane.poll();
    lane.nanos += Duration.ofSeconds(20).toNanos();
    lane.poll();
    assertThat(beside.commits).as("it may be in work").isEmpty();
    lane.nanos += Duration.ofSeconds(20).toNanos();
    lane.poll();
    assertThat(beside.commits).containsEntry(AGAIN, new OffsetAndMetadata(1));

    beside.append("more", "", "c");
    lane.poll();
    lane.consumer.close();
    assertThat(beside.commits).containsEntry(AGAIN, new OffsetAndMetadata(1));
  }

  @Test
  void brokerFails_theApplicationGoesOn_andWhatIsThereIsReadLater() {
    GateFixture lane = reading();
    lane.beside.get(0).failing = new TimeoutException("no broker");
    lane.log.append(LogConsumer.ZERO, "k", "untagged");
    assertThat(lane.poll()).containsExactly("untagged");
    assertThat(lane.beside.get(0).closed()).isTrue();
    assertThat(lane.counted).containsEntry("handover.failed", 1L);
    lane.poll();
    assertThat(lane.beside).hasSize(1);

    lane.nanos += Duration.ofSeconds(11).toNanos();
    lane.poll();
    lane.beside.get(1).placed();
    lane.beside.get(1).append("ours", "", "c");
    assertThat(lane.poll()).containsExactly("ours");
  }

  @Test
  void notAuthorized_whatIsInDoubtIsHeld_sinceNothingWouldComeBack() {
    GateFixture lane = reading();
    lane.beside.get(0).failing = GroupAuthorizationException.forGroupId("c.redelivered");
    lane.poll();

    assertInDoubtIsHeld(lane);
  }

  @Test
  void assignedByHand_doubtIsHeld_forNothingWouldComeBack() {
    GateFixture lane = reading();
    lane.consumer.unsubscribe();
    assertThat(lane.beside.get(0).closed()).isTrue();
    lane.consumer.assign(List.of(LogConsumer.ZERO));
    lane.log.seekToBeginning(List.of(LogConsumer.ZERO));

    assertInDoubtIsHeld(lane);
  }

  @Test
  void streams_doubtIsHeld_andNothingIsReadBeside() {
    handOver(FakeRoutes.HANDOVER);
    GateFixture lane = new GateFixture(routes, GateFixture.BASELINE, Map.of("group.id", "c", "enable.auto.commit",
        "false", "client.id", "app-1-StreamThread-1-consumer"));
    lane.poll();
    assertThat(lane.beside).isEmpty();

    assertInDoubtIsHeld(lane);
  }

  private void assertInDoubtIsHeld(GateFixture lane) {
    Stamp newer = routes.begin("456", "i2");
    routes.outage();
    long offset = lane.log.append(LogConsumer.ZERO, "k", "who knows", GateFixture.tagged("456", newer));
    assertThat(lane.poll()).isEmpty();
    lane.nanos += Duration.ofSeconds(10).toNanos();
    assertThat(lane.poll()).isEmpty();
    assertThat(lane.quarantine.records).isEmpty();
    assertThat(lane.log.position(LogConsumer.ZERO)).isEqualTo(offset);
    assertThat(lane.counted).containsKey("hold.in-doubt");
  }

  @Test
  void settings_areTheApplicationsOwn_butForWhatTellsItsGroupApart() {
    assertThat(HandoverClient.isOne(Map.of("client.id", HandoverClient.CLIENT_ID + "-1"))).isTrue();
    assertThat(HandoverClient.isOne(Map.of("client.id", "orders"))).isFalse();
    assertThat(LaneKafka.isOwn(Map.of("client.id", HandoverClient.CLIENT_ID + "-1"))).isTrue();
    try (var made = HandoverClient.open(Map.of("bootstrap.servers", "127.0.0.1:1", "group.id", "c",
        "group.instance.id", "one", "key.deserializer", "no.such.Class", "interceptor.classes", "no.such.Class"),
        "c.redelivered")) {
      assertThat(made.groupMetadata().groupId()).isEqualTo("c.redelivered");
      assertThat(made.groupMetadata().groupInstanceId()).isEmpty();
      assertThat(Set.copyOf(made.assignment())).isEmpty();
    }
  }

  private static ConsumerRebalanceListener listener(List<TopicPartition> told) {
    return new ConsumerRebalanceListener() {
      @Override
      public void onPartitionsRevoked(Collection<TopicPartition> partitions) {}

      @Override
      public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        told.addAll(partitions);
      }
    };
  }
}
