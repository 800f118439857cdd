package dev.lanekeeper.kafka;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/** A consumer of logs in memory that deserializes what it polls, as the real one does: headers first seen as raw bytes. */
final class LogConsumer extends MockConsumer<String, String> {

  static final TopicPartition ZERO = new TopicPartition("orders", 0);
  static final TopicPartition ONE = new TopicPartition("orders", 1);

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Raw(long timestamp, byte @Nullable [] key, byte @Nullable [] value, Header[] headers) {}

  private final Map<TopicPartition, TreeMap<Long, Raw>> logs = new HashMap<>();
  private final Deserializer<String> keys;
  private final Deserializer<String> values;
  private final Set<TopicPartition> withoutOffset = new java.util.HashSet<>();
  final List<Map<TopicPartition, OffsetAndMetadata>> commits = new ArrayList<>();
  /** What the group has committed. */
  final Map<TopicPartition, OffsetAndMetadata> inGroup = new HashMap<>();
  /** Whether the broker does not say what was committed. */
  boolean silent;
  boolean left;
  /** What a commit throws; null if it does not. */
  @Nullable Supplier<RuntimeException> failing;
  /** What the first position that is asked for after a poll throws; null if it does not. */
  @Nullable Supplier<RuntimeException> positionFailsOnce;
  private boolean polling;
  private Runnable duringPoll = () -> {};

  LogConsumer(Deserializer<String> keys, Deserializer<String> values) {
    super("earliest");
    this.keys = keys;
    this.values = values;
  }

  /** Joins: these partitions are assigned, from their beginning. */
  void assigned(TopicPartition... partitions) {
    rebalance(List.of(partitions));
    Map<TopicPartition, Long> beginnings = new HashMap<>();
    for (TopicPartition partition : partitions) {
      beginnings.put(partition, 0L);
      logs.computeIfAbsent(partition, unused -> new TreeMap<>());
    }
    updateBeginningOffsets(beginnings);
    for (TopicPartition partition : partitions) {
      super.seek(partition, 0);
    }
    updateEnds();
  }

  /** What happens while a poll waits for records. */
  void duringPoll(Runnable action) {
    duringPoll = action;
  }

  void withoutOffset(TopicPartition partition) {
    withoutOffset.add(partition);
  }

  /** Appends a record; header names and values alternate. */
  long append(TopicPartition partition, @Nullable String key, @Nullable String value, String... headers) {
    return append(partition, 500, key, value, headers);
  }

  long append(TopicPartition partition, long timestamp, @Nullable String key, @Nullable String value,
      String... headers) {
    TreeMap<Long, Raw> log = logs.computeIfAbsent(partition, unused -> new TreeMap<>());
    long offset = log.isEmpty() ? 0 : log.lastKey() + 1;
    Header[] made = new Header[headers.length / 2];
    for (int i = 0; i < made.length; i++) {
      made[i] = new RecordHeader(ByteBuffer.wrap(bytes(headers[2 * i])), ByteBuffer.wrap(bytes(headers[2 * i + 1])));
    }
    log.put(offset, new Raw(timestamp, key == null ? null : bytes(key), value == null ? null : bytes(value), made));
    updateEnds();
    return offset;
  }

  /** The broker compacts the record away. */
  void compacted(TopicPartition partition, long offset) {
    Objects.requireNonNull(logs.get(partition)).remove(offset);
  }

  private void updateEnds() {
    Map<TopicPartition, Long> ends = new HashMap<>();
    logs.forEach((partition, log) -> ends.put(partition, log.isEmpty() ? 0L : log.lastKey() + 1));
    updateEndOffsets(ends);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public synchronized long position(TopicPartition partition) {
    Supplier<RuntimeException> due = polling ? null : positionFailsOnce;
    if (due != null) {
      positionFailsOnce = null;
      throw due.get();
    }
    return super.position(partition);
  }

  @Override
  public synchronized ConsumerRecords<String, String> poll(Duration timeout) {
    polling = true;
    try {
      return polled();
    } finally {
      polling = false;
    }
  }

  private ConsumerRecords<String, String> polled() {
    duringPoll.run();
    if (!withoutOffset.isEmpty()) {
      throw new NoOffsetForPartitionException(Set.copyOf(withoutOffset));
    }
    Map<TopicPartition, List<ConsumerRecord<String, String>>> records = new HashMap<>();
    Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>();
    for (TopicPartition partition : assignment()) {
      TreeMap<Long, Raw> log = logs.get(partition);
      if (log == null || paused().contains(partition)) {
        continue;
      }
      List<ConsumerRecord<String, String>> polled = new ArrayList<>();
      log.tailMap(position(partition), true).forEach((offset, raw) -> polled.add(record(partition, offset, raw)));
      if (!polled.isEmpty()) {
        super.seek(partition, log.lastKey() + 1);
        records.put(partition, polled);
        next.put(partition, new OffsetAndMetadata(log.lastKey() + 1));
      }
    }
    return new ConsumerRecords<>(records, next);
  }

  /** As the real one, which does not look at what the deserializers make. */
  @SuppressWarnings({"NullAway", "unchecked", "rawtypes"}) // null stands for no key and no value
  private ConsumerRecord<String, String> record(TopicPartition partition, long offset, Raw raw) {
    RecordHeaders headers = new RecordHeaders(raw.headers);
    Object key = raw.key == null
        ? null
        : ((Deserializer) keys).deserialize(partition.topic(), headers, ByteBuffer.wrap(raw.key));
    Object value = raw.value == null
        ? null
        : ((Deserializer) values).deserialize(partition.topic(), headers, ByteBuffer.wrap(raw.value));
    return new ConsumerRecord(partition.topic(), partition.partition(), offset, raw.timestamp,
        TimestampType.CREATE_TIME, 0, 0,
        key, value, headers, Optional.empty());
  }

  @Override
  public synchronized void seek(TopicPartition partition, long offset) {
    withoutOffset.remove(partition);
    super.seek(partition, offset);
  }

  @Override
  public synchronized void seek(TopicPartition partition, OffsetAndMetadata offset) {
    seek(partition, offset.offset());
  }

  @Override
  public synchronized void seekToBeginning(java.util.Collection<TopicPartition> partitions) {
    partitions.forEach(partition -> seek(partition, 0));
  }

  /** A synchronous commit comes here too. */
  @Override
  public synchronized void commitAsync(Map<TopicPartition, OffsetAndMetadata> offsets,
      org.apache.kafka.clients.consumer.OffsetCommitCallback callback) {
    if (failing != null) {
      throw failing.get();
    }
    commits.add(offsets);
    inGroup.putAll(offsets);
    if (callback != null) {
      callback.onComplete(offsets, null);
    }
  }

  @Override
  public synchronized Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> partitions,
      Duration timeout) {
    if (silent) {
      throw new TimeoutException("no broker");
    }
    Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>(inGroup);
    committed.keySet().retainAll(partitions);
    return committed;
  }

  @Override
  public synchronized Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> partitions) {
    return committed(partitions, Duration.ZERO);
  }

  @Override
  @SuppressWarnings("removal") // all that it can be said with
  public synchronized ConsumerGroupMetadata groupMetadata() {
    return new ConsumerGroupMetadata("c", 1, "member", Optional.empty());
  }

  @Override
  public synchronized void unsubscribe() {
    left = true;
    super.unsubscribe();
  }
}
