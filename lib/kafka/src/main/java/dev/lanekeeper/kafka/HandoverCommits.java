package dev.lanekeeper.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/**
 * Commits how far records that are handed over again were read, when the application says that they are processed, as it says it
 * of its own: by committing; by polling again, where its client commits by itself; and where it commits nothing at all, some
 * time after it was given them.
 */
final class HandoverCommits {

  private static final long EVERY_NANOS = 2_000_000_000L;
  /** How long an application that commits nothing is given to process a record. */
  private static final long PROCESSING_NANOS = 30_000_000_000L;
  private static final Duration LAST = Duration.ofSeconds(1);

  private final boolean byClient;
  private final BooleanSupplier applicationCommits;
  private final Journal journal;
  private final LongSupplier clock;
  private final Progress progress = new Progress();
  /** What a commit that failed was about. */
  private final Map<TopicPartition, OffsetAndMetadata> failed = new HashMap<>();
  /** What was committed last, whatever became of it. INVARIANT: no older one is tried again behind it, which would set the group back. */
  private final Map<TopicPartition, OffsetAndMetadata> newest = new HashMap<>();
  private long nanos;
  private long handedNanos;

  /**
   * Of one consumer.
   *
   * @param byClient whether the application leaves commits to its client
   * @param applicationCommits whether the application has ever committed by itself
   */
  HandoverCommits(boolean byClient, BooleanSupplier applicationCommits, Journal journal, LongSupplier clock) {
    this.byClient = byClient;
    this.applicationCommits = applicationCommits;
    this.journal = journal;
    this.clock = clock;
    nanos = clock.getAsLong();
    handedNanos = nanos;
  }

  /** How far one partition was read. */
  PartitionProgress progressOf(TopicPartition partition) {
    return progress.of(partition);
  }

  /** The application was handed records. */
  void handed() {
    handedNanos = clock.getAsLong();
  }

  /** Before the next records are read. Does not wait. */
  void nowAndThen(Consumer<?, ?> client) {
    long now = clock.getAsLong();
    boolean processed = byClient || (!applicationCommits.getAsBoolean() && now - handedNanos >= PROCESSING_NANOS);
    if (processed) {
      commit(client, progress.takeShown());
    }
    if (now - nanos >= EVERY_NANOS) {
      nanos = now;
      Map<TopicPartition, OffsetAndMetadata> due = new HashMap<>(failed);
      failed.clear();
      due.keySet().retainAll(client.assignment());
      due.putAll(progress.takeCommittable(client.assignment()));
      commit(client, due);
    }
  }

  /** The application commits these. Does not wait: what becomes of it is not the application's affair. */
  void commit(Map<TopicPartition, OffsetAndMetadata> offsets, @Nullable Consumer<?, ?> client) {
    Map<TopicPartition, OffsetAndMetadata> lifted = progress.lift(offsets);
    if (client != null) {
      commit(client, lifted);
    }
  }

  /** The application commits all that it was given. Does not wait. */
  void commitAll(Consumer<?, ?> client) {
    commit(client, progress.takeShown());
  }

  private void commit(Consumer<?, ?> client, Map<TopicPartition, OffsetAndMetadata> offsets) {
    if (!offsets.isEmpty()) {
      newest.putAll(offsets);
      offsets.keySet().forEach(failed::remove);
      client.commitAsync(offsets, (of, failure) -> {
        if (failure != null) {
          failed(of); // INVARIANT: told within a call of the client, by its own thread
        }
      });
    }
  }

  private void failed(Map<TopicPartition, OffsetAndMetadata> offsets) {
    offsets.forEach((partition, offset) -> {
      if (offset.equals(newest.get(partition))) {
        failed.put(partition, offset);
      }
    });
  }

  /** Before the client is closed. Waits, but not for long. */
  void last(Consumer<?, ?> client) {
    Map<TopicPartition, OffsetAndMetadata> due = new HashMap<>(failed);
    due.putAll(byClient ? progress.takeShown() : progress.takeCommittable(client.assignment()));
    due.keySet().retainAll(client.assignment());
    try {
      if (!due.isEmpty()) {
        client.commitSync(due, LAST);
      }
    } catch (InterruptException interrupted) {
      throw interrupted;
    } catch (KafkaException broker) {
      journal.warnOnce("handover-commit",
          "how far records that are handed over again were read could not be committed: they may come once more",
          broker);
    }
  }

  /** The application sets the consumer elsewhere. */
  void sought(Collection<TopicPartition> partitions) {
    progress.sought(partitions);
  }

  /** Partitions went. */
  void forget(Collection<TopicPartition> gone) {
    progress.forget(gone);
    gone.forEach(failed::remove);
    gone.forEach(newest::remove);
  }
}
