package dev.lanekeeper.kafka;

import dev.lanekeeper.model.Messages;
import dev.lanekeeper.model.Self;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the records of one partition after {@code poll} returned: hands over what is the consumer's own, deserialized
 * now, drops what is another's, undeserialized, and stops at what cannot be decided.
 */
final class Sieve {

  /** How many records are on their way to the quarantine at most. */
  private static final int MOST_AHEAD = 500;

  private final boolean underTest;
  private final Doubt doubt;
  private final Journal journal;
  private final @Nullable Deserializer<?> keys;
  private final @Nullable Deserializer<?> values;
  private final @Nullable Quarantine quarantine;
  private final OwnTopics ownTopics;
  private long skipped;
  private long discarded;
  private long delivered;
  /** Whether the record that was decided last was put aside. */
  private boolean aside;

  /** A sieve; {@code quarantine} is null under test, where nothing is put aside. */
  Sieve(Self self, Doubt doubt, Journal journal, @Nullable Deserializer<?> keys,
      @Nullable Deserializer<?> values, @Nullable Quarantine quarantine, OwnTopics ownTopics) {
    this.ownTopics = ownTopics;
    this.quarantine = quarantine;
    this.underTest = !self.isBaseline();
    this.doubt = doubt;
    this.journal = journal;
    this.keys = keys;
    this.values = values;
  }

  /**
   * Sifts one partition.
   *
   * @param progress what to note there; null where the client commits by itself
   * @param behind where the consumer stands behind these records; -1 if the client does not say
   * @param seen what the deserializers saw, if they saw these records and no others, each of them; else null
   */
  <K, V> Sifted<K, V> sift(List<ConsumerRecord<K, V>> polled, @Nullable PartitionProgress progress, long behind,
      @Nullable PollScan seen) {
    Sifted<K, V> sifted = new Sifted<>(polled, progress);
    int asideTo = 0;
    if (!polled.isEmpty() && ownTopics.has(polled.get(0).topic())) {
      sifted.keepTo(polled.size());
    } else if (seen != null && knowsMarked(polled, seen)) {
      for (int i = 0; i < seen.marked() && sifted.stopped() == null; i++) {
        restTo(seen.markedAt(i), sifted);
        aside = false;
        look(polled.get(seen.markedAt(i)), sifted);
        if (aside && i >= asideTo) {
          asideTo = putAsideAhead(polled, seen, i + 1);
        }
      }
      if (sifted.stopped() == null) {
        restTo(polled.size(), sifted);
      }
    } else {
      for (int i = 0; i < polled.size() && sifted.stopped() == null; i++) {
        look(polled.get(i), sifted);
      }
    }
    sifted.end(behind);
    return sifted;
  }

  /**
   * Where one record was put aside the next ones probably are, all of them in an outage: they are written at once, each without
   * waiting for the one before.
   *
   * @return up to which this was done
   */
  private int putAsideAhead(List<? extends ConsumerRecord<?, ?>> polled, PollScan seen, int from) {
    int i = from;
    for (; quarantine != null && i < Math.min(from + MOST_AHEAD, seen.marked()); i++) {
      ConsumerRecord<?, ?> record = polled.get(seen.markedAt(i));
      Messages.Action action = part(record) == Deferred.FOREIGN ? Messages.Action.SKIP : doubt.decide(record);
      QuarantinedRecord.Reason reason = null;
      if (action == Messages.Action.QUARANTINE) {
        reason = doubt.reason(record);
      } else if (action == Messages.Action.ASK) {
        if (!doubt.isToPutAside(record)) {
          break; // there the partition stops
        }
        reason = QuarantinedRecord.Reason.IN_DOUBT;
      }
      if (reason != null && !quarantine.ahead(record, reason)) {
        break;
      }
    }
    return i;
  }

  /**
   * INVARIANT: each record was seen once, so that where all that were marked stand where they were seen, no other one is.
   */
  private boolean knowsMarked(List<? extends ConsumerRecord<?, ?>> polled, PollScan seen) {
    for (int i = 0; i < seen.marked(); i++) {
      int at = seen.markedAt(i);
      if (at >= polled.size() || !isMarked(part(polled.get(at)))) {
        return false;
      }
    }
    return true;
  }

  /** All up to this record are known by their headers alone: untagged, or under test another's. */
  private void restTo(int end, Sifted<?, ?> sifted) {
    if (underTest) {
      skipTo(end, sifted);
    } else {
      sifted.keepTo(end);
    }
  }

  private void skipTo(int end, Sifted<?, ?> sifted) {
    skipped += end - sifted.looked();
    sifted.dropTo(end);
  }

  /**
   * The value of a record, or its key where it has none: either is deferred, or foreign, if the record is. Read as Object:
   * the type variables are lies while a stand-in may be there.
   */
  private static @Nullable Object part(ConsumerRecord<?, ?> record) {
    Object value = record.value();
    return value != null ? value : record.key();
  }

  private static boolean isDeferred(@Nullable Object part) {
    return part instanceof Deferred && part != Deferred.FOREIGN;
  }

  private boolean isMarked(@Nullable Object part) {
    return underTest ? isDeferred(part) : part instanceof Deferred;
  }

  private <K, V> void look(ConsumerRecord<K, V> record, Sifted<K, V> sifted) {
    Object part = part(record);
    if (part == Deferred.FOREIGN) {
      skipTo(sifted.looked() + 1, sifted);
    } else if (isDeferred(part)) {
      decide(record, sifted, true);
    } else if (part == null && (underTest || HandoverTopics.isOurs(record.topic()) || doubt.isTagged(record))) {
      // no deserializer was shown it
      decide(record, sifted, false);
    } else {
      restTo(sifted.looked() + 1, sifted);
    }
  }

  private <K, V> void decide(ConsumerRecord<K, V> record, Sifted<K, V> sifted, boolean deferred) {
    switch (doubt.decide(record)) {
      case DELIVER -> {
        doubt.stamp(record);
        hand(record, sifted, deferred);
      }
      case SKIP -> skipTo(sifted.looked() + 1, sifted);
      case DISCARD -> {
        discarded++;
        sifted.dropTo(sifted.looked() + 1);
      }
      case QUARANTINE -> putAside(record, doubt.reason(record), sifted);
      case ASK -> {
        if (doubt.isToPutAside(record)) {
          putAside(record, QuarantinedRecord.Reason.IN_DOUBT, sifted);
        } else {
          stop(sifted);
        }
      }
    }
  }

  private void putAside(ConsumerRecord<?, ?> record, QuarantinedRecord.Reason reason, Sifted<?, ?> sifted) {
    if (quarantine != null && quarantine.put(record, reason)) {
      aside = true;
      sifted.dropTo(sifted.looked() + 1);
    } else {
      stop(sifted);
    }
  }

  private void stop(Sifted<?, ?> sifted) {
    journal.count(Journal.HOLD_IN_DOUBT);
    sifted.stop(null);
  }

  private <K, V> void hand(ConsumerRecord<K, V> record, Sifted<K, V> sifted, boolean deferred) {
    if (!deferred) {
      delivered++;
      sifted.keepTo(sifted.looked() + 1);
      return;
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
    } catch (RuntimeException undecodable) {
      sifted.stop(Clients.undecodable(record, atKey, undecodable));
    }
  }

  @SuppressWarnings({"unchecked", "NullAway"}) // the delegate is the application's own for this type
  private <T> T deserialized(T part, @Nullable Deserializer<?> delegate, ConsumerRecord<?, ?> record) {
    return (Object) part instanceof Deferred deferred && delegate != null
        ? (T) deferred.deserialize(delegate, record.topic(), record.headers())
        : part;
  }

  /** Begins with the records of a poll. */
  void begin() {
    if (quarantine != null) {
      quarantine.begin();
    }
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
