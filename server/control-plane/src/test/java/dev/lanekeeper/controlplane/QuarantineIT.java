package dev.lanekeeper.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.api.DisposalOrder;
import dev.lanekeeper.api.OperationInfo;
import dev.lanekeeper.api.ProblemException;
import dev.lanekeeper.api.QuarantinePage;
import dev.lanekeeper.api.QuarantinedInfo;
import dev.lanekeeper.client.RouteClient;
import dev.lanekeeper.controlplane.kafka.AdminGroups;
import dev.lanekeeper.controlplane.kafka.BrokerException;
import dev.lanekeeper.controlplane.kafka.TopicBrowser;
import dev.lanekeeper.controlplane.kafka.TopicBrowser.Extent;
import dev.lanekeeper.kafka.GateSettings;
import dev.lanekeeper.kafka.LaneConsumer;
import dev.lanekeeper.kafka.LaneKafka;
import dev.lanekeeper.kafka.QuarantinedRecord;
import dev.lanekeeper.kafka.QuarantinedRecord.Reason;
import dev.lanekeeper.kafka.RedeliveredRecord;
import dev.lanekeeper.model.ServiceName;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What people do with quarantines, on a real broker. */
@Timeout(120)
class QuarantineIT {

  private static final ServiceName C = ServiceName.of("C");
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int KILLS = 4;
  @SuppressWarnings("NullAway.Init") private static EmbeddedKafka kafka;
  @SuppressWarnings("NullAway.Init") private static Admin admin;
  @SuppressWarnings("NullAway.Init") private static ClusterDocument cluster;

  @BeforeAll
  static void startBroker() throws Exception {
    kafka = new EmbeddedKafka();
    admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()));
    cluster = new ClusterDocument("default", kafka.bootstrap(), Map.of());
    admin.createTopics(List.of(new NewTopic("orders", 2, (short) 1), new NewTopic("parcels", 2, (short) 1))).all()
        .get();
  }

  @AfterAll
  static void stopBroker() throws IOException {
    admin.close();
    kafka.close();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String house(String topic) {
    return "kind: Cluster\nbootstrap: \"" + kafka.bootstrap()
        + "\"\n---\nkind: Service\nname: C\nconsumes: [{ topics: ["
        + topic + "], groups: [c] }]\n";
  }

  private static void send(ProducerRecord<byte[], byte[]> record) throws Exception {
    Map<String, Object> properties = Map.of("bootstrap.servers", kafka.bootstrap());
    try (var producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.send(record).get();
    }
  }

  private static void putAside(String value, String topic, long offset) throws Exception {
    send(new QuarantinedRecord(C, Reason.ENDED, "", "c", topic, 1, offset, 7, null, bytes(value),
        new RecordHeaders().add("baggage", bytes("tenancy=gone"))).written());
  }

  /** What stands in a topic, transactions that were not committed left out. */
  private static List<String> committed(String topic) {
    Map<String, Object> properties =
        Map.of("bootstrap.servers", kafka.bootstrap(), "isolation.level", "read_committed");
    try (var consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
          .map(info -> new TopicPartition(topic, info.partition())).toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      List<String> values = new ArrayList<>();
      await().until(() -> {
        consumer.poll(Duration.ofMillis(100))
            .forEach(record -> values.add(new String(record.value(), StandardCharsets.UTF_8)));
        return partitions.stream()
            .allMatch(partition -> consumer.position(partition) >= ends.getOrDefault(partition, 0L));
      });
      return values;
    }
  }

  private static List<String> marks() throws Exception {
    return admin.listGroups().all().get().stream().map(GroupListing::groupId)
        .filter(name -> name.startsWith("lanekeeper.release.")).toList();
  }

  @Test
  void released_toTheBaseline_isProcessedOnce_untagged(@TempDir Path directory) throws Exception {
    try (ControlPlane controlPlane =
        ControlPlane.builder(directory).port(0).tick(Duration.ofMillis(100)).start()) {
      ControlPlaneClient client = new ControlPlaneClient(controlPlane.uri(), null);
      client.applyYaml(house("parcels"));
      await().until(() -> admin.listTopics().names().get().contains("lanekeeper.quarantine.c"));
      putAside("late", "parcels", 3);
      await().until(() -> !client.quarantine(new QuarantinePage.Filter("C", null, "ended", "held"), 5, null).records()
          .isEmpty());
      QuarantinedInfo held =
          client.quarantine(new QuarantinePage.Filter("C", "gone", null, null), 5, null).records().getFirst();

      OperationInfo done = client.release(new DisposalOrder(null, List.of(held.id()), "baseline", "alice", false));

      assertThat(done.state()).isEqualTo(OperationInfo.DONE);
      assertThat(marks()).isEmpty();
      try (RouteClient routes = RouteClient.builder(controlPlane.uri()).self(C, null).diskDirectory(null).start();
          LaneConsumer<String, String> consumer = LaneKafka.consumer(routes, routes.self(),
              Map.of("bootstrap.servers", kafka.bootstrap(), "group.id", "c", "auto.offset.reset", "earliest"),
              new StringDeserializer(), new StringDeserializer(), GateSettings.STANDARD.puttingAside(true))) {
        consumer.subscribe(List.of("parcels"));
        List<ConsumerRecord<String, String>> got = new ArrayList<>();
        await().atMost(Duration.ofSeconds(30)).until(() -> {
          consumer.poll(Duration.ofMillis(100)).forEach(got::add);
          return !got.isEmpty();
        });
        assertThat(got).extracting(ConsumerRecord::value).containsExactly("late");
        assertThat(got.getFirst().headers().lastHeader("baggage")).isNull();
      }
    }
  }

  /** However often it is asked, and whoever had begun and died: the copies stand there once. */
  @Test
  void writtenOnce_isWrittenOnce_whateverWasBegunBefore() throws Exception {
    admin.createTopics(List.of(new NewTopic("once", 2, (short) 1))).all().get();
    List<ProducerRecord<byte[], byte[]>> records =
        List.of(new ProducerRecord<>("once", bytes("a")), new ProducerRecord<>("once", bytes("b")));
    try (AdminGroups groups = new AdminGroups(); var zombie = transactional("mark")) {
      zombie.initTransactions();
      zombie.beginTransaction();
      zombie.send(new ProducerRecord<>("once", bytes("of one who died"))).get();

      groups.writeOnce(cluster, "mark", records, () -> true);
      groups.writeOnce(cluster, "mark", records, () -> true);

      assertThatThrownBy(zombie::commitTransaction).as("it is too late for him").isInstanceOf(RuntimeException.class);
      assertThat(committed("once")).containsExactlyInAnyOrder("a", "b");
      assertThat(groups.delete(cluster, "mark", PATIENCE)).isTrue();
      groups.writeOnce(cluster, "mark", records, () -> false);
      assertThatThrownBy(() -> groups.writeOnce(cluster, "large",
          List.of(new ProducerRecord<>("once", bytes("c")), new ProducerRecord<>("once", new byte[2_000_000])),
          () -> true))
          .isInstanceOfSatisfying(BrokerException.class, e -> assertThat(e.isUnreachable()).isFalse());
      await("the first of these not to hold up readers").until(() -> {
        groups.writeOnce(cluster, "after", List.of(new ProducerRecord<>("once", bytes("d"))), () -> true);
        return committed("once").contains("d");
      });
      assertThat(committed("once")).containsExactlyInAnyOrder("a", "b", "d");
    }
  }

  private static KafkaProducer<byte[], byte[]> transactional(String id) {
    Map<String, Object> properties = Map.of("bootstrap.servers", kafka.bootstrap(), "transactional.id", id);
    return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }

  @Test
  void browser_seesWhatWasCommitted_andMovesNothing() throws Exception {
    admin.createTopics(List.of(new NewTopic("seen", 2, (short) 1))).all().get();
    try (AdminGroups groups = new AdminGroups();
        TopicBrowser browser = groups.browse(cluster, PATIENCE);
        var producer = transactional("seen")) {
      producer.initTransactions();
      producer.beginTransaction();
      producer.send(new ProducerRecord<>("seen", 0, null, bytes("given up"))).get();
      producer.abortTransaction();
      producer.beginTransaction();
      for (int i = 0; i < 5; i++) {
        producer.send(new ProducerRecord<>("seen", 0, null, bytes("" + i))).get();
      }
      producer.commitTransaction();

      Map<TopicPartition, Extent> extents = browser.extents(Set.of("seen", "nowhere"));

      TopicPartition first = new TopicPartition("seen", 0);
      assertThat(extents.keySet()).containsExactlyInAnyOrder(first, new TopicPartition("seen", 1));
      List<String> read = new ArrayList<>();
      Extent all = extents.getOrDefault(first, new Extent(0, 0));
      browser.read(first, all, record -> read.add(new String(record.value(), StandardCharsets.UTF_8)));
      assertThat(read).containsExactly("0", "1", "2", "3", "4");
      browser.read(first, new Extent(3, 5), record -> read.add(new String(record.value(), StandardCharsets.UTF_8)));
      assertThat(read.subList(5, read.size())).containsExactly("1", "2");
    }
  }

  /**
   * {@code kill -9} while it releases, again and again: each record is handed over once to who reads what was committed, and the same
   * order does nothing twice.
   */
  @Test
  void killed_whileItReleases_handsOverOnce(@TempDir Path directory) throws Exception {
    long seed = Long.getLong("lanekeeper.seed", System.nanoTime());
    System.out.println("QuarantineIT: -Dlanekeeper.seed=" + seed);
    Random random = new Random(seed);
    int port = KilledControlPlane.freePort();
    URI root = URI.create("http://127.0.0.1:" + port);
    ControlPlaneClient client = new ControlPlaneClient(root, null);
    String again = RedeliveredRecord.topic(C, "c", "orders");
    List<String> expected = new ArrayList<>();
    Process process = KilledControlPlane.start(directory, port);
    try {
      client.applyYaml(house("orders"));
      await().until(() -> admin.listTopics().names().get().contains("lanekeeper.quarantine.c"));
      for (int i = 0; i < KILLS; i++) {
        String value = "killed " + i;
        expected.add(value);
        putAside(value, "orders", 1_000 + i);
        QuarantinedInfo held =
            client.quarantine(new QuarantinePage.Filter("C", null, null, "held"), 1, null).records().getFirst();
        DisposalOrder order =
            new DisposalOrder(UUID.randomUUID().toString(), List.of(held.id()), "baseline", "alice", false);
        Thread asking = Thread.ofVirtual().start(() -> ask(client, order));
        assertThat(process.waitFor(random.nextInt(700), TimeUnit.MILLISECONDS)).isFalse();
        process.destroyForcibly();
        process.waitFor();
        asking.join();

        process = KilledControlPlane.start(directory, port);
        ask(client, order);
        await().atMost(Duration.ofSeconds(60)).until(
            () -> client.operation(String.valueOf(order.operation())).state().equals(OperationInfo.DONE));
      }
      List<String> handedOver = new ArrayList<>(committed(again));
      handedOver.retainAll(expected);
      assertThat(handedOver).containsExactlyInAnyOrderElementsOf(expected);
      assertThat(marks()).isEmpty();
    } finally {
      process.destroyForcibly();
      process.waitFor();
    }
  }

  private static void ask(ControlPlaneClient client, DisposalOrder order) {
    try {
      client.release(order);
    } catch (ProblemException cutOff) {
      assertThat(cutOff.code()).isEqualTo("control-plane-unreachable");
    }
  }
}
