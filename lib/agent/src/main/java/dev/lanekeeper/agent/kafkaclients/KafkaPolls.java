package dev.lanekeeper.agent.kafkaclients;

import dev.lanekeeper.boot.Counters;
import dev.lanekeeper.boot.Lanes;
import dev.lanekeeper.kafka.ConsumerGate;
import java.time.Duration;
import java.util.Collections;
import java.util.ConcurrentModificationException;
import java.util.Map;
import java.util.WeakHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** What the advice on {@code poll} does. Throws nothing that {@code poll} could not throw itself. */
public final class KafkaPolls {

  private static final ThreadLocal<@Nullable Boolean> AGAIN = new ThreadLocal<>();

  /** Which thread was given records last, and what it was busy with. */
  private record Place(Thread thread, Object here) {}

  private static final Map<ConsumerGate, Place> PLACES = Collections.synchronizedMap(new WeakHashMap<>());

  private KafkaPolls() {}

  /** How long to poll at most. */
  public static Duration before(@Nullable ConsumerGate gate, Duration timeout) {
    if (gate == null) {
      return timeout;
    }
    try {
      return gate.beforePoll(timeout);
    } catch (RuntimeException failure) {
      throw asThrownByPoll(failure);
    }
  }

  /** What is returned in place of a poll; null to poll. */
  public static @Nullable ConsumerRecords<?, ?> instead(@Nullable ConsumerGate gate, Duration timeout) {
    if (gate == null) {
      return null;
    }
    boolean untraced = ProcessSpans.suppress();
    try {
      ConsumerRecords<?, ?> records = gate.instead(timeout);
      if (records != null && !records.isEmpty()) {
        leaveRecords(gate);
      }
      return records;
    } catch (RuntimeException failure) {
      throw asThrownByPoll(failure);
    } finally {
      ProcessSpans.resume(untraced);
    }
  }

  /** What of the polled records is handed over. */
  public static ConsumerRecords<?, ?> after(ConsumerGate gate, ConsumerRecords<?, ?> polled) {
    boolean untraced = ProcessSpans.suppress();
    try {
      ConsumerRecords<?, ?> own = gate.afterPoll(polled);
      if (!own.isEmpty()) {
        leaveRecords(gate);
      }
      return own;
    } catch (RuntimeException failure) {
      throw asThrownByPoll(failure);
    } finally {
      ProcessSpans.resume(untraced);
    }
  }

  /**
   * The records of the poll before are done with: where an exception ended the loop over them, the thread is still in one.
   * INVARIANT: does not throw: the client stands behind the records, and nobody would get them.
   */
  private static void leaveRecords(ConsumerGate gate) {
    try {
      Place last = PLACES.get(gate);
      if (last != null && last.thread().equals(Thread.currentThread())) {
        Lanes.context().backTo(last.here());
      }
      PLACES.put(gate, new Place(Thread.currentThread(), Lanes.context().here()));
    } catch (RuntimeException | Error failure) {
      Counters.failed("kafka-clients", failure);
    }
  }

  /** The consumer is closed. */
  static void closed(ConsumerGate gate) {
    PLACES.remove(gate);
  }

  /** What is returned, or thrown, after a poll that threw. */
  public static ConsumerRecords<?, ?> afterFailure(ConsumerGate gate, RuntimeException thrown, Duration timeout) {
    try {
      return gate.afterFailedPoll(thrown, timeout);
    } catch (RuntimeException failure) {
      throw failure.equals(thrown) ? thrown : asThrownByPoll(failure);
    }
  }

  /**
   * The position of a partition that had none, once the gate has set it to its beginning.
   *
   * @throws InvalidOffsetException {@code thrown}, where there is nothing to do about it
   */
  public static long positionAgain(KafkaConsumer<?, ?> consumer, TopicPartition partition,
      InvalidOffsetException thrown) {
    ConsumerGate gate = KafkaGates.of(consumer);
    if (gate == null || AGAIN.get() != null) {
      throw thrown;
    }
    AGAIN.set(true);
    try {
      gate.afterFailedPoll(thrown, Duration.ZERO);
      return consumer.position(partition);
    } finally {
      AGAIN.remove();
    }
  }

  /**
   * The position of a partition of records that are handed over again.
   *
   * @throws IllegalStateException {@code thrown}, if it is none of these
   */
  public static long positionBeside(KafkaConsumer<?, ?> consumer, TopicPartition partition,
      IllegalStateException thrown) {
    ConsumerGate gate = KafkaGates.of(consumer);
    long position = gate == null || partition == null ? -1 : gate.positionBeside(partition);
    if (position < 0) {
      throw thrown;
    }
    return position;
  }

  /** The client throws these itself, or lets those of the application's own deserializers and listeners through. */
  private static RuntimeException asThrownByPoll(RuntimeException failure) {
    if (failure instanceof KafkaException || failure instanceof IllegalStateException
        || failure instanceof IllegalArgumentException || failure instanceof ConcurrentModificationException) {
      return failure;
    }
    Counters.failed("kafka-clients", failure);
    return new KafkaException("lanekeeper: the polled records could not be decided: " + failure, failure);
  }
}
