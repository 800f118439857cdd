package dev.lanekeeper.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.WakeupException;

/**
 * The partitions of topics through which records are handed over again, as far as this consumer has them. The application does not know
 * of them: they begin where nothing is missed, whatever it wants for partitions without an offset; they rest while it has paused all that
 * it knows of; and where it keeps its offsets itself they are committed for it.
 */
final class Again {

  private static final Duration BROKER_PATIENCE = Duration.ofSeconds(1);
  /** How long after a failure the broker is not asked again: each time makes a poll wait. */
  private static final long ASK_AGAIN_NANOS = 5_000_000_000L;

  private final Redelivery redelivery;
  private final Holds holds;
  private final Commits commits;
  private final Journal journal;
  private final LongSupplier clock;
  private final Set<TopicPartition> partitions = new HashSet<>();
  /** Of which nobody has been able to say where they begin. INVARIANT: nothing is read of them. */
  private final Set<TopicPartition> unplaced = new HashSet<>();
  private final Map<TopicPartition, Long> committed = new HashMap<>();
  private long failedNanos;

  Again(Redelivery redelivery, Holds holds, Commits commits, Journal journal, LongSupplier clock) {
    this.redelivery = redelivery;
    this.holds = holds;
    this.commits = commits;
    this.journal = journal;
    this.clock = clock;
  }

  /** Partitions came, of whatever topics. Fails for none of them: the application's listener has to hear of its own. */
  void assigned(Collection<TopicPartition> all, Consumer<?, ?> client) {
    Set<TopicPartition> own = new HashSet<>();
    for (TopicPartition partition : all) {
      if (redelivery.is(partition.topic())) {
        own.add(partition);
      }
    }
    if (own.isEmpty()) {
      return;
    }
    partitions.addAll(own);
    unplaced.addAll(own);
    client.pause(own);
    failedNanos = clock.getAsLong() - ASK_AGAIN_NANOS;
    try {
      place(client);
    } catch (WakeupException heard) {
      client.wakeup(); // for whom it was meant; the application has no part in this call
    }
  }

  /** Partitions went, of whatever topics. */
  void forget(Collection<TopicPartition> gone) {
    if (!partitions.isEmpty()) {
      gone.forEach(partitions::remove);
      gone.forEach(unplaced::remove);
      gone.forEach(committed::remove);
    }
  }

  void forgetAll() {
    partitions.clear();
    unplaced.clear();
    committed.clear();
  }

  /** Before a poll. */
  void flow(Consumer<?, ?> client) {
    if (partitions.isEmpty()) {
      return;
    }
    place(client);
    commit(client);
    Set<TopicPartition> paused = client.paused();
    boolean rest = isAllPaused(client.assignment(), paused);
    Set<TopicPartition> still = new HashSet<>();
    Set<TopicPartition> flowing = new HashSet<>();
    for (TopicPartition partition : partitions) {
      boolean stands = rest || unplaced.contains(partition) || holds.holds(partition);
      if (stands != paused.contains(partition)) {
        (stands ? still : flowing).add(partition);
      }
    }
    if (!still.isEmpty()) {
      client.pause(still);
    }
    if (!flowing.isEmpty()) {
      client.resume(flowing);
    }
  }

  /** An application that pauses all it has takes for granted that its polls come back empty, and may not look. */
  private boolean isAllPaused(Set<TopicPartition> assignment, Set<TopicPartition> paused) {
    Set<TopicPartition> visible = redelivery.visible(assignment);
    return !visible.isEmpty() && holds.visible(paused).containsAll(visible);
  }

  private void place(Consumer<?, ?> client) {
    if (unplaced.isEmpty() || clock.getAsLong() - failedNanos < ASK_AGAIN_NANOS) {
      return;
    }
    try {
      Map<TopicPartition, OffsetAndMetadata> known = client.committed(Set.copyOf(unplaced), BROKER_PATIENCE);
      Set<TopicPartition> fresh = new HashSet<>();
      for (TopicPartition partition : unplaced) {
        OffsetAndMetadata offset = known.get(partition);
        if (offset == null) {
          fresh.add(partition);
        } else {
          client.seek(partition, offset);
        }
      }
      if (!fresh.isEmpty()) {
        client.seekToBeginning(fresh);
      }
      unplaced.clear();
    } catch (WakeupException application) {
      throw application;
    } catch (AuthorizationException refused) {
      failed(refused); // the next poll is told likewise, and gives the topics up
    } catch (KafkaException broker) {
      failed(broker);
      // Where the client finds no offset it must not take the end. What is committed of this is too early, never too late.
      client.seekToBeginning(unplaced);
    }
  }

  private void failed(KafkaException broker) {
    failedNanos = clock.getAsLong();
    journal.count(Journal.REDELIVERY_UNPLACED);
    journal.warnOnce("unplaced", "how far " + unplaced + " were read cannot be learned: they stand still until it can",
        broker);
  }

  /** What was handed over before this poll, where nobody else would commit it: it would come again with every rebalance. */
  private void commit(Consumer<?, ?> client) {
    if (!commits.areTheApplicationsOwn()) {
      return;
    }
    Map<TopicPartition, OffsetAndMetadata> due = new HashMap<>();
    for (TopicPartition partition : partitions) {
      PartitionProgress place = commits.progressOf(partition);
      long shown = place == null || unplaced.contains(partition) ? -1 : place.shown();
      if (shown > committed.getOrDefault(partition, -1L)) {
        due.put(partition, new OffsetAndMetadata(shown));
        committed.put(partition, shown);
      }
    }
    if (!due.isEmpty()) {
      client.commitAsync(due, null);
      journal.count(Journal.COMMIT_PROGRESS);
    }
  }
}
