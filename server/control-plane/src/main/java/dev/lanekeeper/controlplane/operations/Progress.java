package dev.lanekeeper.controlplane.operations;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/**
 * How far the quarantines of one Kafka have come: up to where they were read, and what of that is not settled.
 *
 * <p><b>Threads.</b> Belongs to one.
 */
final class Progress {

  private static final int MOST_UNDECIDED = 10_000;
  private static final long MOST_UNDECIDED_BYTES = 64L * 1024 * 1024;

  private final Undecided undecided;
  private final Later later = new Later();
  private final Map<TopicPartition, Long> read = new HashMap<>();

  Progress() {
    this(new Undecided(MOST_UNDECIDED, MOST_UNDECIDED_BYTES));
  }

  Progress(Undecided undecided) {
    this.undecided = undecided;
  }

  Undecided undecided() {
    return undecided;
  }

  Later later() {
    return later;
  }

  /** A record is read; whether it is to be looked at: it was not before, or was to be again. */
  boolean meet(TopicPartition partition, long offset) {
    later.met(partition, offset);
    if (offset >= read.getOrDefault(partition, 0L)) {
      read.put(partition, offset + 1);
      return true;
    }
    boolean again = later.contains(partition, offset);
    later.remove(partition, offset);
    return again;
  }

  /** Whether a partition was read again as far as it was before, if its next record is the one at this offset. */
  boolean isReadAgain(TopicPartition partition, long position) {
    return position >= read.getOrDefault(partition, 0L);
  }

  /** All that was to be read again of a partition was. */
  void endReadingAgain(TopicPartition partition) {
    later.end(partition, read.getOrDefault(partition, 0L));
  }

  /** Up to where each partition is settled. */
  Map<TopicPartition, Long> settled() {
    Map<TopicPartition, Long> offsets = new HashMap<>();
    read.forEach((partition, position) -> offsets.put(partition,
        later.settled(partition, undecided.settled(partition, position))));
    return offsets;
  }

  /** Forgets all of other partitions than these: somebody else reads them now. */
  void keepOnly(Set<TopicPartition> partitions) {
    undecided.keepOnly(partitions);
    later.keepOnly(partitions);
    read.keySet().retainAll(partitions);
  }

  /** A quarantine was made anew: nothing that is known is of what stands there now. */
  void forget(TopicPartition partition) {
    Set<TopicPartition> others = new HashSet<>(read.keySet());
    others.remove(partition);
    keepOnly(others);
  }

  void clear() {
    undecided.clear();
    later.clear();
    read.clear();
  }
}
