package dev.lanekeeper.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/**
 * What is committed beside what the application commits: progress over records of others, which nobody else would. Where the
 * client commits by itself, positions, there is nothing to add.
 *
 * <p>INVARIANT: at the baseline only of applications that commit to this group at all.
 */
final class Commits {

  private static final long EVERY_NANOS = 2_000_000_000L;

  private final Progress progress = new Progress();
  private final Journal journal;
  private final boolean byClient;
  private final @Nullable Claims claims;
  private final @Nullable AutoCommit automatic;
  private final LongSupplier clock;
  private long nanos;

  /**
   * Of one consumer.
   *
   * @param given its settings, as the application gave them
   * @param claims of a workload under test; null at the baseline
   */
  Commits(Map<String, ?> given, @Nullable Claims claims, Journal journal, LongSupplier clock) {
    this.clock = clock;
    nanos = clock.getAsLong();
    this.journal = journal;
    this.claims = claims;
    byClient = claims == null && (ClientIds.text(given.get(ClientIds.GROUP)).isEmpty()
        || ClientIds.commitsByClient(given));
    automatic = claims != null && ClientIds.commitsByClient(given)
        ? new AutoCommit(given, claims, progress, journal, clock)
        : null;
  }

  /** How far the consumer is. */
  Progress progress() {
    return progress;
  }

  /** How far it is in a partition; null where that is not kept, since the client commits by itself. */
  @Nullable
  PartitionProgress progressOf(TopicPartition partition) {
    return byClient ? null : progress.of(partition);
  }

  /** Nothing of the last poll of a partition was handed over: it is polled again. */
  void takenBack(TopicPartition partition) {
    PartitionProgress place = progressOf(partition);
    if (place != null) {
      place.takenBack();
    }
  }

  /** The consumer was set behind a record that nobody was handed. */
  void passedOver(TopicPartition partition, long offset) {
    PartitionProgress place = progressOf(partition);
    if (place != null) {
      place.begin(offset);
      place.passedOver(offset, offset + 1);
      place.shown(offset + 1, -1);
    }
  }

  /** The application sets the consumer elsewhere in these. */
  void sought(Collection<TopicPartition> partitions) {
    if (!byClient) {
      progress.sought(partitions);
    }
  }

  /** Whether all that was handed over is committed, as far as we commit. */
  boolean areSettled() {
    return byClient || automatic != null || progress.isSettled();
  }

  /** Commits progress, now and then. Does not wait. */
  void nowAndThen(Consumer<?, ?> client) {
    if (automatic != null) {
      automatic.nowAndThen(client);
    }
    if (clock.getAsLong() - nanos >= EVERY_NANOS) {
      commit(client, false);
    }
  }

  /** Commits progress for the last time. Does not wait, unless the client would have. */
  void beforeClose(Consumer<?, ?> client, Duration timeout) {
    if (automatic != null) {
      automatic.last(client, client.assignment(), timeout);
    }
    commit(client, false);
  }

  /** Before partitions go. */
  void beforeRevoked(Consumer<?, ?> client, Collection<TopicPartition> partitions) {
    if (automatic != null) {
      automatic.last(client, partitions, AutoCommit.PATIENCE);
    }
  }

  /** Commits all there is before the group is left, and waits for it. */
  void last(Consumer<?, ?> client) {
    beforeRevoked(client, client.assignment());
    commit(client, true);
  }

  private Collection<TopicPartition> known(Collection<TopicPartition> assigned) {
    return claims == null ? assigned : assigned.stream().filter(claims::areKnown).toList();
  }

  /** Offsets with what is claimed beyond them. */
  Map<TopicPartition, OffsetAndMetadata> carried(Map<TopicPartition, OffsetAndMetadata> offsets) {
    return claims == null ? offsets : claims.carry(offsets);
  }

  private void commit(Consumer<?, ?> client, boolean wait) {
    if (byClient || !(claims != null || progress.applicationCommits())) {
      return;
    }
    nanos = clock.getAsLong();
    Map<TopicPartition, OffsetAndMetadata> offsets = carried(progress.takeCommittable(known(client.assignment())));
    if (offsets.isEmpty()) {
      return;
    }
    try {
      if (wait) {
        client.commitSync(offsets);
      } else {
        client.commitAsync(offsets, null);
      }
      journal.count(Journal.COMMIT_PROGRESS);
    } catch (WakeupException | InterruptException application) {
      throw application;
    } catch (KafkaException broker) {
      journal.warnOnce("progress", "progress over records of others could not be committed", broker);
    }
  }
}
