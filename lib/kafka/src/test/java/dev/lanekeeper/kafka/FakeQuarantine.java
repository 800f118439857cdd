package dev.lanekeeper.kafka;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
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
  Runnable onWrite = () -> {};
  int tries;
  boolean closed;

  @Override
  public void write(ProducerRecord<byte[], byte[]> record) {
    tries++;
    onWrite.run();
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
