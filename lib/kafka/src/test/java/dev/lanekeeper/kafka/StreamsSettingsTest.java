package dev.lanekeeper.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lanekeeper.model.Self;
import dev.lanekeeper.model.Tenancy;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamsSettingsTest {

  private static final Self UNDER_TEST = GateFixture.underTest("123", "i1");

  private static Map<Object, Object> of(Self self, Map<?, ?> given) {
    return Map.copyOf(StreamsSettings.of(self, given));
  }

  @Test
  void baseline_keepsItsSettings_andItsClientsKnowTheirApplication() {
    assertThat(of(GateFixture.BASELINE, Map.of("application.id", "app", "group.protocol", "streams")))
        .isEqualTo(
            Map.of("application.id", "app", "group.protocol", "streams", "consumer.lanekeeper.streams.application",
                "app", "producer.lanekeeper.streams.application", "app"));
  }

  @Test
  void underTest_applicationIsItsOwn_inAClassicGroup_andStaysSo() {
    Map<Object, Object> once = of(UNDER_TEST, Map.of("application.id", "app", "group.protocol", "Streams"));
    assertThat(once).isEqualTo(Map.of("application.id", "app.lk.i1", "group.protocol", "classic",
        "consumer.lanekeeper.streams.application", "app.lk.i1", "producer.lanekeeper.streams.application",
        "app.lk.i1"));
    assertThat(of(UNDER_TEST, once)).isEqualTo(once);
  }

  @Test
  void withoutAnApplication_areKafkaStreamsToRefuse() {
    Map<String, String> given = Map.of("bootstrap.servers", "b:9092");
    assertThat(StreamsSettings.of(UNDER_TEST, given)).isSameAs(given);
  }

  @Test
  void tenantWithoutIncarnation_failsAndSaysWhatToDo() {
    assertThatThrownBy(
        () -> StreamsSettings.of(new Self(FakeRoutes.SERVICE, new Tenancy("123"), null),
            Map.of("application.id", "app")))
        .isInstanceOf(KafkaException.class).hasMessageContaining("incarnation: none");
  }

  @Test
  void plain_isWhatTheClientKnows_andTheVerySettingsOfAnyOther() {
    Map<String, Object> any = Map.of("group.id", "g");
    assertThat(StreamsSettings.plain(any)).isSameAs(any);
    assertThat(StreamsSettings.plain(Map.of("group.id", "g", StreamsSettings.APPLICATION, "app"))).isEqualTo(any);
  }

  private static OwnTopics ownTopics() {
    return OwnTopics.of(Map.of(StreamsSettings.APPLICATION, "app"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"app-last-changelog", "app-KSTREAM-AGGREGATE-STATE-STORE-0000000003-repartition",
      "app-KTABLE-FK-JOIN-SUBSCRIPTION-REGISTRATION-0000000006-topic", "app-x-subscription-response-topic"})
  void ownTopics_haveWhatTheApplicationMadeForItself(String topic) {
    assertThat(ownTopics().has(topic)).isTrue();
    assertThat(ownTopics().haveAll(List.of(new TopicPartition(topic, 0)))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"orders", "app-orders", "app", "apps-last-changelog", "app.lk.i1-last-changelog",
      "another-last-changelog"})
  void ownTopics_haveNothingElse(String topic) {
    assertThat(ownTopics().has(topic)).isFalse();
    assertThat(ownTopics().haveAll(List.of(new TopicPartition("app-last-changelog", 0), new TopicPartition(topic, 0))))
        .isFalse();
    assertThat(OwnTopics.of(Map.of("group.id", "app")).has("app-last-changelog")).isFalse();
  }
}
