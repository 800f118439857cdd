package dev.lanekeeper.it.outage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lanekeeper.api.DataPlaneReport;
import dev.lanekeeper.it.kafka.EmbeddedKafka;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Values that only their owner can deserialize, in one partition, at consumers under the agent. */
class UndecodableIT {
  private static final String TOPIC = "prefixed";
  private static final String GROUP = "p";
  private static final int ROUNDS = 20;
  private static final int IN_A_ROW = 50;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @Test
  void consumer_partitionFullOfRecordsThatOnlyTheOtherCanDeserialize_getsItsOwn(@TempDir Path directory)
      throws Exception {
    try (var kafka = EmbeddedKafka.start();
        var groups = new Groups(kafka.bootstrap(), TOPIC, 1);
        var town = new Town(directory, Map.of())) {
      town.startControlPlane();
      town.client().applyYaml("""
          kind: Cluster
          name: default
          bootstrap: "%s"
          ---
          kind: Service
          name: P
          hosts: []
          consumes: [{ topics: [%s], groups: [%s] }]
          """.formatted(kafka.bootstrap(), TOPIC, GROUP));
      Town.Running baseline =
          town.startConsumer("P", null, "baseline", PrefixConsumer.class, kafka.bootstrap(), GROUP, TOPIC, "baseline");
      await("the baseline to join").atMost(PATIENCE).until(() -> town.client().dataPlanes().stream()
          .flatMap(plane -> plane.report().consumers().stream()).anyMatch(DataPlaneReport.Consumer::hasJoined));
      town.client().applyYaml("""
          kind: Tenant
          tenancy: tested
          overrides: { P: { workload: {} } }
          """);
      Town.Running tested =
          town.startConsumer("P", "tested", "tested", PrefixConsumer.class, kafka.bootstrap(), GROUP, TOPIC, "tested");
      town.client().awaitReady("tested", PATIENCE);

      Produced produced = produce(kafka.bootstrap());

      for (String group : List.of(GROUP, groups.named(GROUP + ".lk."))) {
        groups.awaitCommitted(group);
      }
      assertThat(got(baseline)).as(Town.printed(baseline)).isEqualTo(produced.baseline());
      assertThat(got(tested)).as(Town.printed(tested)).isEqualTo(produced.tested());
      assertThat(baseline.process().isAlive() && tested.process().isAlive()).isTrue();
    }
  }

  /** The values of each owner, in order. */
  private record Produced(List<String> baseline, List<String> tested) {}

  private static Produced produce(String bootstrap) throws Exception {
    var produced = new Produced(new ArrayList<>(), new ArrayList<>());
    Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap);
    try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < IN_A_ROW; i++) {
          var message = new ProducerRecord<String, String>(TOPIC, "tested " + round + "." + i);
          message.headers().add("baggage", "tenancy=tested".getBytes(StandardCharsets.US_ASCII));
          produced.tested().add(message.value());
          producer.send(message).get();
        }
        var message = new ProducerRecord<String, String>(TOPIC, "baseline " + round);
        produced.baseline().add(message.value());
        producer.send(message).get();
      }
    }
    return produced;
  }

  private static List<String> got(Town.Running consumer) {
    return Town.printed(consumer).lines().filter(line -> line.startsWith("got "))
        .map(line -> line.substring("got ".length()))
        .toList();
  }
}
