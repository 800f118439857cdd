package dev.lanekeeper.kafka;

import dev.lanekeeper.model.Self;
import java.nio.ByteBuffer;
import java.time.Duration;
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
  }

  /**
   * Puts a record aside.
   *
   * @return whether it is there; if not, it has to be held: as what stands in a topic of ours is, which was put aside before
   */
  boolean put(ConsumerRecord<?, ?> record, QuarantinedRecord.Reason reason) {
    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
    boolean late = clock.getAsLong() - beganNanos > mostNanos;
    if (late || Redelivery.isOurs(record.topic()) || pauses.isEarly(partition)) {
      return false;
    }
    try {
      write(partition, new QuarantinedRecord(self.service(), reason, "", group, record.topic(), record.partition(),
          record.offset(), record.timestamp(), bytes(record.key()), bytes(record.value()), record.headers()));
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
