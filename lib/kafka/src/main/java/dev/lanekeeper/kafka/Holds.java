package dev.lanekeeper.kafka;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * The partitions that stand still at a record that nobody here can decide yet: the consumer is set back to the record and
 * the partition paused. The application does not see these pauses and cannot undo them; its own are kept beside them.
 */
final class Holds {

  private final Map<TopicPartition, ConsumerRecord<?, ?>> held = new HashMap<>();
  private final Map<TopicPartition, Long> sinceNanos = new HashMap<>();
  private final Set<TopicPartition> pausedByApplication = new HashSet<>();
  private final LongSupplier clock;

  Holds(LongSupplier clock) {
    this.clock = clock;
  }

  boolean isEmpty() {
    return held.isEmpty();
  }

  boolean holds(TopicPartition partition) {
    return held.containsKey(partition);
  }

  /** The records that are waited for, by partition; a copy. */
  Map<TopicPartition, ConsumerRecord<?, ?>> records() {
    return new HashMap<>(held);
  }

  void hold(Consumer<?, ?> client, TopicPartition partition, ConsumerRecord<?, ?> record) {
    client.seek(partition, record.offset());
    client.pause(List.of(partition));
    held.put(partition, record);
    sinceNanos.put(partition, clock.getAsLong());
  }

  /** Since when a partition stands still, by the clock of the gate. */
  long sinceNanos(TopicPartition partition) {
    return sinceNanos.getOrDefault(partition, clock.getAsLong());
  }

  /** Lets a partition flow again, unless the application paused it meanwhile. */
  void release(Consumer<?, ?> client, TopicPartition partition) {
    held.remove(partition);
    if (!pausedByApplication.remove(partition) && client.assignment().contains(partition)) {
      client.resume(List.of(partition));
    }
  }

  /** The application pauses partitions. */
  void paused(Collection<TopicPartition> partitions) {
    for (TopicPartition partition : partitions) {
      if (held.containsKey(partition)) {
        pausedByApplication.add(partition);
      }
    }
  }

  /** The application resumes partitions: those of them that may flow; {@code partitions} itself if all may. */
  Collection<TopicPartition> resumable(Collection<TopicPartition> partitions) {
    if (held.isEmpty()) {
      return partitions;
    }
    pausedByApplication.removeAll(partitions);
    List<TopicPartition> flowing = new ArrayList<>(partitions);
    flowing.removeAll(held.keySet());
    return flowing.size() == partitions.size() ? partitions : flowing;
  }

  /** What the application sees as paused, where {@code partitions} are; {@code partitions} itself if all are its own. */
  Set<TopicPartition> visible(Set<TopicPartition> partitions) {
    if (held.isEmpty()) {
      return partitions;
    }
    Set<TopicPartition> visible = new HashSet<>(partitions);
    visible.removeIf(partition -> held.containsKey(partition) && !pausedByApplication.contains(partition));
    return visible;
  }

  /** These are no longer ours: nothing of them is held, and no pause is left. */
  void forget(Collection<TopicPartition> gone) {
    for (TopicPartition partition : gone) {
      held.remove(partition);
      pausedByApplication.remove(partition);
    }
  }

  void forgetAll() {
    held.clear();
    pausedByApplication.clear();
  }
}
