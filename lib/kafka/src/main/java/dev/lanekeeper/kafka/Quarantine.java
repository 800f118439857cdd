package dev.lanekeeper.kafka;

import dev.lanekeeper.model.Self;
import java.nio.ByteBuffer;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/** Puts records of one consumer of the baseline aside, as they came. */
final class Quarantine {

  /** After a failure, how long nobody tries again: each try makes a poll wait. */
  private static final long PAUSE_NANOS = 2_000_000_000L;

  private final Self self;
  private final String group;
  private final RecordWriter writer;
  private final Journal journal;
  private final LongSupplier clock;
  private long failedNanos;

  Quarantine(Self self, String group, RecordWriter writer, Journal journal, LongSupplier clock) {
    this.group = group;
    this.clock = clock;
    this.failedNanos = clock.getAsLong() - PAUSE_NANOS;
    this.self = self;
    this.writer = writer;
    this.journal = journal;
  }

  /**
   * Puts a record aside.
   *
   * @return whether it is there; if not, it has to be held: as what stands in a topic of ours is, which was put aside before
   */
  boolean put(ConsumerRecord<?, ?> record, QuarantinedRecord.Reason reason) {
    if (Redelivery.isOurs(record.topic())) {
      return false;
    }
    if (clock.getAsLong() - failedNanos < PAUSE_NANOS) {
      return false;
    }
    try {
      writer.write(new QuarantinedRecord(self.service(), reason, "", group, record.topic(), record.partition(),
          record.offset(), record.timestamp(), bytes(record.key()), bytes(record.value()), record.headers()).written());
      journal.count(reason == QuarantinedRecord.Reason.IN_DOUBT
          ? Journal.QUARANTINE_IN_DOUBT
          : Journal.QUARANTINE_POLICY);
      return true;
    } catch (WakeupException | InterruptException application) {
      throw application;
    } catch (KafkaException | IllegalStateException failure) {
      failedNanos = clock.getAsLong();
      journal.count(Journal.QUARANTINE_FAILED);
      journal.warnOnce("quarantine",
          "a tagged record could not be put aside in " + QuarantinedRecord.topic(self.service())
              + ": its partition stands still until it can, or it is known whose the record is",
          failure);
      return false;
    }
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
