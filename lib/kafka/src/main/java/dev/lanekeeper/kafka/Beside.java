package dev.lanekeeper.kafka;

import dev.lanekeeper.model.RouteView;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What a consumer is handed over again, beside what its client reads: whose turn it is, and what the application does with the
 * partitions of it. Does nothing where nothing can be handed over.
 *
 * <p><b>Threads.</b> That of the consumer.
 */
final class Beside {

  private static final Duration SHORT_POLL = Duration.ofMillis(100);
  /** While there is a second client: it has to be polled, too. */
  private static final Duration LONG_POLL = Duration.ofSeconds(1);

  private final @Nullable HandoverReader reader;
  private final Stay stay = new Stay();
  /** The answer to this poll. */
  private @Nullable ConsumerRecords<?, ?> due;
  /** Whether there was such an answer to the last one. */
  private boolean handedLast;

  /** {@code reader} is null where nothing can be handed over. */
  Beside(@Nullable HandoverReader reader) {
    this.reader = reader;
  }

  /** Whether what is handed over comes to this consumer, as far as is known. */
  boolean isRead() {
    return reader != null && !reader.isRefused();
  }

  /**
   * Takes what was handed over to this workload for the answer to this poll; every other one goes to the client, whatever is
   * there, so that neither waits for the other.
   *
   * @param rests whether the application expects no records
   * @param keeping polls the client, without waiting, so that it keeps its place
   * @return how long to poll the client at most
   * @throws org.apache.kafka.common.errors.RecordDeserializationException if the first record cannot be deserialized
   */
  Duration turn(RouteView view, Consumer<?, ?> client, BooleanSupplier rests, Supplier<ConsumerRecords<?, ?>> keeping,
      Duration timeout) {
    if (reader == null) {
      return timeout;
    }
    reader.follow(view, client);
    if (!reader.isReading()) {
      return timeout;
    }
    if (handedLast) {
      handedLast = false;
      reader.rest();
    } else {
      handedLast = true; // where the first record cannot be deserialized, too
      ConsumerRecords<?, ?> records = reader.poll(view, rests.getAsBoolean());
      handedLast = records != null;
      if (records != null) {
        keepPlace(client, keeping, reader, records);
        due = records;
      }
    }
    Duration most = reader.isPlaced() ? LONG_POLL : SHORT_POLL;
    return timeout.compareTo(most) > 0 ? most : timeout;
  }

  private void keepPlace(Consumer<?, ?> client, Supplier<ConsumerRecords<?, ?>> keeping, HandoverReader from,
      ConsumerRecords<?, ?> records) {
    try {
      stay.poll(client, keeping);
    } catch (Throwable lost) {
      handedLast = false;
      from.takeBack(records);
      throw lost;
    }
  }

  /** The answer to this poll; null if it is the client's affair. */
  @SuppressWarnings("unchecked") // of the types of the application's deserializers
  <K, V> @Nullable ConsumerRecords<K, V> take() {
    ConsumerRecords<K, V> own = (ConsumerRecords<K, V>) due;
    due = null;
    return own;
  }

  /** The workload under test may have been put out of its groups without knowing it. */
  void unsure() {
    if (reader != null) {
      reader.unsure();
    }
  }

  /** Whether all that is there for a workload whose override has ended is read. */
  boolean isDrained() {
    return reader == null || reader.isDrained();
  }

  /** The application subscribed to something. */
  void subscribed() {
    if (reader != null) {
      reader.subscribed();
    }
  }

  /** The application was assigned these. */
  void assigned(Collection<TopicPartition> partitions) {
    if (reader != null) {
      reader.assigned(partitions);
    }
  }

  /** The application commits all that it was given. */
  void commitAll() {
    if (reader != null) {
      reader.commitAll();
    }
  }

  /** The application commits; what belongs here is committed here. Returns the rest. */
  Map<TopicPartition, OffsetAndMetadata> commit(Map<TopicPartition, OffsetAndMetadata> offsets) {
    return reader == null ? offsets : reader.commit(offsets);
  }

  /** The application sets the consumer elsewhere; whether that was a partition of what is read here. */
  boolean seek(TopicPartition partition, long offset) {
    if (reader == null || !HandoverPlaces.isOne(partition)) {
      return false;
    }
    reader.seek(partition, offset);
    return true;
  }

  /** Those of these that are none of what is read here. */
  Collection<TopicPartition> without(Collection<TopicPartition> partitions) {
    return reader == null ? partitions : HandoverReader.without(partitions);
  }

  /** Where the application stands in a partition of what is read here; -1 if it is none of these, or that is not known. */
  long position(TopicPartition partition) {
    return reader == null || !HandoverPlaces.isOne(partition) ? -1 : reader.position(partition);
  }

  /** The partitions that the application asks its broker about, as that knows them; {@code partitions} itself where they are. */
  Collection<TopicPartition> asked(Collection<TopicPartition> partitions) {
    return reader == null || partitions.stream().noneMatch(HandoverPlaces::isOne)
        ? partitions
        : partitions.stream().map(reader::real).toList();
  }

  /** What the broker answered about them, as the application knows them. */
  <V> Map<TopicPartition, V> answered(Map<TopicPartition, V> answer) {
    Map<TopicPartition, V> shown = new HashMap<>();
    answer.forEach((partition, value) -> shown.put(reader == null ? partition : reader.shown(partition), value));
    return shown;
  }

  /** The application pauses partitions. Returns those that are none of what is read here. */
  Collection<TopicPartition> pause(Collection<TopicPartition> partitions) {
    Collection<TopicPartition> own = reader == null ? partitions : reader.pause(partitions);
    stay.leave(own);
    return own;
  }

  /** The application resumes partitions. Returns those that are none of what is read here. */
  Collection<TopicPartition> resume(Collection<TopicPartition> partitions) {
    Collection<TopicPartition> own = reader == null ? partitions : reader.resume(partitions);
    stay.leave(own);
    return own;
  }

  /** What the application sees as paused, where its client has paused {@code partitions}. */
  Set<TopicPartition> paused(Set<TopicPartition> partitions) {
    Set<TopicPartition> own = stay.visible(partitions);
    return reader == null ? own : reader.paused(own);
  }

  /** The application subscribes to nothing any more. */
  void unsubscribed() {
    due = null;
    close(HandoverReader.CLOSING);
  }

  /** The application closes its consumer; no step takes longer than {@code atMost}. */
  void close(Duration atMost) {
    if (reader != null) {
      reader.close(atMost);
    }
  }
}
