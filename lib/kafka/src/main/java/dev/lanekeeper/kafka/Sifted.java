package dev.lanekeeper.kafka;

import java.util.Arrays;
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
  private final long first;
  /** Whether there is an offset between any two records. */
  private final boolean hasGaps;
  /** All of them; those that are left have moved up to the front. Of objects: to copy them as records looks at each. */
  private Object @Nullable [] kept;
  /** How many are left. */
  private int left;
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
    first = polled.get(0).offset();
    hasGaps = polled.get(polled.size() - 1).offset() - first != polled.size() - 1;
    open = progress == null ? 0 : progress.begin(first);
  }

  /** Of records without a gap none is looked at for it: most of them lie cold again, since they were polled. */
  private long offsetOf(int record) {
    return hasGaps ? polled.get(record).offset() : first + record;
  }

  /** The next records up to this one, exclusively, are handed over as they are. */
  void keepTo(int end) {
    if (end > looked) {
      hand(end);
      if (kept != null) {
        System.arraycopy(kept, looked, kept, left, end - looked);
        left += end - looked;
      }
      looked = end;
    }
  }

  /** The next record is handed over as another one. */
  void replace(ConsumerRecord<K, V> record) {
    hand(looked + 1);
    own()[left++] = record;
    looked++;
  }

  private void hand(int end) {
    if (progress == null) {
      return;
    }
    if (passed >= 0) {
      progress.passedOver(open, offsetOf(looked));
      passed = -1;
    }
    handedOver = offsetOf(end - 1) + 1;
    open = handedOver;
  }

  /** The next records up to this one, exclusively, are passed over. */
  void dropTo(int end) {
    if (end > looked) {
      own();
      passed = offsetOf(end - 1) + 1;
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
      long end = stopped != null ? stopped.offset() : Math.max(behind, offsetOf(polled.size() - 1) + 1);
      if (passed >= 0) {
        progress.passedOver(open, end);
      }
      progress.shown(end, handedOver);
    }
  }

  private Object[] own() {
    Object[] present = kept;
    if (present == null) {
      present = polled.toArray();
      kept = present;
      left = looked;
    }
    return present;
  }

  /** The index of the next record to deal with. */
  int looked() {
    return looked;
  }

  boolean isUnchanged() {
    return kept == null;
  }

  /** Those that are left; a copy, unless all are. */
  @SuppressWarnings("unchecked") // there is nothing else in it
  List<ConsumerRecord<K, V>> records() {
    return kept == null ? polled : (List<ConsumerRecord<K, V>>) (List<?>) Arrays.asList(Arrays.copyOf(kept, left));
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
