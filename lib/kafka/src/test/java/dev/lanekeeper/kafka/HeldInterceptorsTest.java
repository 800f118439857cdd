package dev.lanekeeper.kafka;

import static dev.lanekeeper.kafka.GateFixture.BASELINE;
import static dev.lanekeeper.kafka.GateFixture.tagged;
import static dev.lanekeeper.kafka.LogConsumer.ONE;
import static dev.lanekeeper.kafka.LogConsumer.ZERO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lanekeeper.model.Stamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HeldInterceptorsTest {

  private static final List<String> SEEN = new ArrayList<>();

  private final FakeRoutes routes = new FakeRoutes();
  private final Stamp stamp = routes.begin("123", "i1");

  @BeforeEach
  void forget() {
    SEEN.clear();
    routes.deliver();
  }

  /** Writes down all that it is told; takes {@code expired} out. */
  public static class Filter implements ConsumerInterceptor<Object, Object> {

    @Override
    public void configure(Map<String, ?> configs) {
      SEEN.add("configured " + configs.get("client.id") + " " + configs.get("interceptor.classes") + " "
          + configs.keySet().stream().anyMatch(key -> key.contains("lanekeeper")));
    }

    @Override
    public ConsumerRecords<Object, Object> onConsume(ConsumerRecords<Object, Object> records) {
      Map<TopicPartition, List<ConsumerRecord<Object, Object>>> kept = new HashMap<>();
      for (ConsumerRecord<Object, Object> record : records) {
        SEEN.add(String.valueOf(record.value()));
        if (!"expired".equals(record.value())) {
          kept.computeIfAbsent(new TopicPartition(record.topic(), record.partition()), unused -> new ArrayList<>())
              .add(record);
        }
      }
      return new ConsumerRecords<>(kept, records.nextOffsets());
    }

    @Override
    public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {
      SEEN.add("committed");
    }

    @Override
    public void close() {
      SEEN.add("closed");
    }
  }

  /** Fails whatever it is told. */
  public static final class Failing extends Filter {

    @Override
    public ConsumerRecords<Object, Object> onConsume(ConsumerRecords<Object, Object> records) {
      throw new IllegalStateException("onConsume");
    }

    @Override
    public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {
      throw new IllegalStateException("onCommit");
    }

    @Override
    public void close() {
      throw new IllegalStateException("close");
    }
  }

  private static Map<String, Object> config(Object interceptors) {
    return Map.of("group.id", "c", "client.id", "app", "enable.auto.commit", "false", "interceptor.classes",
        interceptors);
  }

  /** As the client: makes what the settings name, and shows it what was polled before anybody else. */
  private static HeldInterceptors made(ConsumerGate gate) {
    assertThat(gate.config().get("interceptor.classes")).isEqualTo(List.of(HeldInterceptors.class));
    HeldInterceptors made = new HeldInterceptors();
    made.configure(new HashMap<>(gate.config()));
    return made;
  }

  private ConsumerGate gate(Object interceptors) {
    return ConsumerGate.of(routes, BASELINE, config(interceptors), GateSettings.STANDARD);
  }

  private static LogConsumer log(ConsumerGate gate) {
    Deserializer<String> keys = gate.keys(new StringDeserializer());
    Deserializer<String> values = gate.values(new StringDeserializer());
    if (keys == null || values == null) {
      throw new AssertionError("no deserializer");
    }
    LogConsumer log = new LogConsumer(keys, values);
    log.subscribe(List.of("orders"));
    log.assigned(ZERO, ONE);
    gate.attach(log);
    return log;
  }

  @Test
  void interceptor_seesWhatIsHandedOver_andNothingElse() {
    ConsumerGate gate = gate(Filter.class.getName());
    made(gate);
    SEEN.clear();
    LogConsumer log = log(gate);
    log.append(ZERO, "k", "a");
    log.append(ZERO, "k", "foreign", tagged("123", stamp));
    log.append(ZERO, "k", "expired");
    assertThat(poll(gate, log)).containsExactly("a");
    assertThat(SEEN).containsExactly("a", "expired");
    log.append(ZERO, "k", "untagged");
    assertThat(poll(gate, log)).containsExactly("untagged");
    log.append(ZERO, "k", "foreign", tagged("123", stamp));
    assertThat(poll(gate, log)).isEmpty();
    assertThat(SEEN).containsExactly("a", "expired", "untagged");
  }

  private static List<String> poll(ConsumerGate gate, LogConsumer log) {
    gate.beforePoll(Duration.ZERO);
    List<String> values = new ArrayList<>();
    gate.afterPoll(log.poll(Duration.ZERO)).forEach(record -> values.add(record.value()));
    return values;
  }

  @Test
  void interceptors_areMadeAndToldAsTheClientDoes_oneThatFailsIsPassedOver() {
    ConsumerGate gate = gate(List.of(Failing.class, Filter.class.getName()));
    HeldInterceptors made = made(gate);
    String configured = "configured app [class " + Failing.class.getName() + ", " + Filter.class.getName() + "] false";
    assertThat(SEEN).containsExactly(configured, configured);
    SEEN.clear();
    LogConsumer log = log(gate);
    log.append(ZERO, "k", "a");
    assertThat(poll(gate, log)).containsExactly("a");
    made.onCommit(Map.of());
    made.close();
    assertThat(SEEN).containsExactly("a", "committed", "closed");
  }

  @Test
  void interceptor_ofTheRealClient_isMadeWithItsClientId_andClosed() {
    LaneConsumer<String, String> consumer = LaneKafka.consumer(routes, BASELINE,
        Map.of("bootstrap.servers", "127.0.0.1:1", "group.id", "c", "interceptor.classes", Filter.class.getName()),
        new StringDeserializer(), new StringDeserializer());
    consumer.close(Duration.ZERO);
    assertThat(SEEN).hasSize(2).last().isEqualTo("closed");
    assertThat(SEEN.get(0)).startsWith("configured consumer-c-").endsWith(" " + Filter.class.getName() + " false");
  }

  @Test
  void interceptor_thatIsNone_failsAsTheClientDoes() {
    Map<String, Object> config = Map.of("bootstrap.servers", "127.0.0.1:1", "group.id", "c", "interceptor.classes",
        Filter.class.getName() + ", java.lang.String");
    for (Runnable making : List.<Runnable>of(
        () -> new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer()),
        () -> LaneKafka.consumer(routes, BASELINE, config, new StringDeserializer(), new StringDeserializer()))) {
      assertThatThrownBy(making::run).isInstanceOf(KafkaException.class);
      assertThat(SEEN).hasSize(2).last().isEqualTo("closed");
      SEEN.clear();
    }
  }

  @Test
  void noInterceptors_leaveTheVerySettings() {
    Map<String, Object> config = Map.of("group.id", "c", "interceptor.classes", "");
    assertThat(ConsumerGate.of(routes, BASELINE, config, GateSettings.STANDARD).config()).isSameAs(config);
  }
}
