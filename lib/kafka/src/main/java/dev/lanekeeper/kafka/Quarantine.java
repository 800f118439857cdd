package dev.lanekeeper.kafka;

import dev.lanekeeper.model.Self;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/** Puts records of one consumer of the baseline aside, as they came. */
final class Quarantine {

  /** How often a large record is tried as it is: the broker takes it, but not in time. */
  private static final int TRIES = 2;
  private static final int LARGE = 1 << 20;

  private final Self self;
  private final String group;
  private final RecordWriter writer;
  private final Journal journal;
  private final Pauses pauses;
  private final LongSupplier clock;
  private final long mostNanos;
  private long beganNanos;
  /** Records of this poll that are on their way. */
  private final Map<Place, Ahead> ahead = new HashMap<>();

  private record Place(TopicPartition partition, long offset) {}

  private record Ahead(QuarantinedRecord.Reason reason, RecordWriter.Pending pending) {}

  /**
   * Of one consumer.
   *
   * @param patience how long a record may take to be written; all of one poll may take twice as long
   */
  Quarantine(Self self, String group, RecordWriter writer, Journal journal, Duration patience, LongSupplier clock) {
    this.group = group;
    this.clock = clock;
    this.mostNanos = 2 * patience.toNanos();
    this.beganNanos = clock.getAsLong();
    pauses = new Pauses(clock);
    this.self = self;
    this.writer = writer;
    this.journal = journal;
  }

  /** A poll begins, or its records are about to be looked at. INVARIANT: a poll that took too long would have its consumer put out of its group. */
  void begin() {
    beganNanos = clock.getAsLong();
    ahead.clear();
  }

  /**
   * Begins to put aside a record that will probably be put aside next, so that it need not be waited for by itself.
   *
   * @return whether there may be more of these
   */
  boolean ahead(ConsumerRecord<?, ?> record, QuarantinedRecord.Reason reason) {
    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
    try {
      QuarantinedRecord aside = aside(record, reason);
      if (isLarge(aside) || pauses.isEarly(partition)) {
        return false;
      }
      ahead.put(new Place(partition, record.offset()), new Ahead(reason, writer.begin(aside.written())));
      return true;
    } catch (WakeupException | InterruptException application) {
      throw application;
    } catch (KafkaException | IllegalStateException failure) {
      return false; // who puts it aside meets it
    }
  }

  /**
   * Puts a record aside.
   *
   * @return whether it is there; if not, it has to be held
   */
  boolean put(ConsumerRecord<?, ?> record, QuarantinedRecord.Reason reason) {
    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
    Ahead begun = ahead.remove(new Place(partition, record.offset()));
    boolean late = clock.getAsLong() - beganNanos > mostNanos;
    if ((late && (begun == null || !begun.pending().isDone())) || pauses.isEarly(partition)) {
      return false;
    }
    try {
      QuarantinedRecord aside = aside(record, reason);
      if (begun != null && begun.reason() == reason) {
        await(begun.pending(), aside);
      } else {
        write(partition, aside);
      }
      pauses.succeeded(partition);
      journal.count(reason == QuarantinedRecord.Reason.IN_DOUBT
          ? Journal.QUARANTINE_IN_DOUBT
          : Journal.QUARANTINE_POLICY);
      return true;
    } catch (WakeupException | InterruptException application) {
      throw application;
    } catch (KafkaException | IllegalStateException failure) {
      pauses.failed(partition, failure instanceof RecordTooLargeException);
      journal.count(Journal.QUARANTINE_FAILED);
      journal.warnOnce("quarantine",
          "a tagged record could not be put aside in " + QuarantinedRecord.topic(self.service())
              + ": its partition stands still until it can, or it is known whose the record is",
          failure);
      return false;
    }
  }

  private QuarantinedRecord aside(ConsumerRecord<?, ?> record, QuarantinedRecord.Reason reason) {
    return new QuarantinedRecord(self.service(), reason, "", group, record.topic(), record.partition(), record.offset(),
        record.timestamp(), bytes(record.key()), bytes(record.value()), record.headers());
  }

  private void await(RecordWriter.Pending pending, QuarantinedRecord record) {
    try {
      pending.await();
    } catch (RecordTooLargeException large) {
      writeReference(record, large);
    }
  }

  private void write(TopicPartition partition, QuarantinedRecord record) {
    if (pauses.failures(partition) >= TRIES && isLarge(record)) {
      writeReference(record, null);
      return;
    }
    try {
      writer.write(record.written());
    } catch (RecordTooLargeException large) {
      writeReference(record, large);
    }
  }

  private static boolean isLarge(QuarantinedRecord record) {
    byte[] key = record.key();
    byte[] value = record.value();
    return (key == null ? 0 : key.length) + (value == null ? 0 : value.length) > LARGE;
  }

  private void writeReference(QuarantinedRecord record, @Nullable RecordTooLargeException refused) {
    writer.write(record.asReference().written());
    journal.count(Journal.QUARANTINE_BY_REFERENCE);
    journal.warnOnce("large", record.id() + " is too large for " + QuarantinedRecord.topic(self.service())
        + ": there stands where it came from, and it is read from there as long as it is kept there", refused);
  }

  /** What the client gave its deserializer. Nobody has deserialized it: its owner was not known. */
  private static byte @Nullable [] bytes(@Nullable Object part) {
    if (part == null) {
      return null;
    }
    if (!(part instanceof Deferred deferred)) {
      throw new IllegalStateException("a part that was deserialized: " + part.getClass().getName());
    }
    ByteBuffer buffer = deferred.buffer();
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  void close() {
    writer.close();
  }
}
