package dev.lanekeeper.controlplane.kafka;

import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Looks at topics as they stand, in no consumer group: nothing of anybody's is moved. Of transactions it sees what was committed.
 *
 * <p><b>Threads.</b> Belongs to one. Every method throws {@link BrokerException} where the cluster does not answer in time, or
 * refuses.
 */
public interface TopicBrowser extends AutoCloseable {

  /**
   * What there is to read of a partition.
   *
   * @param from the offset of the first record
   * @param to the offset after the last
   */
  record Extent(long from, long to) {}

  /** What there is to read of each partition of topics; those that do not exist are left out. */
  Map<TopicPartition, Extent> extents(Set<String> topics);

  /** Hands on the records of a part of a partition, in their order. Holds no more of them at once than the broker gives in one answer. */
  void read(TopicPartition partition, Extent part, Consumer<ConsumerRecord<byte[], byte[]>> taker);

  @Override
  void close();
}
