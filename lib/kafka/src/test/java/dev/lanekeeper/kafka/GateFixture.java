package dev.lanekeeper.kafka;

import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.Self;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.Tenancy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** A lane consumer over a log in memory. */
final class GateFixture {

  static final Self BASELINE = new Self(FakeRoutes.SERVICE, null, null);

  final FakeRoutes routes;
  final Map<String, Long> counted = new TreeMap<>();
  final List<String> deserialized = new ArrayList<>();
  /** Under the name of which topic. */
  final List<String> topics = new ArrayList<>();
  /** Happens before each value is deserialized. */
  Runnable deserializing = () -> {};
  /** The clock of the gate. */
  long nanos = System.nanoTime();
  final FakeQuarantine quarantine = new FakeQuarantine();
  final ConsumerGate gate;
  final LogConsumer log;
  /** What reads beside, from the moment at which there is something to read. */
  final List<BesideConsumer> beside = new ArrayList<>();
  final LaneConsumer<String, String> consumer;

  GateFixture(FakeRoutes routes, Self self) {
    this(routes, self, Map.of("group.id", "c", "enable.auto.commit", "false"));
  }

  GateFixture(FakeRoutes routes, Self self, Map<String, Object> config) {
    this(routes, self, config, true);
  }

  GateFixture(FakeRoutes routes, Self self, Map<String, Object> config, boolean putsAside) {
    this.routes = routes;
    GateSettings settings =
        new GateSettings(Duration.ofMillis(50), true, (reason, by) -> counted.merge(reason, by, Long::sum),
            (own, patience) -> quarantine, this::beside, () -> nanos, putsAside);
    gate = ConsumerGate.of(routes, self, new HashMap<>(config), settings);
    Deserializer<String> keys = gate.keys(new StringDeserializer());
    Deserializer<String> values = gate.values(new Strict());
    if (keys == null || values == null) {
      throw new AssertionError("no deserializer");
    }
    log = new LogConsumer(keys, values);
    consumer = new LaneConsumer<>(log, gate);
    consumer.subscribe(List.of("orders"));
    log.assigned(LogConsumer.ZERO, LogConsumer.ONE);
  }

  private BesideConsumer beside(Map<String, ?> own, String group) {
    BesideConsumer made = new BesideConsumer(group);
    beside.add(made);
    return made;
  }

  static Self underTest(String tenancy, String incarnation) {
    return new Self(FakeRoutes.SERVICE, new Tenancy(tenancy), new Incarnation(incarnation));
  }

  static String[] tagged(String tenancy, Stamp stamp) {
    return new String[]{"traceparent", "00-1", "baggage",
        "tenancy=" + tenancy + (stamp.isNone() ? "" : ",tenancy-rev=" + stamp.text())};
  }

  /** The values of one poll. */
  List<String> poll() {
    List<String> values = new ArrayList<>();
    for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(1))) {
      values.add(String.valueOf(record.value()));
    }
    return values;
  }

  /** Strings, but what begins with {@code !} cannot be deserialized, and at {@code ?} a class is missing, the first time. */
  private final class Strict implements Deserializer<String> {

    @Override
    public String deserialize(String topic, byte[] data) {
      String text = new String(data, java.nio.charset.StandardCharsets.UTF_8);
      deserializing.run();
      deserialized.add(text);
      topics.add(topic);
      if (text.startsWith("?") && deserialized.indexOf(text) == deserialized.size() - 1) {
        throw new NoClassDefFoundError(text);
      }
      if (text.startsWith("!")) {
        throw new IllegalStateException("undecodable: " + text);
      }
      return text;
    }
  }
}
