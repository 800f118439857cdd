package dev.lanekeeper.kafka;

import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicPartition;

/**
 * How long nobody tries again after a failure to put a record aside, since each try makes a poll wait: all for a little while, which grows
 * until one succeeds, the partition of that record for longer each time. The record may be the cause, and others must not wait for it.
 */
final class Pauses {

  private static final long SHORTEST_NANOS = 2_000_000_000L;
  private static final long LONGEST_NANOS = 64_000_000_000L;
  private static final long LONGEST_FOR_ALL_NANOS = 16_000_000_000L;

  private final LongSupplier clock;
  private final Map<TopicPartition, Pause> pauses = new HashMap<>();
  private long sinceNanos;
  private long forAllNanos;

  private record Pause(long sinceNanos, long nanos, int failures) {}

  Pauses(LongSupplier clock) {
    this.clock = clock;
    sinceNanos = clock.getAsLong();
  }

  /** Whether it is too early for a record of this partition. */
  boolean isEarly(TopicPartition partition) {
    long now = clock.getAsLong();
    Pause pause = pauses.get(partition);
    return now - sinceNanos < forAllNanos || (pause != null && now - pause.sinceNanos() < pause.nanos());
  }

  /** How often it has failed since the last record of this partition that was put aside. */
  int failures(TopicPartition partition) {
    Pause pause = pauses.get(partition);
    return pause == null ? 0 : pause.failures();
  }

  /** A record was put aside. */
  void succeeded(TopicPartition partition) {
    forAllNanos = 0;
    if (!pauses.isEmpty()) {
      pauses.remove(partition);
    }
  }

  /**
   * A record was not.
   *
   * @param forItself whether that has nothing to do with others
   */
  void failed(TopicPartition partition, boolean forItself) {
    long now = clock.getAsLong();
    Pause last = pauses.get(partition);
    long nanos = last == null ? SHORTEST_NANOS : Math.min(2 * last.nanos(), LONGEST_NANOS);
    pauses.put(partition, new Pause(now, nanos, last == null ? 1 : last.failures() + 1));
    if (!forItself) {
      sinceNanos = now;
      forAllNanos = forAllNanos == 0 ? SHORTEST_NANOS : Math.min(2 * forAllNanos, LONGEST_FOR_ALL_NANOS);
    }
  }
}
