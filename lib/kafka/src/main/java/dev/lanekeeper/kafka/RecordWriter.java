package dev.lanekeeper.kafka;

import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Writes single records for the gate of one consumer.
 *
 * <p><b>Threads.</b> Belongs to that of the consumer.
 */
public interface RecordWriter extends AutoCloseable {

  /** A record that is being written. */
  interface Pending {
    /** Whether it is known what became of it. */
    boolean isDone();

    /**
     * Waits until the record is written.
     *
     * @throws org.apache.kafka.common.KafkaException if it is not, or nobody can tell
     */
    void await();
  }

  /**
   * Begins to write a record. Several may be on their way at once.
   *
   * @throws org.apache.kafka.common.KafkaException if it is known at once that it will not be written
   */
  Pending begin(ProducerRecord<byte[], byte[]> record);

  /**
   * Writes a record, and waits until it is written.
   *
   * @throws org.apache.kafka.common.KafkaException if it is not, or nobody can tell
   */
  default void write(ProducerRecord<byte[], byte[]> record) {
    begin(record).await();
  }

  /** Never throws. */
  @Override
  void close();
}
