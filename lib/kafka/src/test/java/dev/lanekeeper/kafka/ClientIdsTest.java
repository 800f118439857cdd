package dev.lanekeeper.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lanekeeper.model.Self;
import dev.lanekeeper.model.Tenancy;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientIdsTest {

  private static final Self UNDER_TEST = GateFixture.underTest("123", "i1");

  @Test
  void baseline_keepsTheVerySettings() {
    Map<String, ?> config = Map.of("group.id", "g", "group.protocol", "consumer", "auto.offset.reset", "earliest");
    assertThat(ClientIds.consumer(GateFixture.BASELINE, config)).isSameAs(config);
    assertThat(ClientIds.producer(GateFixture.BASELINE, config)).isSameAs(config);
  }

  @Test
  void consumerUnderTest_getsIdsOfItsOwn_theClassicProtocol_noReset_andNoCommitsByTheClient() {
    Map<String, ?> config = Map.of("group.id", "g", "group.instance.id", "host-1", "client.id", "app", "group.protocol",
        "consumer", "group.remote.assignor", "uniform", "auto.offset.reset", "earliest", "max.poll.records", 7);
    assertThat(Map.<String, Object>copyOf(ClientIds.consumer(UNDER_TEST, config))).isEqualTo(Map.of("group.id",
        "g.lk.i1",
        "group.instance.id", "host-1.lk.i1", "client.id", "app.lk.i1", "group.protocol", "classic", "auto.offset.reset",
        "none", "max.poll.records", 7, "receive.buffer.bytes", -1, "enable.auto.commit", "false"));
  }

  @Test
  void consumerUnderTest_whoseIdsAreTheWorkloadsAlready_keepsThem() {
    Map<String, ?> once = ClientIds.consumer(UNDER_TEST, Map.of("group.id", "g", "client.id", "app"));
    assertThat(Map.<String, Object>copyOf(ClientIds.consumer(UNDER_TEST, once))).isEqualTo(once)
        .containsEntry("group.id", "g.lk.i1");
  }

  @Test
  void consumerUnderTest_withoutIds_getsNone() {
    assertThat(Map.<String, Object>copyOf(ClientIds.consumer(UNDER_TEST, Map.of("client.id", "")))).isEqualTo(
        Map.of("client.id", "", "group.protocol", "classic", "auto.offset.reset", "none", "receive.buffer.bytes", -1,
            "enable.auto.commit", "false"));
  }

  @Test
  void consumerUnderTest_keepsTheReceiveBufferThatTheApplicationWants() {
    assertThat(Map.<String, Object>copyOf(ClientIds.consumer(UNDER_TEST, Map.of("receive.buffer.bytes", "131072"))))
        .containsEntry("receive.buffer.bytes", "131072");
  }

  @Test
  void producerUnderTest_getsIdsOfItsOwn() {
    assertThat(Map.<String, Object>copyOf(ClientIds.producer(UNDER_TEST,
        Map.of("transactional.id", "tx", "client.id", "app",
            "acks", "all"))))
        .isEqualTo(Map.of("transactional.id", "tx.lk.i1", "client.id", "app.lk.i1", "acks", "all"));
  }

  @Test
  void tenantWithoutIncarnation_failsAndSaysWhatToDo() {
    Self unbound = new Self(FakeRoutes.SERVICE, new Tenancy("123"), null);
    for (Runnable making : List.<Runnable>of(() -> ClientIds.consumer(unbound, Map.of()),
        () -> ClientIds.producer(unbound, Map.of()))) {
      assertThatThrownBy(making::run).isInstanceOf(KafkaException.class).hasMessageContaining("incarnation: none")
          .hasMessageContaining("overrides.C: { workload: {} }");
    }
  }

  @Test
  void kafkaStreamsUnderTest_ofAnApplicationOfItsOwn_isAConsumerLikeOthers() {
    Map<String, ?> config = ClientIds.consumer(UNDER_TEST, Map.of("client.id", "app.lk.i1-1-StreamThread-1-consumer",
        "group.id", "app.lk.i1", StreamsSettings.APPLICATION, "app.lk.i1"));
    assertThat(Map.<String, Object>copyOf(config)).containsEntry("group.id", "app.lk.i1")
        .containsEntry("auto.offset.reset", "none");
  }

  @ParameterizedTest
  @CsvSource({"client.id,app-1234-StreamThread-1-consumer", "client.id,app-StreamThread-12-restore-consumer",
      "client.id,app-global-consumer", "group.protocol,STREAMS", "__task.manager.instance__,x",
      "partition.assignment.strategy,org.apache.kafka.streams.processor.internals.StreamsPartitionAssignor"})
  void kafkaStreamsUnderTest_isRefused_butNotAtTheBaseline(String key, String value) {
    assertThatThrownBy(() -> ClientIds.consumer(UNDER_TEST, Map.of(key, value))).isInstanceOf(KafkaException.class)
        .hasMessageContaining("Kafka Streams").hasMessageContaining("123");
    assertThatCode(() -> ClientIds.consumer(GateFixture.BASELINE, Map.of(key, value))).doesNotThrowAnyException();
  }
}
