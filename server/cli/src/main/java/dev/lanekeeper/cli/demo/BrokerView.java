package dev.lanekeeper.cli.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

/** What the broker itself says: the demo asks it, and not Lanekeeper. Used by one thread. */
final class BrokerView implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final int MOST_POLLS = 25;

  private final String bootstrap;
  private final Admin admin;

  /** Asks nothing yet. */
  BrokerView(String bootstrap) {
    this.bootstrap = bootstrap;
    this.admin = Admin.create(Map.of("bootstrap.servers", bootstrap, "client.id", "demo"));
  }

  /** Makes a topic. */
  void createTopic(String topic, int partitions) throws ExecutionException, InterruptedException {
    admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1))).all().get();
  }

  /** The consumer groups whose name begins so, with their states. */
  Map<String, String> groups(String prefix) throws ExecutionException, InterruptedException {
    var groups = new TreeMap<String, String>();
    for (var group : admin.listGroups(ListGroupsOptions.forConsumerGroups()).all().get()) {
      if (group.groupId().startsWith(prefix)) {
        groups.put(group.groupId(), group.groupState().map(Object::toString).orElse("unknown"));
      }
    }
    return groups;
  }

  /** The position that a group has committed in each partition. */
  Map<TopicPartition, Long> committed(String group) throws ExecutionException, InterruptedException {
    var committed = new HashMap<TopicPartition, Long>();
    admin.listConsumerGroupOffsets(Map.of(group, new ListConsumerGroupOffsetsSpec()))
        .partitionsToOffsetAndMetadata(group)
        .get().forEach((partition, offset) -> {
          if (offset != null) {
            committed.put(partition, offset.offset());
          }
        });
    return committed;
  }

  /** The ends of a topic's partitions. */
  Map<TopicPartition, Long> ends(String topic) throws ExecutionException, InterruptedException {
    var asked = new HashMap<TopicPartition, OffsetSpec>();
    for (var described : admin.describeTopics(List.of(topic)).allTopicNames().get().values()) {
      described.partitions()
          .forEach(partition -> asked.put(new TopicPartition(topic, partition.partition()), OffsetSpec.latest()));
    }
    var ends = new HashMap<TopicPartition, Long>();
    for (var end : admin.listOffsets(asked).all().get().entrySet()) {
      ends.put(end.getKey(), end.getValue().offset());
    }
    return ends;
  }

  /** The groups among these that have not yet committed a topic's ends. */
  List<String> behind(Iterable<String> groups, String topic) throws ExecutionException, InterruptedException {
    var behind = new ArrayList<String>();
    var ends = ends(topic);
    for (String group : groups) {
      var committed = committed(group);
      if (ends.entrySet().stream().anyMatch(end -> end.getValue() > committed.getOrDefault(end.getKey(), 0L))) {
        behind.add(group);
      }
    }
    return behind;
  }

  /** The message with a key; null if the topic holds none. */
  @Nullable
  ConsumerRecord<String, String> message(String topic, String key) throws ExecutionException, InterruptedException {
    var partitions = new TreeSet<TopicPartition>(java.util.Comparator.comparingInt(TopicPartition::partition));
    partitions.addAll(ends(topic).keySet());
    Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap, "client.id", "demo-reader");
    try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      for (int i = 0; i < MOST_POLLS; i++) {
        for (var message : consumer.poll(POLL)) {
          if (key.equals(message.key())) {
            return message;
          }
        }
      }
      return null;
    }
  }

  @Override
  public void close() {
    admin.close(Duration.ZERO);
  }
}
