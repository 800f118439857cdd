package dev.lanekeeper.kafka;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/** A quarantine in memory, which may be out of reach. */
final class FakeQuarantine implements RecordWriter {

  final List<QuarantinedRecord> records = new ArrayList<>();
  boolean failing;
  /** How long a value may be; longer ones are refused. */
  int largest = Integer.MAX_VALUE;
  /** Values that begin with this do not arrive in time. */
  @Nullable String slow;
  /** What happens when somebody waits for one that was written. */
  Runnable onAwait = () -> {};
  int tries;
  /** Whether what was begun is not done before somebody waits for it. */
  boolean lagging;
  boolean closed;

  @Override
  public Pending begin(ProducerRecord<byte[], byte[]> record) {
    KafkaException failure = null;
    try {
      arrive(record);
    } catch (KafkaException thrown) {
      failure = thrown;
    }
    return new Arrival(failure);
  }

  private final class Arrival implements Pending {
    private final @Nullable KafkaException failure;

    Arrival(@Nullable KafkaException failure) {
      this.failure = failure;
    }

    @Override
    public boolean isDone() {
      return !lagging;
    }

    @Override
    public void await() {
      if (failure != null) {
        throw failure;
      }
      onAwait.run();
    }
  }

  private void arrive(ProducerRecord<byte[], byte[]> record) {
    tries++;
    byte[] value = record.value();
    String text = value == null ? "" : new String(value, StandardCharsets.UTF_8);
    if (failing || (slow != null && text.startsWith(slow))) {
      throw new TimeoutException("no broker");
    }
    if (text.length() > largest) {
      throw new RecordTooLargeException("too large");
    }
    records.add(QuarantinedRecord.read(new ConsumerRecord<>(record.topic(), 0, records.size(), 0,
        TimestampType.CREATE_TIME, 0, 0, record.key(), record.value(), record.headers(), Optional.empty())));
  }

  @Override
  public void close() {
    closed = true;
  }
}
