package dev.lanekeeper.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.api.OperationInfo;
import dev.lanekeeper.kafka.QuarantinedRecord;
import dev.lanekeeper.kafka.QuarantinedRecord.Reason;
import dev.lanekeeper.kafka.RedeliveredRecord;
import dev.lanekeeper.model.ServiceName;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** When what has ended is forgotten, with a real broker and a producer that writes in transactions. */
@Timeout(180)
class FloorIT {

  private static final ServiceName C = ServiceName.of("C");
  private static final String ORDERS = "orders";
  private static final int FASTER = 60;

  @TempDir
  @SuppressWarnings("NullAway.Init") private Path directory;

  private static void commit(Admin admin, String group, String topic, long offset) throws Exception {
    admin.alterConsumerGroupOffsets(group, Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(offset))).all()
        .get();
  }

  private static void write(KafkaProducer<byte[], byte[]> producer, ProducerRecord<byte[], byte[]> record)
      throws Exception {
    producer.beginTransaction();
    producer.send(record).get();
    producer.commitTransaction();
  }

  private static boolean isForgotten(Watching watching) {
    return watching.table().revision() > 0 && watching.table().content().tenants().stream()
        .noneMatch(life -> life.tenancy().text().equals("a"));
  }

  @Test
  void ended_isForgotten_onceWhatWasInTheWayIsRead() throws Exception {
    try (EmbeddedKafka kafka = new EmbeddedKafka();
        Admin admin = Admin.create(Map.of("bootstrap.servers", (Object) kafka.bootstrap()));
        var producer = new KafkaProducer<>(
            Map.of("bootstrap.servers", (Object) kafka.bootstrap(), "transactional.id", "t"), new ByteArraySerializer(),
            new ByteArraySerializer());
        ControlPlane controlPlane = ControlPlane.builder(directory).port(0).tick(Duration.ofMillis(100))
            .nanos(() -> System.nanoTime() * FASTER).drainDeadline(Duration.ofSeconds(1)).horizon(Duration.ZERO)
            .remembered(Duration.ZERO).start()) {
      admin.createTopics(List.of(new NewTopic(ORDERS, 1, (short) 1))).all().get();
      ControlPlaneClient client = new ControlPlaneClient(controlPlane.uri(), null);
      client.applyYaml("kind: Cluster\nbootstrap: \"" + kafka.bootstrap()
          + "\"\n---\nkind: Service\nname: C\nconsumes: [{ topics: [orders], groups: [c] }]\n");
      producer.initTransactions();
      Watching watching = new Watching(controlPlane.uri());
      client.applyYaml("kind: Tenant\ntenancy: a\noverrides: { C: { workload: {} } }\n");
      await().until(() -> !isForgotten(watching) && watching.table().revision() >= client.status().revision());
      write(producer, new ProducerRecord<>(ORDERS, new byte[]{1}));
      write(producer, new QuarantinedRecord(C, Reason.IN_DOUBT, "", "c", ORDERS, 0, 0, System.currentTimeMillis(), null,
          new byte[]{1}, new RecordHeaders().add("baggage", "tenancy=stranger".getBytes(StandardCharsets.UTF_8)))
          .written());
      String operation = client.deleteTenant("a").operation();
      await().atMost(Duration.ofMinutes(1))
          .until(() -> client.operation(operation).state().equals(OperationInfo.DONE));
      await().atMost(Duration.ofMinutes(1)).until(() -> client.status().heldBack().stream()
          .anyMatch(line -> line.contains("group c on default has to read orders-0")));

      commit(admin, "c", ORDERS, 1); // as who commits record by record: not what ends the transaction

      String again = RedeliveredRecord.topic(C, "c", ORDERS);
      await().atMost(Duration.ofMinutes(1)).until(() -> client.status().heldBack().stream()
          .anyMatch(line -> line.contains("group c.redelivered on default has to read " + again)));
      assertThat(isForgotten(watching)).isFalse();
      commit(admin, RedeliveredRecord.groupFor("c"), again, 1);
      await().atMost(Duration.ofMinutes(1)).until(() -> isForgotten(watching));
      await().atMost(Duration.ofMinutes(1)).until(() -> client.status().heldBack().isEmpty());
      watching.close();
    }
  }
}
