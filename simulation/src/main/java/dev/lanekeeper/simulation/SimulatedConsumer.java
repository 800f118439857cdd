package dev.lanekeeper.simulation;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.clients.consumer.RetriableCommitFailedException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * A client of the simulated broker, of the classic protocol. What its superclass does is used for nothing but the methods that nobody
 * calls here.
 */
// One thread at a time is the scheduler's business; the rest is what the interface still has of 3.x.
@SuppressWarnings({"UnsynchronizedOverridesSynchronized", "deprecation", "removal"})
final class SimulatedConsumer extends MockConsumer<byte[], byte[]> implements Membership.Callbacks {

  /** Sees what a client does, before anybody else. */
  interface Observer {
    /** The group has given it its partitions. */
    void joined();

    /** It reads a record. */
    void reads(ConsumerRecord<byte[], byte[]> record);
  }

  private static final Duration REQUEST = Duration.ofSeconds(2);

  private final Scheduler scheduler;
  private final Broker broker;
  private final boolean resets;
  private final Observer observer;
  private final Deserializer<byte[]> keys;
  private final Deserializer<byte[]> values;
  private final Membership membership;
  private final Map<TopicPartition, Long> positions = new HashMap<>();
  private final Set<TopicPartition> paused = new HashSet<>();
  private final Queue<Runnable> answers = new ArrayDeque<>();
  /** When the newest commit reaches the broker. INVARIANT: those of one client do so in their order, over one connection. */
  private long commitNanos;
  private @Nullable ConsumerRebalanceListener listener;
  private Runnable hurry = () -> {};

  /**
   * A client.
   *
   * @param config of it, the group and the reset among it
   * @param observer sees what it does
   */
  SimulatedConsumer(Scheduler scheduler, Broker broker, Host host, Map<String, ?> config, Deserializer<byte[]> keys,
      Deserializer<byte[]> values, Observer observer) {
    super("none");
    this.scheduler = scheduler;
    this.broker = broker;
    this.observer = observer;
    this.keys = keys;
    this.values = values;
    this.resets = !"none".equals(config.get("auto.offset.reset"));
    this.membership = new Membership(scheduler, broker.groups(), String.valueOf(config.get("group.id")), host.name(),
        "range", host, this);
  }

  /**
   * What keeps the gate from waiting by the clock of the machine, which knows nothing of the simulated time: it waits where the client
   * has left its group, or stands nowhere.
   */
  void hurry(Runnable wakeup) {
    hurry = wakeup;
  }

  // The membership

  @Override
  public void subscribe(Collection<String> topics, @Nullable ConsumerRebalanceListener told) {
    scheduler.checkAlive();
    listener = told;
    membership.subscribe(new TreeSet<>(topics));
  }

  @Override
  public void subscribe(Collection<String> topics) {
    subscribe(topics, null);
  }

  @Override
  public Set<String> subscription() {
    return new TreeSet<>(membership.topics());
  }

  @Override
  public Set<TopicPartition> assignment() {
    return new HashSet<>(membership.assignment());
  }

  @Override
  public ConsumerGroupMetadata groupMetadata() {
    return new ConsumerGroupMetadata(membership.group(), membership.generation(), membership.memberId(),
        java.util.Optional.empty());
  }

  @Override
  public void unsubscribe() {
    scheduler.checkAlive();
    membership.leave(true);
    hurry.run();
    positions.clear();
    paused.clear();
  }

  @Override
  public void close() {
    close(REQUEST);
  }

  @Override
  public void close(Duration timeout) {
    scheduler.checkAlive();
    membership.leave(true);
  }

  @Override
  public void assigned(List<TopicPartition> partitions) {
    observer.joined();
    positions.clear();
    paused.clear();
    ConsumerRebalanceListener told = listener;
    if (told != null) {
      told.onPartitionsAssigned(partitions);
    }
  }

  @Override
  public void revoked(List<TopicPartition> partitions) {
    ConsumerRebalanceListener told = listener;
    if (told != null) {
      told.onPartitionsRevoked(partitions);
    }
  }

  @Override
  public void lost(List<TopicPartition> partitions) {
    ConsumerRebalanceListener told = listener;
    if (told != null) {
      told.onPartitionsLost(partitions);
    }
  }

  /** Whether it is a member of its group, whatever it has heard of that. */
  boolean isMember() {
    return broker.groups().isMember(membership.group(), membership.memberId());
  }

  // Reading

  /** Up to where a partition was read; -1 if it is not assigned. */
  long readUpTo(TopicPartition partition) {
    return membership.assignment().contains(partition) ? positions.getOrDefault(partition, -1L) : -1;
  }

  @Override
  public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
    long until = scheduler.nowNanos() + timeout.toNanos();
    tellAnswers();
    while (true) {
      scheduler.pause(0, 10);
      if (!broker.isDown()) {
        membership.look();
        if (membership.isPlaced()) {
          findPlaces();
        }
        ConsumerRecords<byte[], byte[]> fetched = fetch();
        if (!fetched.isEmpty()) {
          scheduler.pause(0, 5);
          return fetched;
        }
      }
      long left = until - scheduler.nowNanos();
      if (left <= 0) {
        return ConsumerRecords.empty();
      }
      broker.news().await(broker.isDown() ? left : Math.min(left, membership.quietNanos()), this::hasSomething);
    }
  }

  /** A client tells what became of commits that nobody waited for within its next calls. */
  private void tellAnswers() {
    for (Runnable answer = answers.poll(); answer != null; answer = answers.poll()) {
      answer.run();
    }
  }

  /** Whether a poll would come to something. */
  private boolean hasSomething() {
    if (broker.isDown() || membership.hasToLook()) {
      return !broker.isDown();
    }
    for (TopicPartition partition : membership.assignment()) {
      Long position = positions.get(partition);
      boolean lost = position == null && membership.isPlaced();
      if (lost || (position != null && position < broker.logs().end(partition) && !paused.contains(partition))) {
        return true;
      }
    }
    return false;
  }

  /** Where there is no committed offset, nor a place that it was set to, it begins at the beginning, or says that it has none. */
  private void findPlaces() {
    Set<TopicPartition> none = new HashSet<>();
    for (TopicPartition partition : membership.assignment()) {
      if (!positions.containsKey(partition)) {
        Long committed = broker.groups().committed(membership.group(), partition);
        if (committed != null) {
          positions.put(partition, committed);
        } else if (resets) {
          positions.put(partition, 0L);
        } else {
          none.add(partition);
        }
      }
    }
    if (!none.isEmpty()) {
      hurry.run();
      throw new NoOffsetForPartitionException(none);
    }
  }

  private ConsumerRecords<byte[], byte[]> fetch() {
    Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> records = new LinkedHashMap<>();
    Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>();
    int room = 1 + scheduler.random().nextInt(8);
    for (TopicPartition partition : membership.assignment()) {
      Long position = positions.get(partition);
      if (position == null || paused.contains(partition)) {
        continue;
      }
      long at = position;
      List<ConsumerRecord<byte[], byte[]>> polled = new ArrayList<>();
      for (long end = broker.logs().end(partition); at < end && polled.size() < room; at++) {
        ConsumerRecord<byte[], byte[]> record = broker.logs().read(partition, at);
        if (record != null) {
          observer.reads(record);
          polled.add(deserialized(record, keys, values));
        }
      }
      positions.put(partition, at);
      if (!polled.isEmpty()) {
        records.put(partition, polled);
        next.put(partition, new OffsetAndMetadata(at));
      }
    }
    return records.isEmpty() ? ConsumerRecords.empty() : new ConsumerRecords<>(records, next);
  }

  /** Of any type, as in a real client: a gate's deserializer gives something else than what it says. */
  private static <K, V> ConsumerRecord<K, V> deserialized(ConsumerRecord<byte[], byte[]> raw, Deserializer<K> keys,
      Deserializer<V> values) {
    K key = raw.key() == null ? null : keys.deserialize(raw.topic(), raw.headers(), raw.key());
    V value = raw.value() == null ? null : values.deserialize(raw.topic(), raw.headers(), raw.value());
    return new ConsumerRecord<>(raw.topic(), raw.partition(), raw.offset(), raw.timestamp(), raw.timestampType(),
        raw.serializedKeySize(), raw.serializedValueSize(), key, value, raw.headers(), raw.leaderEpoch());
  }

  @Override
  public void seek(TopicPartition partition, long offset) {
    if (!membership.assignment().contains(partition)) {
      throw new IllegalStateException("No current assignment for partition " + partition);
    }
    positions.put(partition, offset);
  }

  @Override
  public void seek(TopicPartition partition, OffsetAndMetadata offset) {
    seek(partition, offset.offset());
  }

  @Override
  public void seekToBeginning(Collection<TopicPartition> partitions) {
    partitions.forEach(partition -> seek(partition, 0));
  }

  @Override
  public long position(TopicPartition partition) {
    return position(partition, REQUEST);
  }

  @Override
  public long position(TopicPartition partition, Duration timeout) {
    if (!membership.assignment().contains(partition)) {
      throw new IllegalStateException("You can only check the position for partitions assigned to this consumer.");
    }
    if (!positions.containsKey(partition)) {
      request(timeout);
      findPlaces();
    }
    Long position = positions.get(partition);
    if (position == null) {
      throw new TimeoutException("position of " + partition);
    }
    return position;
  }

  @Override
  public void pause(Collection<TopicPartition> partitions) {
    paused.addAll(partitions);
  }

  @Override
  public void resume(Collection<TopicPartition> partitions) {
    paused.removeAll(partitions);
  }

  @Override
  public Set<TopicPartition> paused() {
    return new HashSet<>(paused);
  }

  @Override
  public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions, Duration timeout) {
    request(timeout);
    Map<TopicPartition, Long> ends = new HashMap<>();
    partitions.forEach(partition -> ends.put(partition, broker.logs().end(partition)));
    return ends;
  }

  @Override
  public Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> partitions, Duration timeout) {
    request(timeout);
    Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();
    for (TopicPartition partition : partitions) {
      OffsetAndMetadata said = broker.groups().said(membership.group(), partition);
      if (said != null) {
        committed.put(partition, said);
      }
    }
    return committed;
  }

  private void request(Duration timeout) {
    scheduler.pause(0, 10);
    if (broker.isDown()) {
      scheduler.sleep(timeout);
      throw new TimeoutException("the broker does not answer");
    }
  }

  // Commits

  @Override
  public void commitSync() {
    commitSync(consumed());
  }

  @Override
  public void commitSync(Duration timeout) {
    commitSync(consumed());
  }

  private Map<TopicPartition, OffsetAndMetadata> consumed() {
    Map<TopicPartition, OffsetAndMetadata> all = new HashMap<>();
    positions.forEach((partition, offset) -> all.put(partition, new OffsetAndMetadata(offset)));
    return all;
  }

  @Override
  public void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
    commitSync(offsets);
  }

  @Override
  public void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets) {
    request(REQUEST);
    scheduler.sleep(Math.max(0, commitNanos + 1 - scheduler.nowNanos()));
    commit(offsets, membership.memberId(), membership.generation());
    scheduler.pause(0, 10);
  }

  private void commit(Map<TopicPartition, OffsetAndMetadata> offsets, String memberId, int generation) {
    broker.groups().commit(membership.group(), memberId, generation, offsets);
    scheduler.trace(() -> memberId + " commits " + offsets);
  }

  @Override
  public void commitAsync(Map<TopicPartition, OffsetAndMetadata> offsets, @Nullable OffsetCommitCallback callback) {
    scheduler.checkAlive();
    String memberId = membership.memberId();
    int generation = membership.generation();
    commitNanos = Math.max(scheduler.nowNanos() + scheduler.between(0, 15), commitNanos + 1);
    scheduler.after(commitNanos - scheduler.nowNanos(), Scheduler.world(), () -> {
      Exception failure = null;
      if (broker.isDown()) {
        failure = new RetriableCommitFailedException("the broker does not answer");
      } else {
        try {
          commit(offsets, memberId, generation);
        } catch (CommitFailedException late) {
          failure = late;
          scheduler.trace(() -> memberId + " commits too late");
        }
      }
      if (callback != null) {
        Exception why = failure;
        answers.add(() -> callback.onComplete(offsets, why));
      }
    });
  }
}
