package dev.lanekeeper.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.jspecify.annotations.Nullable;

/**
 * A consumer that hands over only the records that this process's workload owns. It has every method that the interface
 * has in any client from 3.0 to 4.3; those that a client does not have must not be called, as ever.
 *
 * <p>Differences to the consumer it wraps: a poll may return early and empty where all that was read is another's; records
 * that cannot be decided yet stay where they are, with all behind them in their partition; under test {@code assign} is
 * refused, a pattern of the broker's kind is matched by the client, and once the override has ended polls return nothing. Records that
 * are handed over again come in partitions that their topic does not have, of which the application sees nothing else. Offsets that are sent to a transaction are not lifted over
 * records that were passed over: that shows as lag until the next one.
 *
 * <p><b>Threads.</b> As the consumer it wraps: one thread, but for {@link #wakeup} and {@link #describe}.
 */
public final class LaneConsumer<K, V> implements Consumer<K, V> {

  private final Consumer<K, V> client;
  private final ConsumerGate gate;

  /**
   * Puts a gate before a consumer that was made with the gate's settings and deserializers.
   *
   * @see LaneKafka
   */
  public LaneConsumer(Consumer<K, V> client, ConsumerGate gate) {
    this.client = client;
    this.gate = gate;
    gate.attach(client);
  }

  /** What this consumer is to its broker, as of its last poll. May be called by any thread. */
  public ConsumerReport describe() {
    return gate.describe();
  }

  @Override
  public ConsumerRecords<K, V> poll(Duration timeout) {
    Duration atMost = gate.beforePoll(timeout);
    ConsumerRecords<K, V> instead = gate.instead(timeout);
    if (instead != null) {
      return instead;
    }
    ConsumerRecords<K, V> polled;
    try {
      polled = client.poll(atMost);
    } catch (RuntimeException thrown) {
      return gate.afterFailedPoll(thrown, timeout);
    }
    return gate.afterPoll(polled);
  }

  /** Gone with 4.0. Here the same as the other: it does not wait for an assignment beyond its timeout. */
  public ConsumerRecords<K, V> poll(long timeoutMillis) {
    return poll(Duration.ofMillis(timeoutMillis));
  }

  @Override
  public void subscribe(Collection<String> topics) {
    subscribe(topics, null);
  }

  @Override
  public void subscribe(Collection<String> topics, @Nullable ConsumerRebalanceListener listener) {
    if (!gate.isOver()) {
      client.subscribe(topics, gate.listener(listener));
    }
  }

  @Override
  public void subscribe(Pattern pattern) {
    subscribe(pattern, null);
  }

  @Override
  public void subscribe(Pattern pattern, @Nullable ConsumerRebalanceListener listener) {
    if (!gate.isOver()) {
      client.subscribe(pattern, gate.listener(listener));
    }
  }

  @Override
  public void subscribe(SubscriptionPattern pattern) {
    subscribe(pattern, null);
  }

  @Override
  public void subscribe(SubscriptionPattern pattern, @Nullable ConsumerRebalanceListener listener) {
    if (!gate.sendsPatterns()) {
      subscribe(gate.clientPattern(pattern.pattern()), listener);
    } else if (!gate.isOver()) {
      client.subscribe(pattern, gate.listener(listener));
    }
  }

  /**
   * Assigns partitions by hand.
   *
   * @throws org.apache.kafka.common.KafkaException in a workload under test
   */
  @Override
  public void assign(Collection<TopicPartition> partitions) {
    gate.beforeAssign(partitions);
    client.assign(partitions);
  }

  @Override
  public void unsubscribe() {
    client.unsubscribe();
    gate.forgetAll();
  }

  @Override
  public void commitSync() {
    if (!gate.isOver()) {
      Map<TopicPartition, OffsetAndMetadata> instead = gate.beforeCommitAll();
      if (instead == null) {
        client.commitSync();
      } else {
        commitSync(instead);
      }
    }
  }

  @Override
  public void commitSync(Duration timeout) {
    if (!gate.isOver()) {
      Map<TopicPartition, OffsetAndMetadata> instead = gate.beforeCommitAll();
      if (instead == null) {
        client.commitSync(timeout);
      } else {
        commitSync(instead, timeout);
      }
    }
  }

  @Override
  public void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets) {
    client.commitSync(gate.beforeCommit(offsets));
  }

  @Override
  public void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
    client.commitSync(gate.beforeCommit(offsets), timeout);
  }

  @Override
  public void commitAsync() {
    if (!gate.isOver()) {
      Map<TopicPartition, OffsetAndMetadata> instead = gate.beforeCommitAll();
      if (instead == null) {
        client.commitAsync();
      } else {
        commitAsync(instead, null);
      }
    }
  }

  @Override
  public void commitAsync(OffsetCommitCallback callback) {
    if (!gate.isOver()) {
      Map<TopicPartition, OffsetAndMetadata> instead = gate.beforeCommitAll();
      if (instead == null) {
        client.commitAsync(callback);
      } else {
        commitAsync(instead, callback);
      }
    } else {
      gate.failCommit(Map.of(), callback);
    }
  }

  @Override
  public void commitAsync(Map<TopicPartition, OffsetAndMetadata> offsets, @Nullable OffsetCommitCallback callback) {
    if (!gate.isOver()) {
      Map<TopicPartition, OffsetAndMetadata> due = gate.beforeCommit(offsets);
      client.commitAsync(due, gate.callback(offsets, due, callback));
    } else {
      gate.failCommit(offsets, callback);
    }
  }

  @Override
  public void seek(TopicPartition partition, long offset) {
    if (!gate.beforeSeek(partition, offset)) {
      client.seek(partition, offset);
    }
  }

  @Override
  public void seek(TopicPartition partition, OffsetAndMetadata offset) {
    if (!gate.beforeSeek(partition, offset.offset())) {
      client.seek(partition, offset);
    }
  }

  @Override
  public void seekToBeginning(Collection<TopicPartition> partitions) {
    Collection<TopicPartition> due = gate.beforeSeekAll(partitions);
    if (due != null) {
      client.seekToBeginning(due);
    }
  }

  @Override
  public void seekToEnd(Collection<TopicPartition> partitions) {
    Collection<TopicPartition> due = gate.beforeSeekAll(partitions);
    if (due != null) {
      client.seekToEnd(due);
    }
  }

  @Override
  public long position(TopicPartition partition) {
    long beside = gate.positionBeside(partition);
    if (beside >= 0) {
      return beside;
    }
    try {
      return client.position(partition);
    } catch (InvalidOffsetException missing) {
      gate.afterFailedPoll(missing, Duration.ZERO);
      return client.position(partition);
    }
  }

  @Override
  public long position(TopicPartition partition, Duration timeout) {
    long beside = gate.positionBeside(partition);
    if (beside >= 0) {
      return beside;
    }
    try {
      return client.position(partition, timeout);
    } catch (InvalidOffsetException missing) {
      gate.afterFailedPoll(missing, Duration.ZERO);
      return client.position(partition, timeout);
    }
  }

  /** Gone with 4.0. */
  public @Nullable OffsetAndMetadata committed(TopicPartition partition) {
    return committed(Set.of(partition)).get(partition);
  }

  /** Gone with 4.0. */
  public @Nullable OffsetAndMetadata committed(TopicPartition partition, Duration timeout) {
    return committed(Set.of(partition), timeout).get(partition);
  }

  @Override
  public Set<TopicPartition> paused() {
    return gate.paused(client.paused());
  }

  @Override
  public void pause(Collection<TopicPartition> partitions) {
    client.pause(gate.beforePause(partitions));
  }

  @Override
  public void resume(Collection<TopicPartition> partitions) {
    client.resume(gate.beforeResume(partitions));
  }

  @Override
  public void close() {
    gate.beforeClose(ConsumerGate.USUAL_CLOSING);
    client.close();
  }

  @Override
  @SuppressWarnings("deprecation") // all that 3.x has
  public void close(Duration timeout) {
    gate.beforeClose(timeout);
    client.close(timeout);
  }

  @Override
  public void close(CloseOptions options) {
    gate.beforeClose(options.timeout().orElse(ConsumerGate.USUAL_CLOSING));
    client.close(options);
  }

  @Override
  public void wakeup() {
    gate.wakeup();
    client.wakeup();
  }

  @Override
  public Set<TopicPartition> assignment() {
    return client.assignment();
  }

  @Override
  public Set<String> subscription() {
    return client.subscription();
  }

  @Override
  public Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> partitions) {
    return gate.committed(client.committed(partitions));
  }

  @Override
  public Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> partitions, Duration timeout) {
    return gate.committed(client.committed(partitions, timeout));
  }

  @Override
  public Uuid clientInstanceId(Duration timeout) {
    return client.clientInstanceId(timeout);
  }

  @Override
  public Map<MetricName, ? extends Metric> metrics() {
    return client.metrics();
  }

  @Override
  public void registerMetricForSubscription(KafkaMetric metric) {
    client.registerMetricForSubscription(metric);
  }

  @Override
  public void unregisterMetricFromSubscription(KafkaMetric metric) {
    client.unregisterMetricFromSubscription(metric);
  }

  @Override
  public List<PartitionInfo> partitionsFor(String topic) {
    return client.partitionsFor(topic);
  }

  @Override
  public List<PartitionInfo> partitionsFor(String topic, Duration timeout) {
    return client.partitionsFor(topic, timeout);
  }

  @Override
  public Map<String, List<PartitionInfo>> listTopics() {
    return client.listTopics();
  }

  @Override
  public Map<String, List<PartitionInfo>> listTopics(Duration timeout) {
    return client.listTopics(timeout);
  }

  @SuppressWarnings("ReferenceEquality") // the very same where nothing was changed
  private <T> Map<TopicPartition, T> shown(Object given, Object asked, Map<TopicPartition, T> answer) {
    return given == asked ? answer : gate.answered(answer);
  }

  @Override
  public Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(Map<TopicPartition, Long> times) {
    Map<TopicPartition, Long> asked = gate.asked(times);
    return shown(times, asked, client.offsetsForTimes(asked));
  }

  @Override
  public Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(Map<TopicPartition, Long> times, Duration timeout) {
    Map<TopicPartition, Long> asked = gate.asked(times);
    return shown(times, asked, client.offsetsForTimes(asked, timeout));
  }

  @Override
  public Map<TopicPartition, Long> beginningOffsets(Collection<TopicPartition> partitions) {
    Collection<TopicPartition> asked = gate.asked(partitions);
    return shown(partitions, asked, client.beginningOffsets(asked));
  }

  @Override
  public Map<TopicPartition, Long> beginningOffsets(Collection<TopicPartition> partitions, Duration timeout) {
    Collection<TopicPartition> asked = gate.asked(partitions);
    return shown(partitions, asked, client.beginningOffsets(asked, timeout));
  }

  @Override
  public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions) {
    Collection<TopicPartition> asked = gate.asked(partitions);
    return shown(partitions, asked, client.endOffsets(asked));
  }

  @Override
  public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions, Duration timeout) {
    Collection<TopicPartition> asked = gate.asked(partitions);
    return shown(partitions, asked, client.endOffsets(asked, timeout));
  }

  @Override
  public OptionalLong currentLag(TopicPartition partition) {
    return ConsumerGate.isOfHandovers(partition) ? OptionalLong.empty() : client.currentLag(partition);
  }

  @Override
  public ConsumerGroupMetadata groupMetadata() {
    return client.groupMetadata();
  }

  @Override
  public void enforceRebalance() {
    client.enforceRebalance();
  }

  @Override
  public void enforceRebalance(String reason) {
    client.enforceRebalance(reason);
  }
}
