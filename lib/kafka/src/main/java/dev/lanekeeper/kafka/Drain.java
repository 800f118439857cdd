package dev.lanekeeper.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/** Whether a group member of an override that has ended has read what was there when that was seen. */
final class Drain {

  private static final Duration BROKER_PATIENCE = Duration.ofSeconds(2);
  /** How long a member without partitions stays: longer, and it takes over from others that leave; shorter, it is gone sooner. */
  private static final long IDLE_NANOS = 10_000_000_000L;

  private final LongSupplier clock;
  private final OwnTopics ownTopics;
  private final Map<TopicPartition, Long> ends = new HashMap<>();
  /** Whether the group has given this member its partitions, and has not taken any back since. */
  private boolean placed;
  private long placedNanos;

  Drain(LongSupplier clock, OwnTopics ownTopics) {
    this.ownTopics = ownTopics;
    this.clock = clock;
  }

  /** The group has given this member its partitions, or more of them. */
  void assigned() {
    placed = true;
    placedNanos = clock.getAsLong();
  }

  /** The group has taken partitions back, and will say what becomes of them. */
  void revoked() {
    placed = false;
  }

  /**
   * Whether all that was there when this was asked first has been read. INVARIANT: before the group has said what is this
   * member's, nothing is: in the midst of a rebalance the partitions are nobody's, and still to be read. Asks the broker,
   * for seconds at most.
   */
  boolean isDone(Consumer<?, ?> client) {
    Set<TopicPartition> assigned = client.assignment();
    if (!placed || (assigned.isEmpty() && clock.getAsLong() - placedNanos < IDLE_NANOS)) {
      return false;
    }
    try {
      Collection<TopicPartition> unmeasured = new HashSet<>(assigned);
      // To what an application has for itself it adds while it reads the rest.
      unmeasured.removeIf(partition -> ends.containsKey(partition) && !ownTopics.has(partition.topic()));
      if (!unmeasured.isEmpty()) {
        ends.putAll(client.endOffsets(unmeasured, BROKER_PATIENCE));
      }
      for (TopicPartition partition : assigned) {
        Long end = ends.get(partition);
        if (end == null || client.position(partition, BROKER_PATIENCE) < end) {
          return false;
        }
      }
      return true;
    } catch (TimeoutException slow) {
      return false;
    } catch (InvalidOffsetException nowhere) {
      return false; // the next poll meets it, and stops
    }
  }
}
