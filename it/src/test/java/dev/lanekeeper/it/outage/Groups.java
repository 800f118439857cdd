package dev.lanekeeper.it.outage;

import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Utils;

/** What the broker itself says of a topic and its consumer groups. */
final class Groups implements AutoCloseable {
  private final Admin admin;
  private final String topic;
  private final int partitions;

  /** Makes the topic. */
  Groups(String bootstrap, String topic, int partitions) throws ExecutionException, InterruptedException {
    this.admin = Admin.create(Map.of("bootstrap.servers", bootstrap, "client.id", "it"));
    this.topic = topic;
    this.partitions = partitions;
    admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1))).all().get();
  }

  /** The partition that a key goes to. */
  int partitionOf(String key) {
    byte[] bytes = key.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    return Utils.toPositive(Utils.murmur2(bytes)) % partitions;
  }

  /** The one group whose name begins so. */
  String named(String prefix) throws ExecutionException, InterruptedException {
    var names =
        admin.listGroups().all().get().stream().map(group -> group.groupId()).filter(id -> id.startsWith(prefix));
    return names.reduce((one, other) -> {
      throw new AssertionError(prefix + ": " + one + " and " + other + " (expected: one group)");
    }).orElseThrow();
  }

  /** The offset that a group has committed in each partition of the topic. */
  Map<Integer, Long> committed(String group) throws ExecutionException, InterruptedException {
    var committed = new TreeMap<Integer, Long>();
    admin.listConsumerGroupOffsets(Map.of(group, new ListConsumerGroupOffsetsSpec()))
        .partitionsToOffsetAndMetadata(group)
        .get()
        .forEach((partition, offset) -> {
          if (partition.topic().equals(topic)) {
            committed.put(partition.partition(), offset == null ? -1 : offset.offset());
          }
        });
    return committed;
  }

  /** The end of each partition. */
  Map<Integer, Long> ends() throws ExecutionException, InterruptedException {
    var ends = new TreeMap<Integer, Long>();
    for (int partition = 0; partition < partitions; partition++) {
      var place = new TopicPartition(topic, partition);
      ends.put(partition, admin.listOffsets(Map.of(place, OffsetSpec.latest())).partitionResult(place).get().offset());
    }
    return ends;
  }

  /** Waits until a group has committed everything, its own records and those of others. */
  void awaitCommitted(String group) throws ExecutionException, InterruptedException {
    Map<Integer, Long> ends = ends();
    await(group + " to commit " + ends).atMost(Traffic.ARRIVAL).until(() -> {
      var committed = committed(group);
      return ends.entrySet().stream().allMatch(end -> committed.getOrDefault(end.getKey(), 0L) >= end.getValue());
    });
  }

  /** The client ids of a group's members. */
  List<String> members(String group) throws ExecutionException, InterruptedException {
    return admin.describeConsumerGroups(List.of(group)).all().get().values().stream()
        .flatMap(described -> described.members().stream()).map(member -> member.clientId()).toList();
  }

  /** Takes the members out of a group that were killed, which the broker would do when their sessions time out. */
  void forgetMembers(String group) throws ExecutionException, InterruptedException {
    admin.removeMembersFromConsumerGroup(group, new RemoveMembersFromConsumerGroupOptions()).all().get();
  }

  @Override
  public void close() {
    admin.close();
  }
}
