package dev.lanekeeper.kafka;

import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Writes single records for the gate of one consumer.
 *
 * <p><b>Threads.</b> Belongs to that of the consumer.
 */
public interface RecordWriter extends AutoCloseable {

  /**
   * Writes a record, and waits until it is written.
   *
   * @throws org.apache.kafka.common.KafkaException if it is not, or nobody can tell
   */
  void write(ProducerRecord<byte[], byte[]> record);

  /** Never throws. */
  @Override
  void close();
}
