package dev.lanekeeper.it.outage;

import static org.awaitility.Awaitility.await;

import dev.lanekeeper.client.RouteClient;
import dev.lanekeeper.kafka.GateSettings;
import dev.lanekeeper.kafka.LaneConsumer;
import dev.lanekeeper.kafka.LaneKafka;
import dev.lanekeeper.kafka.QuarantinedRecord;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/** A consumer of C's baseline that puts aside what is in doubt, and what becomes of the messages of its topic. */
final class FallbackMessages implements AutoCloseable {

  static final String TOPIC = "fallback";
  private static final TopicPartition PLACE = new TopicPartition(TOPIC, 0);
  private static final String ASIDE = "lanekeeper.quarantine.c";
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final String bootstrap;
  private final String group;
  private final Admin admin;
  private final LaneConsumer<String, String> consumer;
  private final KafkaProducer<String, String> producer;
  private final Set<String> delivered = new HashSet<>();
  private final List<AutoCloseable> closing = new ArrayList<>();
  private int sent;

  /** In a group, which it has joined when this returns. */
  FallbackMessages(String bootstrap, RouteClient routes, String group) {
    this.bootstrap = bootstrap;
    this.group = group;
    admin = Admin.create(Map.<String, Object>of("bootstrap.servers", bootstrap));
    producer = new KafkaProducer<>(Map.<String, Object>of("bootstrap.servers", bootstrap), new StringSerializer(),
        new StringSerializer());
    consumer = LaneKafka.consumer(routes, routes.self(),
        Map.of("bootstrap.servers", bootstrap, "group.id", group, "auto.offset.reset", "latest",
            "enable.auto.commit", "false", "metadata.max.age.ms", 500),
        new StringDeserializer(), new StringDeserializer(), GateSettings.STANDARD.puttingAside(true));
    consumer.subscribe(List.of(TOPIC));
    await("the consumer to join").atMost(PATIENCE).until(() -> {
      poll();
      return consumer.assignment().contains(PLACE);
    });
    consumer.position(PLACE);
  }

  static void makeTopic(String bootstrap) throws Exception {
    try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", bootstrap))) {
      admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
    }
  }

  /** Closes something with it. */
  FallbackMessages closing(AutoCloseable other) {
    closing.add(other);
    return this;
  }

  void awaitQuarantine() {
    await("the quarantine").atMost(PATIENCE).until(() -> admin.listTopics().names().get().contains(ASIDE));
  }

  private void poll() {
    consumer.poll(Duration.ofMillis(100)).forEach(message -> delivered.add(message.value()));
    consumer.commitSync();
  }

  /**
   * Sends a message with this baggage and an untagged one behind it, and says what becomes of them.
   *
   * @param owners the group of the workload whose it is; null: it is no workload's
   */
  FallbackStand.Ends send(String baggage, @Nullable String owners) throws InterruptedException, ExecutionException {
    String tagged = group + " tagged " + sent;
    String untagged = group + " untagged " + sent++;
    var message = new ProducerRecord<String, String>(TOPIC, tagged);
    message.headers().add("baggage", baggage.getBytes(StandardCharsets.US_ASCII));
    long offset = producer.send(message).get().offset();
    long last = producer.send(new ProducerRecord<>(TOPIC, untagged)).get().offset();
    await("the consumer to pass both").atMost(PATIENCE).until(() -> {
      poll();
      return consumer.position(PLACE) > last;
    });
    return new FallbackStand.Ends(end(tagged, offset, owners),
        delivered.contains(untagged) ? "reaches the baseline" : "lost");
  }

  private String end(String value, long offset, @Nullable String owners)
      throws InterruptedException, ExecutionException {
    List<String> ends = new ArrayList<>();
    if (delivered.contains(value)) {
      ends.add("reaches the baseline");
    }
    putAside(value).forEach(reason -> ends.add("put aside, " + reason));
    if (ends.isEmpty()) {
      ends.add(owners != null && isStillBefore(owners, offset) ? "stays its owner's" : "discarded");
    }
    return String.join(" and ", ends);
  }

  /** Whether a group has a message still before it. */
  private boolean isStillBefore(String group, long offset) throws InterruptedException, ExecutionException {
    OffsetAndMetadata committed =
        admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().get(PLACE);
    return committed != null && committed.offset() <= offset;
  }

  /** Why a message was put aside; nothing where it was not. */
  private List<String> putAside(String value) {
    Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap, "isolation.level", "read_committed");
    try (var reader = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      TopicPartition place = new TopicPartition(ASIDE, 0);
      reader.assign(List.of(place));
      reader.seekToBeginning(List.of(place));
      long end = reader.endOffsets(List.of(place)).getOrDefault(place, 0L);
      List<String> reasons = new ArrayList<>();
      await().atMost(PATIENCE).until(() -> {
        reader.poll(Duration.ofMillis(100)).forEach(written -> {
          QuarantinedRecord record = QuarantinedRecord.read(written);
          byte[] content = record.value();
          if (content != null && value.equals(new String(content, StandardCharsets.UTF_8))) {
            reasons.add(record.reason().name().toLowerCase(Locale.ROOT).replace('_', '-'));
          }
        });
        return reader.position(place) >= end;
      });
      return reasons;
    }
  }

  @Override
  public void close() {
    consumer.close();
    producer.close();
    admin.close();
    for (AutoCloseable other : closing) {
      try {
        other.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
