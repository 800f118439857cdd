package dev.lanekeeper.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;

/**
 * Commits positions in the place of the client of a workload under test, where the application leaves that to it: the client would
 * not carry on what is claimed. As the client does it: each {@code auto.commit.interval.ms}, before partitions go, and before it is closed.
 */
final class AutoCommit {

  private static final String INTERVAL = "auto.commit.interval.ms";
  private static final long USUAL_MILLIS = 5_000;
  static final Duration PATIENCE = Duration.ofSeconds(2);

  private final Claims claims;
  private final Progress progress;
  private final Journal journal;
  private final LongSupplier clock;
  private final long intervalNanos;
  private final Map<TopicPartition, Long> committed = new HashMap<>();
  private long nanos;

  AutoCommit(Map<String, ?> config, Claims claims, Progress progress, Journal journal, LongSupplier clock) {
    this.claims = claims;
    this.progress = progress;
    this.journal = journal;
    this.clock = clock;
    String given = ClientIds.text(config.get(INTERVAL));
    intervalNanos = 1_000_000 * (given.isEmpty() ? USUAL_MILLIS : Long.parseLong(given));
    nanos = clock.getAsLong();
  }

  /** Before a poll: what the last one brought is processed. Does not wait. */
  void nowAndThen(Consumer<?, ?> client) {
    if (clock.getAsLong() - nanos < intervalNanos) {
      return;
    }
    nanos = clock.getAsLong();
    Map<TopicPartition, OffsetAndMetadata> due = due(client, client.assignment());
    if (!due.isEmpty()) {
      client.commitAsync(claims.carry(due), (of, failure) -> {
        if (failure != null) {
          of.keySet().forEach(committed::remove); // the next time it is due again
        }
      });
    }
  }

  /** Before these go, or the client is closed: waits, but not for long, nor longer than {@code atMost}. */
  void last(Consumer<?, ?> client, Collection<TopicPartition> partitions, Duration atMost) {
    Map<TopicPartition, OffsetAndMetadata> due = due(client, partitions);
    partitions.forEach(committed::remove);
    if (due.isEmpty()) {
      return;
    }
    try {
      client.commitSync(claims.carry(due), atMost.compareTo(PATIENCE) < 0 ? atMost : PATIENCE);
    } catch (WakeupException | InterruptException application) {
      throw application;
    } catch (KafkaException broker) {
      journal.warnOnce("auto-commit", "the last offsets could not be committed: records may come once more", broker);
    }
  }

  private Map<TopicPartition, OffsetAndMetadata> due(Consumer<?, ?> client, Collection<TopicPartition> partitions) {
    Map<TopicPartition, OffsetAndMetadata> due = new HashMap<>();
    for (TopicPartition partition : partitions) {
      long position = claims.areKnown(partition) ? Claims.position(partition, client) : -1;
      Long last = committed.get(partition);
      if (position >= 0 && (last == null || last != position)) {
        due.put(partition, new OffsetAndMetadata(position));
        committed.put(partition, position);
      }
    }
    progress.commitAll();
    return due;
  }
}
