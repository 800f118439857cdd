package dev.lanekeeper.storm;

import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What stands in topics. */
@FunctionalInterface
interface Records {

  /** Reads all that stands in a topic now, of transactions only what was committed. */
  void read(String topic, Consumer<ConsumerRecord<byte[], byte[]>> reader);
}
