package dev.lanekeeper.kafka;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.common.TopicPartition;

/**
 * Polls a client that is to bring nothing now, without waiting: one that is not polled as often as its application polls is put out of
 * its group, after {@code max.poll.interval.ms}. Meanwhile all that it has is paused; the application's listeners may be called.
 */
final class Stay {

  private final Set<TopicPartition> paused = new HashSet<>();

  /**
   * Polls. What comes all the same, of partitions that are given to it meanwhile, is polled again.
   *
   * @param poll polls the client, without waiting
   */
  void poll(Consumer<?, ?> client, Supplier<ConsumerRecords<?, ?>> poll) {
    paused.addAll(client.assignment());
    paused.removeAll(client.paused());
    client.pause(List.copyOf(paused));
    try {
      takeBack(poll.get(), client);
    } catch (InvalidOffsetException nowhere) {
      // The next poll meets it, too.
    } finally {
      paused.retainAll(client.assignment());
      client.resume(List.copyOf(paused));
      paused.clear();
    }
  }

  /** Sets a client back to the first of these records in each partition. */
  static void takeBack(ConsumerRecords<?, ?> polled, Consumer<?, ?> client) {
    for (TopicPartition partition : polled.partitions()) {
      List<? extends ConsumerRecord<?, ?>> records = polled.records(partition);
      client.seek(partition, records.get(0).offset());
    }
  }

  /** The application pauses or resumes these itself, meanwhile. */
  void leave(Collection<TopicPartition> partitions) {
    paused.removeAll(partitions);
  }

  /** What the application sees as paused, where {@code partitions} are; {@code partitions} itself if all are its own. */
  Set<TopicPartition> visible(Set<TopicPartition> partitions) {
    if (paused.isEmpty()) {
      return partitions;
    }
    Set<TopicPartition> visible = new HashSet<>(partitions);
    visible.removeAll(paused);
    return visible;
  }
}
