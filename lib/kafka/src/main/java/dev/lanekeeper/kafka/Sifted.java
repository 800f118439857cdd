package dev.lanekeeper.kafka;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.jspecify.annotations.Nullable;

/**
 * What is left of the records of one partition: the same list as long as nothing is taken out of it. Records are dealt with
 * in their order; what was passed over is noted in the partition's progress.
 */
final class Sifted<K, V> {

  private final List<ConsumerRecord<K, V>> polled;
  private final @Nullable PartitionProgress progress;
  private @Nullable List<ConsumerRecord<K, V>> kept;
  private int looked;
  /** From where on nothing has been handed over. */
  private long open;
  private long handedOver = -1;
  /** Behind the last record that was passed over since the last one that was handed over; -1 if none was. */
  private long passed = -1;
  private @Nullable ConsumerRecord<K, V> stopped;
  private @Nullable RecordDeserializationException failure;

  /**
   * Begins.
   *
   * @param polled at least one record
   * @param progress what to note there; null where the client commits by itself
   */
  Sifted(List<ConsumerRecord<K, V>> polled, @Nullable PartitionProgress progress) {
    this.polled = polled;
    this.progress = progress;
    open = progress == null ? 0 : progress.begin(polled.get(0).offset());
  }

  /** The next records up to this one, exclusively, are handed over as they are. */
  void keepTo(int end) {
    if (end > looked) {
      hand(polled.get(looked), polled.get(end - 1));
      if (kept != null) {
        for (int i = looked; i < end; i++) {
          kept.add(polled.get(i));
        }
      }
      looked = end;
    }
  }

  /** The next record is handed over as another one. */
  void replace(ConsumerRecord<K, V> record) {
    hand(record, record);
    own().add(record);
    looked++;
  }

  private void hand(ConsumerRecord<K, V> first, ConsumerRecord<K, V> last) {
    if (progress == null) {
      return;
    }
    if (passed >= 0) {
      progress.passedOver(open, first.offset());
      passed = -1;
    }
    handedOver = last.offset() + 1;
    open = handedOver;
  }

  /** The next records up to this one, exclusively, are passed over. */
  void dropTo(int end) {
    if (end > looked) {
      own();
      passed = polled.get(end - 1).offset() + 1;
      looked = end;
    }
  }

  /**
   * The next record, and all behind it, stay where they are.
   *
   * @param cause the failure to deserialize it; null if it cannot be decided
   */
  void stop(@Nullable RecordDeserializationException cause) {
    own();
    stopped = polled.get(looked);
    failure = cause;
  }

  /**
   * All are dealt with.
   *
   * @param behind where the consumer stands behind these records; -1 if the client does not say
   */
  void end(long behind) {
    if (progress != null) {
      long end = stopped != null ? stopped.offset() : Math.max(behind, polled.get(polled.size() - 1).offset() + 1);
      if (passed >= 0) {
        progress.passedOver(open, end);
      }
      progress.shown(end, handedOver);
    }
  }

  private List<ConsumerRecord<K, V>> own() {
    if (kept == null) {
      kept = new ArrayList<>(polled.size());
      kept.addAll(polled.subList(0, looked));
    }
    return kept;
  }

  /** The index of the next record to deal with. */
  int looked() {
    return looked;
  }

  boolean isUnchanged() {
    return kept == null;
  }

  List<ConsumerRecord<K, V>> records() {
    return kept == null ? polled : kept;
  }

  /** The record before which the partition stopped; null if all were dealt with. */
  @Nullable
  ConsumerRecord<K, V> stopped() {
    return stopped;
  }

  /** Why, if it was a failed deserialization. */
  @Nullable
  RecordDeserializationException failure() {
    return failure;
  }
}
