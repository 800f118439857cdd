package dev.lanekeeper.controlplane.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * The undertaker's seat in one consumer group: reads in the place of the workload whose group it was.
 *
 * <p>The broker lets nobody else into the group meanwhile, but for other undertakers, with whom the partitions are shared: any of
 * them may go on where another one died.
 *
 * <p><b>Threads.</b> Belongs to one. Every method throws {@link BrokerException} where the cluster does not answer, or
 * refuses; what was read and not committed is then read again, by a reader opened anew.
 */
public interface GroupReader extends AutoCloseable {

  /**
   * Reads on, for that long at most; joins the group first where this reader has not.
   *
   * @return in the order of their partitions; the first time from where the group had committed, or where it was to begin
   * @throws GroupOccupiedException if a workload is in the group
   */
  List<ConsumerRecord<byte[], byte[]>> read(Duration patience);

  /** Whether the group has given this reader its partitions. */
  boolean hasJoined();

  /**
   * Changes whenever the group has given this reader its partitions anew, or has taken them away: what was read before, and not committed, is
   * read again.
   */
  long seat();

  /** Sets the reader back: the next record that is read of this partition is the one at this offset. */
  void back(TopicPartition partition, long offset);

  /**
   * Commits offsets of the next record, together with copies of records: all of it, or nothing.
   *
   * @param copies to be written; may be empty
   * @return those of the copies that are too large for the broker: it has their reference
   */
  List<Copy> commit(Map<TopicPartition, Long> offsets, List<Copy> copies);

  /** The partitions that this reader has, and up to where they were read: the offset of the next record in each. */
  Map<TopicPartition, Long> positions();

  /**
   * Up to which offset, exclusively, the workload may have begun to process records of the partitions that this reader has; those of
   * which it said nothing are left out. Each commit of this reader says it on.
   */
  Map<TopicPartition, Long> claims();

  /** The partitions that this reader reads again from their beginning, since what was there is not any more; each is told once. */
  Set<TopicPartition> begunAnew();

  /** What this reader met that people should know; each is told once. */
  List<String> news();

  /** Leaves the group. */
  @Override
  void close();
}
