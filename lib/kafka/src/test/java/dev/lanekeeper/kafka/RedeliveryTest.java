package dev.lanekeeper.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanekeeper.model.Handover;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;
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
