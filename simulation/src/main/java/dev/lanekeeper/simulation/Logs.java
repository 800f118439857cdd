package dev.lanekeeper.simulation;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/** The topics of the simulated broker, and what stands in them. */
final class Logs {

  private final Map<String, Topic> topics = new TreeMap<>();
  private int ids;

  private static final class Topic {
    private final String id;
    private final List<List<Entry>> partitions = new ArrayList<>();

    Topic(String id) {
      this.id = id;
    }
  }

  /** What stands at an offset; a transaction's marker has no headers, and is shown to nobody. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Entry(long timestampMillis, byte @Nullable [] key, byte @Nullable [] value,
      Header @Nullable [] headers) {}

  /** Makes a topic, or gives it more partitions. */
  void make(String topic, int partitions) {
    Topic made = topics.computeIfAbsent(topic, key -> new Topic("topic" + ++ids));
    while (made.partitions.size() < partitions) {
      made.partitions.add(new ArrayList<>());
    }
  }

  /** Deletes a topic; whether it was there. */
  boolean remove(String topic) {
    return topics.remove(topic) != null;
  }

  Set<String> topics() {
    return topics.keySet();
  }

  /** How many partitions a topic has; 0 if there is none. */
  int partitions(String topic) {
    Topic known = topics.get(topic);
    return known == null ? 0 : known.partitions.size();
  }

  /** The broker's id of a topic. */
  String id(String topic) {
    Topic known = topics.get(topic);
    return known == null ? "" : known.id;
  }

  /** All partitions of topics that are there, in their order. */
  List<TopicPartition> partitions(Iterable<String> wanted) {
    Set<String> sorted = new TreeSet<>();
    wanted.forEach(sorted::add);
    List<TopicPartition> all = new ArrayList<>();
    for (String topic : sorted) {
      for (int i = 0; i < partitions(topic); i++) {
        all.add(new TopicPartition(topic, i));
      }
    }
    return all;
  }

  private List<Entry> log(TopicPartition partition) {
    Topic topic = topics.get(partition.topic());
    return topic == null || partition.partition() >= topic.partitions.size()
        ? List.of()
        : topic.partitions.get(partition.partition());
  }

  /** Appends a record; its offset. */
  long append(TopicPartition partition, long timestampMillis, byte @Nullable [] key, byte @Nullable [] value,
      Headers headers) {
    List<Entry> log = log(partition);
    log.add(new Entry(timestampMillis, key, value, headers.toArray()));
    return log.size() - 1L;
  }

  /** Appends the marker of a transaction, which takes an offset. */
  void mark(TopicPartition partition) {
    log(partition).add(new Entry(0, null, null, null));
  }

  /** The offset of the next record. */
  long end(TopicPartition partition) {
    return log(partition).size();
  }

  /** Whether a partition is there. */
  boolean has(TopicPartition partition) {
    return partition.partition() < partitions(partition.topic());
  }

  /** The record at an offset, with headers of its own; null if there is none. */
  @Nullable
  ConsumerRecord<byte[], byte[]> read(TopicPartition partition, long offset) {
    List<Entry> log = log(partition);
    if (offset < 0 || offset >= log.size()) {
      return null;
    }
    Entry entry = log.get((int) offset);
    Header[] headers = entry.headers();
    if (headers == null) {
      return null;
    }
    RecordHeaders fresh = new RecordHeaders();
    for (Header header : headers) {
      fresh.add(new RecordHeader(ByteBuffer.wrap(bytes(header.key())), ByteBuffer.wrap(header.value())));
    }
    return new ConsumerRecord<>(partition.topic(), partition.partition(), offset, entry.timestampMillis(),
        TimestampType.CREATE_TIME, -1, -1, entry.key(), entry.value(), fresh, Optional.empty());
  }

  /** Every record of a topic. */
  List<ConsumerRecord<byte[], byte[]>> all(String topic) {
    List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
    for (TopicPartition partition : partitions(List.of(topic))) {
      for (long offset = 0; offset < end(partition); offset++) {
        ConsumerRecord<byte[], byte[]> record = read(partition, offset);
        if (record != null) {
          all.add(record);
        }
      }
    }
    return all;
  }

  static byte[] bytes(String text) {
    return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }
}
