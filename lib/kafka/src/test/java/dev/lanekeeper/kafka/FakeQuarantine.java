package dev.lanekeeper.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.record.TimestampType;

/** A quarantine in memory, which may be out of reach. */
final class FakeQuarantine implements RecordWriter {

  final List<QuarantinedRecord> records = new ArrayList<>();
  boolean failing;
  boolean closed;

  @Override
  public void write(ProducerRecord<byte[], byte[]> record) {
    if (failing) {
      throw new TimeoutException("no broker");
    }
    records.add(QuarantinedRecord.read(new ConsumerRecord<>(record.topic(), 0, records.size(), 0,
        TimestampType.CREATE_TIME, 0, 0, record.key(), record.value(), record.headers(), Optional.empty())));
  }

  @Override
  public void close() {
    closed = true;
  }
}
