package dev.lanekeeper.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/** The second client of a gate, in memory, for one partition of what is handed over to group "c" of topic "orders". */
final class BesideConsumer extends MockConsumer<byte[], byte[]> {

  static final TopicPartition AGAIN = new TopicPartition(FakeRoutes.HANDOVER.topic(), 0);

  final String group;
  final Map<TopicPartition, OffsetAndMetadata> commits = new TreeMap<>(
      java.util.Comparator.comparing(TopicPartition::toString));
  /** What a poll throws; null if it does not. */
  @Nullable RuntimeException failing;
  /** What a commit ends with; null if it is done. */
  @Nullable RuntimeException failingCommit;
  /** What each of its methods throws that the application may cause to be called; null if it does not. */
  @Nullable RuntimeException throwing;
  int polls;
  /** Whether commits are answered later. */
  boolean late;
  /** How long it was allowed to take, for what is waited for. */
  final List<Duration> waited = new ArrayList<>();
  private final List<Consumer<RuntimeException>> unanswered = new ArrayList<>();
  private final TreeMap<Long, ConsumerRecord<byte[], byte[]>> log = new TreeMap<>();

  BesideConsumer(String group) {
    super("earliest");
    this.group = group;
  }

  /** The group gives it the partition, from where its group stands. */
  void placed() {
    rebalance(List.of());
    rebalance(List.of(AGAIN));
    OffsetAndMetadata committed = commits.get(AGAIN);
    updateBeginningOffsets(Map.of(AGAIN, 0L));
    seek(AGAIN, committed == null ? 0 : committed.offset());
    ends();
  }

  private void ends() {
    updateEndOffsets(Map.of(AGAIN, log.isEmpty() ? 0L : log.lastKey() + 1));
  }

  /** The commits that were not answered fail. */
  void answer(RuntimeException failure) {
    unanswered.forEach(one -> one.accept(failure));
    unanswered.clear();
  }

  /** Hands over. */
  void append(String value, String receiver, String ofGroup) {
    long offset = log.size();
    RecordHeaders headers = new RecordHeaders();
    headers.add("lanekeeper-receiver", LogConsumer.bytes(receiver));
    headers.add("lanekeeper-group", LogConsumer.bytes(ofGroup));
    headers.add("lanekeeper-topic", LogConsumer.bytes("orders"));
    log.put(offset, new ConsumerRecord<>(AGAIN.topic(), 0, offset, 500, TimestampType.CREATE_TIME, 0, 0,
        LogConsumer.bytes("k"), LogConsumer.bytes(value), headers, Optional.empty()));
    ends();
  }

  @Override
  public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
    polls++;
    RuntimeException thrown = failing;
    if (thrown != null) {
      throw thrown;
    }
    if (!assignment().contains(AGAIN) || paused().contains(AGAIN)) {
      return ConsumerRecords.empty();
    }
    List<ConsumerRecord<byte[], byte[]>> records = List.copyOf(log.tailMap(position(AGAIN), true).values());
    if (records.isEmpty()) {
      return ConsumerRecords.empty();
    }
    seek(AGAIN, log.lastKey() + 1);
    return new ConsumerRecords<>(Map.of(AGAIN, records), Map.of(AGAIN, new OffsetAndMetadata(log.lastKey() + 1)));
  }

  @Override
  public synchronized void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
    waited.add(timeout);
    super.commitSync(offsets, timeout);
  }

  @Override
  @SuppressWarnings("deprecation") // all that 3.x has
  public synchronized void close(Duration timeout) {
    waited.add(timeout);
    super.close(timeout);
  }

  @Override
  public synchronized long position(TopicPartition partition, Duration timeout) {
    if (throwing != null) {
      throw throwing;
    }
    return super.position(partition, timeout);
  }

  /** A synchronous commit comes here too. */
  @Override
  public synchronized void commitAsync(Map<TopicPartition, OffsetAndMetadata> offsets,
      @Nullable OffsetCommitCallback callback) {
    if (throwing != null) {
      throw throwing;
    }
    if (late && callback != null) {
      unanswered.add(failure -> callback.onComplete(new HashMap<>(offsets), failure));
      return;
    }
    RuntimeException thrown = failingCommit;
    if (thrown == null) {
      commits.putAll(offsets);
    }
    if (callback != null) {
      callback.onComplete(new HashMap<>(offsets), thrown);
    }
  }
}
