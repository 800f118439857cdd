package dev.lanekeeper.simulation;

import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Records by where they stand, for a trace. */
final class Places {

  private Places() {}

  static String text(ConsumerRecord<?, ?> record) {
    return record.topic() + "-" + record.partition() + "@" + record.offset();
  }

  static String text(List<? extends ConsumerRecord<?, ?>> records) {
    return records.stream().map(Places::text).toList().toString();
  }
}
