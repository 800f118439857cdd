package dev.lanekeeper.kafka;

import static dev.lanekeeper.kafka.GateFixture.BASELINE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.ClusterResource;
import org.apache.kafka.common.ClusterResourceListener;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NamedDeserializerTest {

  private static final List<Map<String, Object>> CONFIGURED = new ArrayList<>();
  private static final List<String> TOLD = new ArrayList<>();

  private final FakeRoutes routes = new FakeRoutes();

  /** Keeps what it is configured with and told. */
  public static final class Told extends StringDeserializer implements ClusterResourceListener {

    @Override
    public void configure(Map<String, ?> configs, boolean isKey) {
      CONFIGURED.add(new HashMap<>(configs));
    }

    @Override
    public void onUpdate(ClusterResource cluster) {
      TOLD.add(cluster.clusterId());
    }
  }

  private static Map<String, Object> config(Map<String, Object> more) {
    Map<String, Object> config = new HashMap<>(Map.of("bootstrap.servers", "127.0.0.1:1", "group.id", "c",
        "key.deserializer", StringDeserializer.class, "value.deserializer", Told.class.getName()));
    config.putAll(more);
    return config;
  }

  @Test
  @SuppressWarnings("deprecation") // all that 3.x has
  void namedDeserializer_isConfiguredAsByTheClient(@TempDir Path directory) throws Exception {
    String allowed = "org.apache.kafka.automatic.config.providers";
    String provider = "org.apache.kafka.common.config.provider.DirectoryConfigProvider";
    Files.writeString(directory.resolve("secret"), "s3cret");
    Map<String, Object> config = config(Map.of("config.providers", "dir", "config.providers.dir.class", provider,
        "schema.registry.password", "${dir:" + directory + ":secret}"));
    CONFIGURED.clear();
    System.setProperty(allowed, provider);
    try {
      new KafkaConsumer<String, String>(config).close(Duration.ZERO);
      LaneKafka.<String, String>consumer(routes, BASELINE, config, null, null).close(Duration.ZERO);
    } finally {
      System.clearProperty(allowed);
    }
    Map<String, Object> plain = CONFIGURED.get(0);
    Map<String, Object> gated = CONFIGURED.get(1);
    assertThat(gated.remove("client.id")).asString().startsWith("consumer-c-");
    plain.remove("client.id");
    assertThat(gated).isEqualTo(plain).containsEntry("schema.registry.password", "s3cret");
  }

  @Test
  void nameOfNoDeserializer_fails() {
    Map<String, Object> config = config(Map.of("key.deserializer", "java.lang.String"));
    assertThatThrownBy(() -> LaneKafka.<String, String>consumer(routes, BASELINE, config, null, null))
        .isInstanceOf(KafkaException.class).hasStackTraceContaining("java.lang.String is not an instance of");
  }

  @Test
  void noName_failsAsTheClientDoes() {
    Map<String, Object> config = config(Map.of());
    config.remove("key.deserializer");
    assertThatThrownBy(() -> LaneKafka.<String, String>consumer(routes, BASELINE, config, null, null))
        .hasMessageContaining("key.deserializer");
  }

  @Test
  void deserializerThatAsksForTheCluster_isTold() {
    ConsumerGate gate = ConsumerGate.of(routes, BASELINE, config(Map.of()), GateSettings.STANDARD);
    NamedDeserializer named = new NamedDeserializer();
    named.configure(new HashMap<>(gate.config()), false);
    TOLD.clear();
    named.onUpdate(new ClusterResource("one"));
    gate.gatedValues(new Told()).onUpdate(new ClusterResource("two"));
    assertThat(TOLD).containsExactly("one", "two");
    byte[] data = "v".getBytes(StandardCharsets.UTF_8);
    assertThat(named.deserialize("orders", new RecordHeaders(), data)).isEqualTo("v");
  }
}
