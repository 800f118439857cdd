package dev.lanekeeper.kafka;

import dev.lanekeeper.model.Messages;
import dev.lanekeeper.model.Self;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the records of one partition after {@code poll} returned: hands over what is the consumer's own, deserialized
 * now, drops what is another's, undeserialized, and stops at what cannot be decided.
 */
final class Sieve {

  private final boolean underTest;
  private final Doubt doubt;
  private final TagReader reader;
  private final Journal journal;
  private final @Nullable Deserializer<?> keys;
  private final @Nullable Deserializer<?> values;
  private long skipped;
  private long discarded;
  private long delivered;

  Sieve(Self self, Doubt doubt, TagReader reader, Journal journal, @Nullable Deserializer<?> keys,
      @Nullable Deserializer<?> values) {
    this.underTest = !self.isBaseline();
    this.doubt = doubt;
    this.reader = reader;
    this.journal = journal;
    this.keys = keys;
    this.values = values;
  }

  /**
   * Sifts one partition.
   *
   * @param progress what to note there; null where the client commits by itself
   * @param behind where the consumer stands behind these records; -1 if the client does not say
   */
  <K, V> Sifted<K, V> sift(List<ConsumerRecord<K, V>> polled, @Nullable PartitionProgress progress, long behind) {
    Sifted<K, V> sifted = new Sifted<>(polled);
    long first = polled.get(0).offset();
    long open = progress == null ? first : progress.begin(first);
    long handedOver = -1;
    long passed = -1;
    for (int i = 0; i < polled.size() && sifted.stopped() == null; i++) {
      ConsumerRecord<K, V> record = polled.get(i);
      if (look(record, sifted)) {
        if (progress != null && passed >= 0) {
          progress.passedOver(open, record.offset());
        }
        passed = -1;
        handedOver = record.offset() + 1;
        open = handedOver;
      } else if (sifted.stopped() == null) {
        passed = record.offset() + 1;
      }
    }
    if (progress != null) {
      long end = end(polled, sifted, behind);
      if (passed >= 0) {
        progress.passedOver(open, end);
      }
      progress.shown(end, handedOver);
    }
    return sifted;
  }

  private static <K, V> long end(List<ConsumerRecord<K, V>> polled, Sifted<K, V> sifted, long behind) {
    ConsumerRecord<K, V> stopped = sifted.stopped();
    return stopped != null ? stopped.offset() : Math.max(behind, polled.get(polled.size() - 1).offset() + 1);
  }

  /** Looks at one record; whether it is handed over. */
  private <K, V> boolean look(ConsumerRecord<K, V> record, Sifted<K, V> sifted) {
    // INVARIANT: read as Object. The type variables are lies while a stand-in may be there. Key and value have the same
    // headers: where one is deferred, or foreign, so is the other, unless it is null.
    Object part = record.value();
    if (part == null) {
      part = record.key();
    }
    if (part == Deferred.FOREIGN) {
      skipped++;
      sifted.drop();
      return false;
    }
    boolean deferred = part instanceof Deferred;
    if (!deferred && part != null) {
      sifted.keep(record);
      return true;
    }
    if (!deferred && !reader.read(record.headers())) {
      return lookAtEmptyUntagged(record, sifted);
    }
    Messages.Action action = doubt.decide(record);
    return switch (action) {
      case DELIVER -> hand(record, sifted, deferred);
      case SKIP -> {
        skipped++;
        sifted.drop();
        yield false;
      }
      case DISCARD -> {
        discarded++;
        sifted.drop();
        yield false;
      }
      case ASK -> {
        journal.count(Journal.HOLD_IN_DOUBT);
        sifted.hold(record);
        yield false;
      }
    };
  }

  private <K, V> boolean lookAtEmptyUntagged(ConsumerRecord<K, V> record, Sifted<K, V> sifted) {
    if (underTest) {
      skipped++;
      sifted.drop();
    } else {
      sifted.keep(record);
    }
    return !underTest;
  }

  private <K, V> boolean hand(ConsumerRecord<K, V> record, Sifted<K, V> sifted, boolean deferred) {
    if (!deferred) {
      delivered++;
      sifted.keep(record);
      return true;
    }
    boolean atKey = true;
    try {
      K key = deserialized(record.key(), keys, record);
      atKey = false;
      V value = deserialized(record.value(), values, record);
      sifted.replace(new ConsumerRecord<>(record.topic(), record.partition(), record.offset(), record.timestamp(),
          record.timestampType(), record.serializedKeySize(), record.serializedValueSize(), key, value,
          record.headers(),
          record.leaderEpoch()));
      delivered++;
      return true;
    } catch (RuntimeException undecodable) {
      RecordDeserializationException failure = Clients.undecodable(record, atKey, undecodable);
      sifted.fail(record, failure);
      return false;
    }
  }

  @SuppressWarnings({"unchecked", "NullAway"}) // the delegate is the application's own for this type
  private static <T> T deserialized(T part, @Nullable Deserializer<?> delegate, ConsumerRecord<?, ?> record) {
    return (Object) part instanceof Deferred deferred && delegate != null
        ? (T) deferred.deserialize(delegate, record.topic(), record.headers())
        : part;
  }

  /** Adds what was counted since the last time to the counters. */
  void count() {
    journal.count(Journal.SKIP_FOREIGN, skipped);
    journal.count(Journal.DISCARD_POLICY, discarded);
    journal.count(underTest ? Journal.DELIVER_OWN : Journal.DELIVER_BASELINE, delivered);
    skipped = 0;
    discarded = 0;
    delivered = 0;
  }
}
