package dev.lanekeeper.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.api.OperationInfo;
import dev.lanekeeper.controlplane.kafka.AdminGroups;
import dev.lanekeeper.controlplane.kafka.Copy;
import dev.lanekeeper.controlplane.kafka.GroupReader;
import dev.lanekeeper.kafka.QuarantinedRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Records that are larger than a topic takes by itself, with a real broker. */
@Timeout(120)
class LargeRecordsIT {

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int LARGE = 40 * 1024 * 1024;
  private static final String LIMIT = "max.message.bytes";
  @SuppressWarnings("NullAway.Init") private static EmbeddedKafka kafka;
  @SuppressWarnings("NullAway.Init") private static Admin admin;
  @SuppressWarnings("NullAway.Init") private static ClusterDocument cluster;

  @BeforeAll
  static void startBroker() {
    kafka = new EmbeddedKafka();
    admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()));
    cluster = new ClusterDocument("default", kafka.bootstrap(), Map.of());
  }

  @AfterAll
  static void stopBroker() throws IOException {
    admin.close();
    kafka.close();
  }

  private static void make(String topic, int partitions, int limit) throws Exception {
    admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1).configs(Map.of(LIMIT, "" + limit)))).all()
        .get();
  }

  private static int limit(String topic) throws Exception {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    Config config = admin.describeConfigs(List.of(resource)).all().get().getOrDefault(resource, new Config(List.of()));
    ConfigEntry entry = config.get(LIMIT);
    return entry == null ? 0 : Integer.parseInt(entry.value());
  }

  private static void produce(ProducerRecord<byte[], byte[]> record) throws Exception {
    Map<String, Object> properties =
        Map.of("bootstrap.servers", kafka.bootstrap(), "max.request.size", 2 * LARGE, "buffer.memory", 2L * LARGE);
    try (var producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.send(record).get();
    }
  }

  private static List<ConsumerRecord<byte[], byte[]>> read(String topic, int count) {
    Map<String, Object> properties =
        Map.of("bootstrap.servers", kafka.bootstrap(), "isolation.level", "read_committed");
    try (var consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      Set<TopicPartition> partitions = Set.of(new TopicPartition(topic, 0));
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      List<ConsumerRecord<byte[], byte[]>> read = new ArrayList<>();
      await().until(() -> {
        consumer.poll(Duration.ofMillis(100)).forEach(read::add);
        return read.size() >= count;
      });
      return read;
    }
  }

  @Test
  void residue_largerThanTopicsTakeByThemselves_isPutAsideWhole(@TempDir Path directory) throws Exception {
    make("parcels", 1, 2 * LARGE);
    make("lanekeeper.quarantine.l", 1, 1_000);
    try (ControlPlane controlPlane = ControlPlane.builder(directory).port(0).tick(Duration.ofMillis(100))
        .drainDeadline(Duration.ofSeconds(2)).horizon(Duration.ZERO).start()) {
      ControlPlaneClient client = new ControlPlaneClient(controlPlane.uri(), null);
      client.applyYaml("kind: Cluster\nbootstrap: \"" + kafka.bootstrap() + "\"\n---\nkind: Service\nname: L\n"
          + "consumes: [{ topics: [parcels], groups: [l] }]\n");
      client.applyYaml("kind: Tenant\ntenancy: a\nresidue: quarantine\noverrides: { L: { workload: {} } }\n");
      await().until(() -> limit("lanekeeper.quarantine.l") > LARGE);
      ProducerRecord<byte[], byte[]> parcel = new ProducerRecord<>("parcels", new byte[LARGE]);
      parcel.headers().add("baggage", "tenancy=a".getBytes(StandardCharsets.UTF_8));
      produce(parcel);

      String operation = client.deleteTenant("a").operation();

      await().atMost(Duration.ofSeconds(60))
          .until(() -> client.operation(operation).state().equals(OperationInfo.DONE));
    }
    QuarantinedRecord held = QuarantinedRecord.read(read("lanekeeper.quarantine.l", 1).get(0));
    assertThat(held.byReference()).isFalse();
    assertThat(held.value()).hasSize(LARGE);
  }

  @Test
  void copyThatTheBrokerRefuses_isWrittenByReference_withTheOthersAndTheOffsets() throws Exception {
    make("small", 1, 50_000);
    make("read", 1, 2_000);
    produce(new ProducerRecord<>("read", new byte[1]));
    try (AdminGroups groups = new AdminGroups();
        GroupReader reader = groups.undertake(cluster, "reader", Set.of("read"), List.of())) {
      await().until(() -> !reader.read(Duration.ofMillis(100)).isEmpty());
      Copy first = new Copy(new ProducerRecord<>("small", new byte[]{1}), null);
      Copy large =
          new Copy(new ProducerRecord<>("small", new byte[100_000]), new ProducerRecord<>("small", new byte[]{2}));
      Copy nothing = new Copy(new ProducerRecord<>("small", new byte[120_000]), null);
      Copy huge = new Copy(new ProducerRecord<>("small", new byte[100 * 1024 * 1024]), null);
      Copy last = new Copy(new ProducerRecord<>("small", new byte[]{3}), null);

      List<Copy> tooLarge =
          reader.commit(Map.of(new TopicPartition("read", 0), 1L), List.of(first, large, nothing, huge, last));

      assertThat(tooLarge).extracting(copy -> copy.bytes() / 1_000 * 1_000).containsExactly(100_000L, 120_000L,
          104_857_000L);
      assertThat(read("small", 3)).extracting(ConsumerRecord::value).containsExactly(new byte[]{1}, new byte[]{2},
          new byte[]{3});
      assertThat(groups.positions(cluster, "reader", Set.of(), PATIENCE)).extracting(start -> start.offset())
          .containsExactly(1L);
      reader.commit(Map.of(), List.of(first));
      assertThat(read("small", 4)).hasSize(4);
    }
  }

  @Test
  void record_isFoundWhereItStands_andNotWhereItDoesNot() throws Exception {
    make("places", 1, 2 * LARGE);
    for (int i = 0; i < 3; i++) {
      produce(new ProducerRecord<>("places", new byte[]{(byte) i}));
    }
    produce(new ProducerRecord<>("places", new byte[LARGE]));
    admin.deleteRecords(Map.of(new TopicPartition("places", 0), RecordsToDelete.beforeOffset(1))).all().get();
    try (AdminGroups groups = new AdminGroups()) {
      ConsumerRecord<byte[], byte[]> there = groups.read(cluster, "places", 0, 2, PATIENCE);
      assertThat(there).isNotNull();
      assertThat(there.value()).containsExactly(2);
      ConsumerRecord<byte[], byte[]> large = groups.read(cluster, "places", 0, 3, PATIENCE);
      assertThat(large).isNotNull();
      assertThat(large.value()).hasSize(LARGE);
      assertThat(groups.read(cluster, "places", 0, 0, PATIENCE)).as("deleted").isNull();
      assertThat(groups.read(cluster, "places", 0, 4, PATIENCE)).as("behind the end").isNull();
      assertThat(groups.read(cluster, "places", 1, 0, PATIENCE)).as("no such partition").isNull();
      assertThat(groups.read(cluster, "nowhere", 0, 0, PATIENCE)).as("no such topic").isNull();
    }
  }

  @Test
  void handOverTopic_hasThePartitionsOfItsOrigin() throws Exception {
    make("origin", 3, 2_000);
    try (AdminGroups groups = new AdminGroups()) {
      groups.keepLike(cluster, "again", "origin", PATIENCE);
      groups.keepLike(cluster, "again", "origin", PATIENCE);
      groups.keepLike(cluster, "orphan", "gone", PATIENCE);
      assertThat(groups.ends(cluster, Set.of("again"), PATIENCE)).hasSize(3);
      assertThat(groups.ends(cluster, Set.of("orphan"), PATIENCE)).hasSize(1);
    }
    assertThat(limit("again")).isGreaterThan(LARGE);
  }
}
