package dev.lanekeeper.kafka;

import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.Hop;
import dev.lanekeeper.model.RouteSource;
import dev.lanekeeper.model.Self;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
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
   * @param kept what of it the application gets
   * @param standsAt at which record the client stands, in partitions where that is before the end: it comes again, and those behind it
   */
  void tell(ConsumerRecords<?, ?> polled, ConsumerRecords<?, ?> kept, Map<TopicPartition, Long> standsAt) {
    TagReader reader = new TagReader(source.view().table().names(), false);
    for (TopicPartition partition : polled.partitions()) {
      Set<Long> delivered = new HashSet<>();
      kept.records(partition).forEach(record -> delivered.add(record.offset()));
      for (ConsumerRecord<?, ?> record : polled.records(partition)) {
        reader.read(record.headers());
        boolean isOwn = delivered.contains(record.offset());
        if (reader.isTraced() && (isOwn || record.offset() < standsAt.getOrDefault(partition, Long.MAX_VALUE))) {
          tell(record, reader.tag().carried(), isOwn);
        }
      }
    }
  }

  private void tell(ConsumerRecord<?, ?> record, Carried carried, boolean delivered) {
    String reason = !delivered ? "foreign" : !carried.isTagged() ? "untagged" : self.isBaseline() ? "baseline" : "own";
    source.tell(Hop.now(carried, Hop.Kind.CONSUME, Hop.Place.of(self),
        record.topic() + "[" + record.partition() + "]@" + record.offset(),
        delivered ? Hop.Outcome.PASS : Hop.Outcome.SKIP, reason, null, delivered ? self.incarnation() : null));
  }
}
