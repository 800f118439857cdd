package dev.lanekeeper.simulation;

import dev.lanekeeper.kafka.RecordWriter;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** Writes what consumers put aside to the simulated broker; the answer may be lost. */
final class QuarantineWriter implements RecordWriter {

  private final World world;

  QuarantineWriter(World world) {
    this.world = world;
  }

  @Override
  public void write(ProducerRecord<byte[], byte[]> record) {
    Scheduler scheduler = world.scheduler();
    scheduler.pause(0, 10);
    if (world.broker().isDown()) {
      scheduler.pause(100, 1_000);
      throw new KafkaException("the broker does not answer");
    }
    Logs logs = world.broker().logs();
    logs.make(record.topic(), 1);
    logs.append(new TopicPartition(record.topic(), 0), Clock.millis(scheduler), record.key(), record.value(),
        record.headers());
    world.broker().news().wake();
    boolean lost = world.losesAnswer();
    scheduler.pause(0, 10);
    if (lost) {
      throw new KafkaException("nobody can tell");
    }
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
