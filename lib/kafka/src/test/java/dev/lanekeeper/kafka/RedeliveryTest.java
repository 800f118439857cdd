package dev.lanekeeper.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lanekeeper.model.Handover;
import dev.lanekeeper.model.Stamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who reads what is handed over again. */
class RedeliveryTest {

  private static final TopicPartition AGAIN = new TopicPartition(FakeRoutes.HANDOVER.topic(), 0);
  private static final TopicPartition PAYMENTS_AGAIN =
      new TopicPartition(RedeliveredRecord.topic(FakeRoutes.SERVICE, "c", "payments"), 0);
  private static final Handover PAYMENTS = new Handover("c", "payments", PAYMENTS_AGAIN.topic());
  private static final Handover OTHER_GROUP =
      new Handover("d", "orders", RedeliveredRecord.topic(FakeRoutes.SERVICE, "d", "orders"));

  private final FakeRoutes routes = new FakeRoutes();

  @BeforeEach
  void begin() {
    routes.begin("123", "i1");
    routes.deliver();
  }

  @Test
  void topic_isNamedByServiceGroupAndOrigin() {
    assertThat(AGAIN.topic()).isEqualTo("lanekeeper.redelivered.c.eb3654c3535d7a0b");
  }

  @Test
  void listed_isReadFromThenOn_unseenByTheApplication_andGoesToWhomItIsFor() {
    GateFixture lane = new GateFixture(routes, GateFixture.BASELINE);
    List<TopicPartition> told = new ArrayList<>();
    lane.consumer.subscribe(List.of("orders"), listener(told));
    lane.log.assigned(LogConsumer.ZERO, LogConsumer.ONE);
    assertThat(lane.log.subscription()).containsExactly("orders");

    handOver(FakeRoutes.HANDOVER, PAYMENTS, OTHER_GROUP);
    lane.poll();

    assertThat(lane.log.subscription()).containsExactlyInAnyOrder("orders", AGAIN.topic());
    assertThat(lane.consumer.subscription()).containsExactly("orders");
    told.clear();
    lane.log.assigned(LogConsumer.ZERO, AGAIN);
    assertThat(told).as("of the application's").isEmpty();
    append(lane, "ours", "", "c");
    append(lane, "another group's", "", "d");
    append(lane, "a workload's", "i1", "c");
    assertThat(lane.poll()).containsExactly("ours");
    assertThat(lane.counted).containsEntry("deliver.redelivered", 1L);
    assertThat(lane.deserialized).containsExactly("ours");
  }

  @Test
  void listed_beforeTheApplicationSubscribes_isSubscribedToAtOnce() {
    handOver(FakeRoutes.HANDOVER, PAYMENTS);
    GateFixture lane = new GateFixture(routes, GateFixture.BASELINE);

    assertThat(lane.log.subscription()).containsExactlyInAnyOrder("orders", AGAIN.topic());

    lane.consumer.subscribe(List.of("payments"));
    assertThat(lane.log.subscription()).containsExactlyInAnyOrder("payments", PAYMENTS_AGAIN.topic());
  }

  @Test
  void pattern_matchesTheOrigin_readsWhatIsHandedOverOfIt() {
    GateFixture lane = new GateFixture(routes, GateFixture.BASELINE);
    lane.consumer.unsubscribe();
    lane.consumer.subscribe(Pattern.compile("pay.*"));
    handOver(FakeRoutes.HANDOVER, PAYMENTS);
    lane.log.assigned(LogConsumer.ZERO);
    lane.poll();

    Pattern subscribed = lane.log.pattern;
    assertThat(List.of("payments", "pay", PAYMENTS_AGAIN.topic())).allMatch(topic -> matches(subscribed, topic));
    assertThat(List.of("orders", "apay", AGAIN.topic(), PAYMENTS_AGAIN.topic().replace('.', '-')))
        .noneMatch(topic -> matches(subscribed, topic));
  }

  @Test
  void pattern_bringsATopicBeforeTheTableListsIt_holdsUntilItDoes() {
    GateFixture lane = new GateFixture(routes, GateFixture.BASELINE);
    lane.consumer.unsubscribe();
    lane.consumer.subscribe(Pattern.compile(".*"));
    lane.log.assigned(LogConsumer.ZERO, AGAIN);
    append(lane, "ours", "", "c");
    routes.redeliver();
    routes.silent = true;

    assertThat(lane.poll()).isEmpty();
    assertThat(lane.log.position(AGAIN)).isZero();
    assertThat(lane.quarantine.records).isEmpty();

    routes.deliver();
    assertThat(lane.poll()).isEmpty();
    lane.log.assigned(LogConsumer.ZERO, AGAIN);
    lane.log.resume(List.of(AGAIN)); // the mock keeps the pause of a partition that went
    assertThat(lane.poll()).containsExactly("ours");
  }

  @Test
  void ownTopics_thatAPatternBrings_arePassedOver() {
    GateFixture lane = new GateFixture(routes, GateFixture.BASELINE);
    lane.consumer.unsubscribe();
    lane.consumer.subscribe(Pattern.compile(".*"));
    TopicPartition aside = new TopicPartition("lanekeeper.quarantine.c", 0);
    lane.log.assigned(LogConsumer.ZERO, aside);
    lane.log.append(aside, "k", "put aside", GateFixture.tagged("stranger", routes.view().table().stamp()));
    lane.log.append(LogConsumer.ZERO, "k", "untagged");

    assertThat(lane.poll()).containsExactly("untagged");
    assertThat(lane.quarantine.records).isEmpty();
    assertThat(lane.log.position(aside)).isEqualTo(1);
  }

  @Test
  void underTest_getsWhatIsForItsOverride() {
    routes.redeliver();
    routes.deliver();
    GateFixture lane = new GateFixture(routes, GateFixture.underTest("123", "i1"));
    lane.poll();
    lane.log.assigned(LogConsumer.ZERO, AGAIN);
    append(lane, "the baseline's", "", "c");
    append(lane, "own", "i1", "c");

    assertThat(lane.poll()).containsExactly("own");
  }

  @Test
  void underTest_thatMayHaveMissedItsEnd_holdsWhatIsForIt() {
    routes.redeliver();
    routes.deliver();
    GateFixture lane = new GateFixture(routes, GateFixture.underTest("123", "i1"));
    lane.poll();
    routes.outage();
    lane.log.assigned(LogConsumer.ZERO, AGAIN);
    append(lane, "own", "i1", "c");

    assertThat(lane.poll()).isEmpty();
    assertThat(lane.log.position(AGAIN)).isZero();

    routes.restored();
    List<String> later = new ArrayList<>(lane.poll());
    lane.nanos += 2_000_000_000L;
    later.addAll(lane.poll());
    later.addAll(lane.poll());
    assertThat(later).containsExactly("own");
  }

  @Test
  void brokersPattern_readsWhatIsHandedOverOfTopicsThatWereAssigned() {
    GateFixture lane = new GateFixture(routes, GateFixture.BASELINE);
    lane.consumer.unsubscribe();
    lane.consumer.subscribe(new SubscriptionPattern("[o].*"));
    handOver(FakeRoutes.HANDOVER, PAYMENTS);
    lane.poll();
    assertThat(lane.log.brokersPattern).isEqualTo("[o].*");

    lane.gate.assigned(List.of(LogConsumer.ZERO));
    lane.gate.beforePoll(Duration.ZERO);
    assertThat(lane.log.brokersPattern).isEqualTo("(?:[o].*)|" + AGAIN.topic().replace(".", "\\."));
  }

  @Test
  void brokersPattern_thatMeansTheSameToAll_readsWhatIsHandedOverAtOnce() {
    GateFixture lane = new GateFixture(routes, GateFixture.BASELINE);
    lane.consumer.unsubscribe();
    handOver(FakeRoutes.HANDOVER, PAYMENTS);

    lane.consumer.subscribe(new SubscriptionPattern("o.*"));

    assertThat(lane.log.brokersPattern).isEqualTo("(?:o.*)|" + AGAIN.topic().replace(".", "\\."));
  }

  @Test
  void withoutCommits_byABrokersPattern_isNotMovedBeforeItHasCommitted() {
    GateFixture lane = new GateFixture(routes, GateFixture.BASELINE);
    lane.consumer.unsubscribe();
    lane.consumer.subscribe(new SubscriptionPattern("o.*"));
    lane.log.assigned(LogConsumer.ZERO);
    handOver(FakeRoutes.HANDOVER);
    lane.poll();
    assertThat(lane.log.brokersPattern).isEqualTo("o.*");

    lane.consumer.commitSync();
    lane.poll();

    assertThat(lane.log.brokersPattern).endsWith(AGAIN.topic().replace(".", "\\."));
  }

  @Test
  void pattern_thatCannotBeExtended_staysAsItIs_andItsDoubtIsHeld() {
    GateFixture lane = new GateFixture(routes, GateFixture.BASELINE);
    lane.consumer.unsubscribe();
    Pattern pattern = Pattern.compile("o(?i)rders");
    handOver(FakeRoutes.HANDOVER);
    lane.consumer.subscribe(pattern);
    assertThat(lane.log.pattern).isSameAs(pattern);

    assertInDoubtIsHeld(lane);
  }

  @Test
  void assignedByHand_doubtIsHeld_forNothingWouldComeBack() {
    GateFixture lane = new GateFixture(routes, GateFixture.BASELINE);
    lane.consumer.unsubscribe();
    lane.consumer.assign(List.of(LogConsumer.ZERO));
    lane.log.seekToBeginning(List.of(LogConsumer.ZERO));

    assertInDoubtIsHeld(lane);
  }

  @Test
  void streams_doubtIsHeld_andNothingIsReadBeside() {
    handOver(FakeRoutes.HANDOVER);
    GateFixture lane = new GateFixture(routes, GateFixture.BASELINE, Map.of("group.id", "c", "enable.auto.commit",
        "false", "client.id", "app-1-StreamThread-1-consumer"));
    assertThat(lane.log.subscription()).containsExactly("orders");
    lane.poll();
    assertThat(lane.log.subscription()).containsExactly("orders");

    assertInDoubtIsHeld(lane);
  }

  private void assertInDoubtIsHeld(GateFixture lane) {
    if (!lane.log.assignment().contains(LogConsumer.ZERO)) {
      lane.log.assigned(LogConsumer.ZERO);
    }
    Stamp newer = routes.begin("456", "i2");
    routes.outage();
    lane.log.append(LogConsumer.ZERO, "k", "who knows", GateFixture.tagged("456", newer));
    assertThat(lane.poll()).isEmpty();
    lane.nanos += Duration.ofSeconds(10).toNanos();
    assertThat(lane.poll()).isEmpty();
    assertThat(lane.quarantine.records).isEmpty();
    assertThat(lane.log.position(LogConsumer.ZERO)).isZero();
    assertThat(lane.counted).containsKey("hold.in-doubt");
  }

  /** Reads the topic, whose partition 0 it is given beside that of the application. */
  private GateFixture reading() {
    handOver(FakeRoutes.HANDOVER);
    GateFixture lane = new GateFixture(routes, GateFixture.BASELINE);
    lane.log.assigned(LogConsumer.ZERO, AGAIN);
    return lane;
  }

  @Test
  void notAuthorized_isGivenUpAndSaid_untilTheTableListsAnother() {
    GateFixture lane = reading();
    lane.log.append(LogConsumer.ZERO, "k", "untagged");
    lane.log.refusing = new TopicAuthorizationException(Set.of(AGAIN.topic()));

    assertThat(lane.poll()).isEmpty();
    assertThat(lane.log.subscription()).containsExactly("orders");
    assertThat(lane.counted).containsEntry("redelivery.refused", 1L);
    lane.log.assigned(LogConsumer.ZERO);
    assertThat(lane.poll()).containsExactly("untagged");
    assertThat(lane.log.subscription()).containsExactly("orders");

    handOver(FakeRoutes.HANDOVER, OTHER_GROUP, new Handover("c", "orders", AGAIN.topic() + ".again"));
    lane.poll();
    assertThat(lane.log.subscription()).containsExactlyInAnyOrder("orders", AGAIN.topic(), AGAIN.topic() + ".again");
  }

  @Test
  void notAuthorized_brokerDoesNotSayForWhat_isGivenUpOnce() {
    GateFixture lane = reading();
    lane.log.refusing = new TopicAuthorizationException("denied");
    assertThat(lane.poll()).isEmpty();
    assertThat(lane.log.subscription()).containsExactly("orders");

    lane.log.refusing = new TopicAuthorizationException("denied");
    assertThatThrownBy(lane::poll).isInstanceOf(TopicAuthorizationException.class);
  }

  @Test
  void notAuthorized_forTheApplicationsOwn_isItsAffair() {
    GateFixture lane = reading();
    lane.log.refusing = new TopicAuthorizationException(Set.of("orders", AGAIN.topic()));
    assertThatThrownBy(lane::poll).isInstanceOf(TopicAuthorizationException.class);
  }

  @Test
  void committedUnknown_standsStillUntilItIsKnown_andTheRestFlows() {
    handOver(FakeRoutes.HANDOVER);
    GateFixture lane = new GateFixture(routes, GateFixture.BASELINE);
    lane.log.silent = true;
    lane.log.inGroup.put(AGAIN, 1L);
    append(lane, "read before", "", "c");
    append(lane, "to be read", "", "c");
    lane.log.append(LogConsumer.ZERO, "k", "untagged");
    lane.log.assigned(LogConsumer.ZERO, AGAIN);

    assertThat(lane.poll()).containsExactly("untagged");
    assertThat(lane.consumer.paused()).as("seen by the application").isEmpty();
    assertThat(lane.counted).containsKey("redelivery.unplaced");

    lane.log.silent = false;
    lane.nanos += Duration.ofSeconds(6).toNanos();
    assertThat(lane.poll()).containsExactly("to be read");
  }

  @Test
  void application_seesNothingOfThePartitions() {
    GateFixture lane = reading();
    append(lane, "ours", "", "c");
    lane.poll();

    assertThat(lane.consumer.assignment()).containsExactly(LogConsumer.ZERO);
    lane.consumer.seekToEnd(List.of());
    lane.consumer.seekToBeginning(List.of());
    assertThat(lane.log.position(AGAIN)).as("not sought").isEqualTo(1);
    lane.log.assigned(AGAIN);
    lane.consumer.seekToEnd(List.of());
    lane.consumer.seekToBeginning(List.of());
    assertThat(lane.poll()).containsExactly("ours");
  }

  @Test
  void application_thatPausesAllItKnows_isHandedNothing() {
    GateFixture lane = reading();
    append(lane, "ours", "", "c");
    lane.consumer.pause(lane.consumer.assignment());

    assertThat(lane.poll()).isEmpty();
    assertThat(lane.consumer.paused()).containsExactly(LogConsumer.ZERO);

    lane.consumer.resume(lane.consumer.paused());
    assertThat(lane.poll()).containsExactly("ours");
  }

  @Test
  void deserializer_isGivenTheNameOfTheOrigin_andInterceptorsSeeTheRecord() {
    GateFixture lane = reading();
    append(lane, "ours", "", "c");
    lane.poll();
    assertThat(lane.topics).containsExactly("orders");
  }

  /** Has committed nothing, and stands behind the first record. */
  private GateFixture withoutCommits(@Nullable ConsumerRebalanceListener listener) {
    GateFixture lane = new GateFixture(routes, GateFixture.BASELINE);
    if (listener != null) {
      lane.consumer.subscribe(List.of("orders"), listener);
    }
    lane.log.rejoined(LogConsumer.ZERO, LogConsumer.ONE);
    lane.log.append(LogConsumer.ZERO, "k", "first");
    assertThat(lane.poll()).containsExactly("first");
    handOver(FakeRoutes.HANDOVER);
    lane.poll();
    return lane;
  }

  @Test
  void withoutCommits_joiningAnew_staysWhereItStood() {
    GateFixture lane = withoutCommits(null);
    assertThat(lane.log.subscription()).contains(AGAIN.topic());
    lane.log.append(LogConsumer.ZERO, "k", "second");

    lane.log.rejoined(LogConsumer.ZERO, AGAIN);

    assertThat(lane.poll()).containsExactly("second");
  }

  @Test
  void withoutCommits_aGenerationLater_somebodyElseMayHaveReadOn() {
    GateFixture lane = withoutCommits(null);
    lane.log.append(LogConsumer.ZERO, "k", "second");

    lane.log.rejoined();
    lane.log.rejoined(LogConsumer.ZERO, AGAIN);

    assertThat(lane.poll()).as("as the group has it").containsExactly("first", "second");
  }

  @Test
  void withoutCommits_withAListener_isNotMovedBeforeItHasCommitted() {
    GateFixture lane = withoutCommits(listener(new ArrayList<>()));
    assertThat(lane.log.subscription()).containsExactly("orders");

    lane.consumer.commitSync();
    lane.poll();

    assertThat(lane.log.subscription()).contains(AGAIN.topic());
  }

  @Test
  void withoutCommits_seekingByItself_isMoved_andWhatIsHandedOverIsCommittedForIt() {
    AtomicReference<GateFixture> made = new AtomicReference<>();
    GateFixture lane = new GateFixture(routes, GateFixture.BASELINE);
    made.set(lane);
    lane.consumer.subscribe(List.of("orders"), new ConsumerRebalanceListener() {
      @Override
      public void onPartitionsRevoked(Collection<TopicPartition> partitions) {}

      @Override
      public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        partitions.forEach(partition -> made.get().consumer.seek(partition, 0));
      }
    });
    lane.log.rejoined(LogConsumer.ZERO);
    lane.log.append(LogConsumer.ZERO, "k", "first");
    assertThat(lane.poll()).containsExactly("first");
    handOver(FakeRoutes.HANDOVER);
    lane.poll();
    assertThat(lane.log.subscription()).contains(AGAIN.topic());
    lane.log.rejoined(LogConsumer.ZERO, AGAIN);
    append(lane, "ours", "", "c");
    assertThat(lane.poll()).containsExactlyInAnyOrder("first", "ours");
    assertThat(lane.log.commits).as("it may be in work").isEmpty();

    lane.poll();

    assertThat(lane.log.commits).containsExactly(Map.of(AGAIN, new OffsetAndMetadata(1)));
  }

  private static boolean matches(@Nullable Pattern pattern, String topic) {
    return pattern != null && pattern.matcher(topic).matches();
  }

  private void handOver(Handover... handovers) {
    routes.redeliver(handovers);
    routes.deliver();
  }

  private static void append(GateFixture lane, String value, String receiver, String group) {
    lane.log.append(AGAIN, "k", value, "lanekeeper-receiver", receiver, "lanekeeper-group", group, "lanekeeper-topic",
        "orders");
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
