package dev.lanekeeper.kafka;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.jspecify.annotations.Nullable;

/** What is left of the records of one partition: the same list as long as nothing is taken out of it. */
final class Sifted<K, V> {

  private final List<ConsumerRecord<K, V>> polled;
  private @Nullable List<ConsumerRecord<K, V>> kept;
  private int looked;
  private @Nullable ConsumerRecord<K, V> held;
  private @Nullable RecordDeserializationException failure;

  Sifted(List<ConsumerRecord<K, V>> polled) {
    this.polled = polled;
  }

  /** The next record is handed over as it is. */
  void keep(ConsumerRecord<K, V> record) {
    if (kept != null) {
      kept.add(record);
    }
    looked++;
  }

  /** The next record is handed over as another one. */
  void replace(ConsumerRecord<K, V> record) {
    own().add(record);
    looked++;
  }

  /** The next record is passed over. */
  void drop() {
    own();
    looked++;
  }

  /** The next record, and all behind it, stay where they are. */
  void hold(ConsumerRecord<K, V> record) {
    own();
    held = record;
  }

  /** The next record is the consumer's own and cannot be deserialized; it, and all behind it, stay where they are. */
  void fail(ConsumerRecord<K, V> record, RecordDeserializationException cause) {
    own();
    held = record;
    failure = cause;
  }

  private List<ConsumerRecord<K, V>> own() {
    if (kept == null) {
      kept = new ArrayList<>(polled.size());
      for (int i = 0; i < looked; i++) {
        kept.add(polled.get(i));
      }
    }
    return kept;
  }

  boolean isUnchanged() {
    return kept == null;
  }

  List<ConsumerRecord<K, V>> records() {
    return kept == null ? polled : kept;
  }

  /** The record before which the partition stopped; null if all were looked at. */
  @Nullable
  ConsumerRecord<K, V> stopped() {
    return held;
  }

  /** Why, if it was a failed deserialization. */
  @Nullable
  RecordDeserializationException failure() {
    return failure;
  }
}
