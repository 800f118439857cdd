package dev.lanekeeper.kafka;

import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.Hop;
import dev.lanekeeper.model.RouteSource;
import dev.lanekeeper.model.Self;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** Tells those who trace a record what a consumer did with it. Asked only after polls in which there was one. */
final class TracedRecords {

  private final RouteSource source;
  private final Self self;

  TracedRecords(RouteSource source, Self self) {
    this.source = source;
    this.self = self;
  }

  /**
   * After a poll was decided about.
   *
   * @param polled what the client returned
   * @param own what of it the application gets
   */
  void tell(ConsumerRecords<?, ?> polled, ConsumerRecords<?, ?> own, Consumer<?, ?> client) {
    TagReader reader = new TagReader(source.view().table().names(), false);
    for (TopicPartition partition : polled.partitions()) {
      Set<Long> delivered = new HashSet<>();
      own.records(partition).forEach(record -> delivered.add(record.offset()));
      for (ConsumerRecord<?, ?> record : polled.records(partition)) {
        reader.read(record.headers());
        if (reader.isTraced()) {
          tell(record, partition, reader.tag().carried(), delivered.contains(record.offset()), client);
        }
      }
    }
  }

  private void tell(ConsumerRecord<?, ?> record, TopicPartition partition, Carried carried, boolean delivered,
      Consumer<?, ?> client) {
    if (!delivered && !isPassed(record, partition, client)) {
      return; // it is held, and comes again
    }
    String reason = !delivered ? "foreign" : !carried.isTagged() ? "untagged" : self.isBaseline() ? "baseline" : "own";
    source.tell(Hop.now(carried, Hop.Kind.CONSUME, Hop.Place.of(self),
        record.topic() + "[" + record.partition() + "]@" + record.offset(),
        delivered ? Hop.Outcome.PASS : Hop.Outcome.SKIP, reason, null, delivered ? self.incarnation() : null));
  }

  private static boolean isPassed(ConsumerRecord<?, ?> record, TopicPartition partition, Consumer<?, ?> client) {
    try {
      return client.position(partition) > record.offset();
    } catch (KafkaException | IllegalStateException gone) {
      return false; // it is another's by now
    }
  }
}
