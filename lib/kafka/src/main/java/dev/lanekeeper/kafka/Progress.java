package dev.lanekeeper.kafka;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** How far a consumer is in each of its partitions: keeps commits and lag right where records are passed over. */
final class Progress {

  private final Map<TopicPartition, PartitionProgress> partitions = new HashMap<>();
  private boolean applicationCommits;

  PartitionProgress of(TopicPartition partition) {
    PartitionProgress progress = partitions.get(partition);
    if (progress == null) {
      progress = new PartitionProgress();
      partitions.put(partition, progress);
    }
    return progress;
  }

  /** Whether the application has committed by itself since the consumer was made. */
  boolean applicationCommits() {
    return applicationCommits;
  }

  /**
   * What to commit when the application commits offsets.
   *
   * @return {@code offsets} itself where nothing stands behind them that was passed over; one with metadata stays as it is
   */
  Map<TopicPartition, OffsetAndMetadata> lift(Map<TopicPartition, OffsetAndMetadata> offsets) {
    applicationCommits = true;
    Map<TopicPartition, OffsetAndMetadata> lifted = null;
    for (Map.Entry<TopicPartition, OffsetAndMetadata> entry : offsets.entrySet()) {
      PartitionProgress progress = partitions.get(entry.getKey());
      OffsetAndMetadata given = entry.getValue();
      if (progress == null || given == null) {
        continue;
      }
      if (!given.metadata().isEmpty()) {
        progress.commitAsItIs(given.offset());
        continue;
      }
      long offset = progress.commit(given.offset());
      if (offset != given.offset()) {
        lifted = lifted == null ? new HashMap<>(offsets) : lifted;
        lifted.put(entry.getKey(), new OffsetAndMetadata(offset, given.leaderEpoch(), ""));
      }
    }
    return lifted == null ? offsets : lifted;
  }

  /** The application commits all positions. */
  void commitAll() {
    applicationCommits = true;
    partitions.values().forEach(PartitionProgress::commitAll);
  }

  /** What may be committed beyond what the application did, noted as committed; empty where there is nothing. */
  Map<TopicPartition, OffsetAndMetadata> takeCommittable(Collection<TopicPartition> assigned) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    for (TopicPartition partition : assigned) {
      PartitionProgress progress = partitions.get(partition);
      long offset = progress == null ? -1 : progress.committable();
      if (progress != null && offset >= 0) {
        offsets.put(partition, new OffsetAndMetadata(offset));
        progress.committedByUs(offset);
      }
    }
    return offsets;
  }

  /** All that was shown, noted as committed; empty where that is nothing new. */
  Map<TopicPartition, OffsetAndMetadata> takeShown() {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    partitions.forEach((partition, progress) -> {
      long offset = progress.uncommitted();
      if (offset >= 0) {
        offsets.put(partition, new OffsetAndMetadata(offset));
        progress.commitAll();
      }
    });
    return offsets;
  }

  /** Whether all that was handed over is committed. */
  boolean isSettled() {
    for (PartitionProgress progress : partitions.values()) {
      if (!progress.isSettled()) {
        return false;
      }
    }
    return true;
  }

  void forget(Collection<TopicPartition> gone) {
    for (TopicPartition partition : gone) {
      partitions.remove(partition);
    }
  }

  /** The application sets the consumer elsewhere in these. */
  void sought(Collection<TopicPartition> elsewhere) {
    for (TopicPartition partition : elsewhere) {
      of(partition).sought();
    }
  }

  /** All but these are forgotten. */
  void retain(Collection<TopicPartition> kept) {
    partitions.keySet().retainAll(Set.copyOf(kept));
  }

  void forgetAll() {
    partitions.clear();
  }
}
