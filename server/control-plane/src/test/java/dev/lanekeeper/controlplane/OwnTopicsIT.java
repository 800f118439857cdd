package dev.lanekeeper.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.controlplane.kafka.AdminGroups;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Topics of ours, with a real broker. */
@Timeout(120)
class OwnTopicsIT {

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String DAY = "" + Duration.ofDays(1).toMillis();
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

  private static String setting(String topic, String name) throws Exception {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    Config config = Objects.requireNonNull(admin.describeConfigs(List.of(resource)).all().get().get(resource));
    return config.get(name).value();
  }

  @Test
  void topicsOfOurs_keepWhatIsInThem_forSoLongAndNoLonger() throws Exception {
    admin.createTopics(List.of(new NewTopic("lanekeeper.quarantine.made-before", 1, (short) 1)
        .configs(Map.of("cleanup.policy", "compact", "retention.ms", "1000")))).all().get();
    try (AdminGroups groups = new AdminGroups()) {
      groups.keep(cluster, "lanekeeper.quarantine.made-before", PATIENCE);
      groups.keep(cluster, "lanekeeper.quarantine.new", PATIENCE);
      groups.keepLike(cluster, "lanekeeper.redelivered.new", "gone", PATIENCE);
    }
    for (String topic : List.of("lanekeeper.quarantine.made-before", "lanekeeper.quarantine.new",
        "lanekeeper.redelivered.new")) {
      assertThat(setting(topic, "cleanup.policy")).as(topic).isEqualTo("delete");
      assertThat(setting(topic, "retention.ms")).as(topic).isEqualTo("" + Duration.ofDays(14).toMillis());
      assertThat(setting(topic, "segment.ms")).as(topic).isEqualTo(DAY);
    }
    assertThat(setting("lanekeeper.quarantine.made-before", "message.timestamp.type")).isEqualTo("LogAppendTime");
    assertThat(setting("lanekeeper.quarantine.new", "message.timestamp.type")).isEqualTo("LogAppendTime");
  }

  @Test
  void id_isTheSameForEveryDocumentOfAKafka() throws Exception {
    try (AdminGroups groups = new AdminGroups()) {
      ClusterDocument other =
          new ClusterDocument("other", kafka.bootstrap().replace("127.0.0.1", "localhost"), Map.of());
      assertThat(groups.id(other, PATIENCE)).isEqualTo(groups.id(cluster, PATIENCE))
          .isEqualTo(admin.describeCluster().clusterId().get());
    }
  }

  @Test
  void deleteTopic_saysWhetherItWasThere() throws Exception {
    admin.createTopics(List.of(new NewTopic("to-go", 1, (short) 1))).all().get();
    try (AdminGroups groups = new AdminGroups()) {
      String id = groups.ends(cluster, Set.of("to-go"), PATIENCE).getFirst().topicId();
      assertThat(groups.deleteTopic(cluster, "to-go", Uuid.randomUuid().toString(), PATIENCE)).as("another").isFalse();
      assertThat(groups.deleteTopic(cluster, "to-go", id, PATIENCE)).isTrue();
      assertThat(groups.deleteTopic(cluster, "never-was", id, PATIENCE)).isFalse();
    }
    assertThat(admin.listTopics().names().get()).doesNotContain("to-go");
  }

  /** Behind the last record of a transaction stands what no consumer is ever given, and none commits past by itself. */
  @Test
  void holdsRecords_whatEndsATransaction_isNone() throws Exception {
    admin.createTopics(List.of(new NewTopic("in-transactions", 1, (short) 1))).all().get();
    Map<String, Object> properties = Map.of("bootstrap.servers", kafka.bootstrap(), "transactional.id", "t");
    try (var producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.initTransactions();
      for (boolean commits : List.of(true, false, true)) {
        producer.beginTransaction();
        producer.send(new ProducerRecord<>("in-transactions", new byte[]{1})).get();
        if (commits) {
          producer.commitTransaction();
        } else {
          producer.abortTransaction();
        }
      }
    }
    try (AdminGroups groups = new AdminGroups()) {
      assertThat(groups.ends(cluster, Set.of("in-transactions"), PATIENCE)).extracting(end -> end.offset())
          .containsExactly(6L);
      assertThat(groups.holdsRecords(cluster, "in-transactions", 0, 5, 6, PATIENCE)).as("the end of one").isFalse();
      assertThat(groups.holdsRecords(cluster, "in-transactions", 0, 1, 4, PATIENCE)).as("given up").isFalse();
      assertThat(groups.holdsRecords(cluster, "in-transactions", 0, 1, 5, PATIENCE)).isTrue();
      admin.deleteRecords(Map.of(new TopicPartition("in-transactions", 0), RecordsToDelete.beforeOffset(5))).all()
          .get();
      assertThat(groups.holdsRecords(cluster, "in-transactions", 0, 0, 6, PATIENCE)).as("deleted").isFalse();
    }
  }
}
