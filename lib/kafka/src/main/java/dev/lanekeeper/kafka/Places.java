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
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a consumer where it stands while topics of ours are added to what it is subscribed to. It joins its group anew then, and
 * begins at what is committed: one that commits nothing would be set to where its settings say, behind or before what it has read.
 *
 * <p>One whose partitions have committed offsets is moved as by any rebalance. Where there is none, the client is set back to where it
 * stood, if the group gave it the same partition in the very next generation, and nobody can have been between. An application with a
 * listener of its own may drop, when partitions go, what it has in work and was going to commit: it is not moved before it has committed or
 * has shown that it seeks by itself when partitions come. Nor is one that is subscribed to a pattern of the broker's kind.
 */
final class Places {

  private static final Duration BROKER_PATIENCE = Duration.ofSeconds(1);
  private static final long ASK_AGAIN_NANOS = 30_000_000_000L;

  private final Commits commits;
  private final Journal journal;
  private final LongSupplier clock;
  private final Set<TopicPartition> keeping = new HashSet<>();
  private final Map<TopicPartition, Long> stood = new HashMap<>();
  private int generation;
  private boolean hasListener;
  private boolean leaps;
  private boolean waiting;
  private long waitingNanos;

  Places(Commits commits, Journal journal, LongSupplier clock) {
    this.commits = commits;
    this.journal = journal;
    this.clock = clock;
  }

  /** Whether the application wants to hear of rebalances. */
  void listener(boolean own) {
    hasListener = own;
  }

  /** Whether its partitions go for longer than one generation when it is subscribed anew. */
  void leap(boolean now) {
    leaps = now;
  }

  /**
   * Whether the consumer may be made to join its group anew; then it is about to be.
   *
   * @param assigned to it, of the application's topics
   * @param topics beside which it is to read
   */
  boolean mayMove(Set<TopicPartition> assigned, Consumer<?, ?> client, Set<String> topics) {
    if (isSafe(assigned)) {
      return true;
    }
    if (waiting && clock.getAsLong() - waitingNanos < ASK_AGAIN_NANOS) {
      return false;
    }
    waitingNanos = clock.getAsLong();
    waiting = !learn(client, new HashSet<>(assigned), topics);
    return !waiting;
  }

  /** The consumer has to join its group anew, whatever comes of it. */
  void move(Set<TopicPartition> assigned, Consumer<?, ?> client, Set<String> topics) {
    if (!isSafe(assigned)) {
      learn(client, new HashSet<>(assigned), topics);
    }
  }

  private boolean isSafe(Set<TopicPartition> assigned) {
    return commits.areMade() || commits.areTheApplicationsOwn() || assigned.isEmpty();
  }

  private boolean learn(Consumer<?, ?> client, Set<TopicPartition> assigned, Set<String> topics) {
    keeping.clear();
    try {
      Map<TopicPartition, OffsetAndMetadata> known = client.committed(assigned, BROKER_PATIENCE);
      assigned.removeIf(partition -> known.get(partition) != null);
    } catch (WakeupException | InterruptException application) {
      throw application;
    } catch (KafkaException broker) {
      postponed(topics, "its broker does not say what it has committed", broker);
      return false;
    }
    if ((leaps && !assigned.isEmpty()) || (hasListener && assigned.stream().anyMatch(commits::hasDelivered))) {
      postponed(topics, "it has committed nothing of " + assigned, null);
      return false;
    }
    keeping.addAll(assigned);
    return true;
  }

  private void postponed(Set<String> topics, String why, @Nullable KafkaException broker) {
    journal.warnOnce("places",
        "a consumer does not yet read " + topics + ", through which records are handed over again: "
            + why + ", and it would lose its place when it joins its group anew",
        broker);
  }

  /** Partitions are about to go. */
  void revoked(Collection<TopicPartition> partitions, Consumer<?, ?> client) {
    if (keeping.isEmpty()) {
      return;
    }
    stood.clear();
    generation = client.groupMetadata().generationId();
    for (TopicPartition partition : partitions) {
      if (keeping.contains(partition)) {
        stand(partition, client);
      }
    }
  }

  private void stand(TopicPartition partition, Consumer<?, ?> client) {
    try {
      stood.put(partition, client.position(partition, Duration.ZERO));
    } catch (TimeoutException | InvalidOffsetException nowhere) {
      // It has read nothing yet, and has no place to lose.
    }
  }

  /** Partitions went, and somebody else may have had them. */
  void lost() {
    stood.clear();
    keeping.clear();
  }

  /** Partitions came. */
  void assigned(Collection<TopicPartition> partitions, Consumer<?, ?> client) {
    int now = stood.isEmpty() ? generation : client.groupMetadata().generationId();
    if (now == generation) {
      return;
    }
    if (now == generation + 1) {
      for (TopicPartition partition : partitions) {
        Long offset = stood.get(partition);
        if (offset != null) {
          client.seek(partition, offset);
        }
      }
    }
    stood.clear();
  }

  /** Records came: the consumer is in its group again. */
  void settled() {
    if (!keeping.isEmpty()) {
      keeping.clear();
    }
  }
}
