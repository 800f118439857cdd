package dev.lanekeeper.kafka;

import dev.lanekeeper.model.Self;
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
  private final boolean underTest;
  private final LongSupplier clock;
  private long nanos;

  Commits(Self self, Map<String, ?> config, Journal journal, LongSupplier clock) {
    this.clock = clock;
    nanos = clock.getAsLong();
    this.journal = journal;
    underTest = !self.isBaseline();
    byClient = ClientIds.text(config.get(ClientIds.GROUP)).isEmpty()
        || !ClientIds.text(config.get("enable.auto.commit")).equalsIgnoreCase("false");
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
    return byClient || progress.isSettled();
  }

  /** Commits progress, now and then. Does not wait. */
  void nowAndThen(Consumer<?, ?> client) {
    if (clock.getAsLong() - nanos >= EVERY_NANOS) {
      commit(client, false);
    }
  }

  /** Commits progress for the last time. Does not wait. */
  void beforeClose(Consumer<?, ?> client) {
    commit(client, false);
  }

  /** Commits all there is before the group is left, and waits for it. */
  void last(Consumer<?, ?> client) {
    if (!byClient) {
      commit(client, true);
      return;
    }
    try {
      client.commitSync();
    } catch (WakeupException | InterruptException application) {
      throw application;
    } catch (KafkaException broker) {
      journal.warnOnce("commit", "the last offsets of an ended override could not be committed", broker);
    }
  }

  private void commit(Consumer<?, ?> client, boolean wait) {
    if (byClient || !(underTest || progress.applicationCommits())) {
      return;
    }
    nanos = clock.getAsLong();
    Map<TopicPartition, OffsetAndMetadata> offsets = progress.takeCommittable(client.assignment());
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
