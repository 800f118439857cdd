package dev.lanekeeper.kafka;

import static dev.lanekeeper.kafka.GateFixture.BASELINE;
import static dev.lanekeeper.kafka.GateFixture.tagged;
import static dev.lanekeeper.kafka.GateFixture.underTest;
import static dev.lanekeeper.kafka.LogConsumer.ZERO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lanekeeper.model.Self;
import dev.lanekeeper.model.Stamp;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Consumers of Kafka Streams: what an application has for itself is its own, whatever it bears. */
class OwnTopicsGateTest {

  private final FakeRoutes routes = new FakeRoutes();
  private final Stamp stamp = routes.begin("123", "i1");

  OwnTopicsGateTest() {
    routes.deliver();
  }

  private GateFixture main(Self self, String application) {
    GateFixture lane = new GateFixture(routes, self,
        Map.of("group.id", application, "enable.auto.commit", "false", StreamsSettings.APPLICATION, application));
    TopicPartition own = own(application);
    lane.consumer.subscribe(List.of("orders", own.topic()));
    lane.log.assigned(ZERO, own);
    return lane;
  }

  private static TopicPartition own(String application) {
    return new TopicPartition(application + "-sum-repartition", 0);
  }

  private void fill(GateFixture lane, TopicPartition own) {
    for (TopicPartition partition : List.of(ZERO, own)) {
      lane.log.append(partition, "k", partition.topic() + " untagged");
      lane.log.append(partition, "k", partition.topic() + " tagged", tagged("123", stamp));
      lane.log.append(partition, null, null, tagged("123", stamp));
    }
  }

  @Test
  void baseline_takesAllOfItsOwnTopics_andOfOthersWhatItOwns() {
    GateFixture lane = main(BASELINE, "app");
    fill(lane, own("app"));
    assertThat(lane.poll()).containsExactlyInAnyOrder("orders untagged", "app-sum-repartition untagged",
        "app-sum-repartition tagged", "null");
    assertThat(lane.consumer.describe().topics()).as("what nobody else reads is reported to nobody")
        .containsExactly("orders");
    assertThat(lane.consumer.describe().handovers()).isFalse();
  }

  @Test
  void underTest_takesAllOfItsOwnTopics_andOfOthersWhatItOwns() {
    GateFixture lane = main(underTest("123", "i1"), "app.lk.i1");
    fill(lane, own("app.lk.i1"));
    assertThat(lane.poll()).containsExactlyInAnyOrder("orders tagged", "null", "app.lk.i1-sum-repartition untagged",
        "app.lk.i1-sum-repartition tagged", "null");
  }

  @Test
  void underTest_restoresFromItsOwnTopics_andFromNoOther() {
    Map<String, Object> config = Map.of(StreamsSettings.APPLICATION, "app.lk.i1");
    GateFixture lane = new GateFixture(routes, underTest("123", "i1"), config);
    TopicPartition state = new TopicPartition("app.lk.i1-sum-changelog", 0);
    lane.consumer.unsubscribe();
    lane.consumer.assign(List.of(state));
    assertThat(lane.log.assignment()).containsExactly(state);
    assertThatThrownBy(() -> lane.consumer.assign(List.of(state, ZERO))).isInstanceOf(KafkaException.class)
        .hasMessageContaining("orders").hasMessageContaining("table of Kafka Streams");
  }

  @Test
  void underTest_drainsWhatItAddsToItsOwnTopicsMeanwhile() {
    GateFixture lane = main(underTest("123", "i1"), "app.lk.i1");
    TopicPartition own = own("app.lk.i1");
    lane.log.append(ZERO, "k", "last", tagged("123", stamp));
    routes.end("123");
    routes.deliver();
    assertThat(lane.poll()).containsExactly("last");
    lane.log.append(own, "k", "caused by it");
    lane.consumer.commitSync();
    assertThat(lane.poll()).containsExactly("caused by it");
    assertThat(lane.log.left).isFalse();
    lane.consumer.commitSync();
    lane.poll();
    assertThat(lane.log.left).isTrue();
  }
}
