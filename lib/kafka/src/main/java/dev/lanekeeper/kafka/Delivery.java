package dev.lanekeeper.kafka;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/**
 * What of each poll the application gets: its own records, partition by partition, up to the first that cannot be decided or
 * deserialized. The client stands behind what was handed over or passed over, and nowhere else.
 */
final class Delivery {

  private final PollScan scan;
  private final Sieve sieve;
  private final Doubt doubt;
  private final Holds holds;
  private final Commits commits;
  private final Journal journal;
  private final @Nullable Claims claims;
  private final TracedRecords traced;
  /** Where the client stands behind the poll, in partitions where that is before its end: what is there comes again. */
  private final Map<TopicPartition, Long> standsAt = new HashMap<>();
  /** Of an own record at which a partition stopped: thrown once there is nothing before it left to hand over. */
  private @Nullable RecordDeserializationException failure;

  /** Of one consumer; {@code claims} is null at the baseline. */
  Delivery(PollScan scan, Sieve sieve, Doubt doubt, Holds holds, Commits commits, @Nullable Claims claims,
      Journal journal, TracedRecords traced) {
    this.traced = traced;
    this.claims = claims;
    this.journal = journal;
    this.scan = scan;
    this.sieve = sieve;
    this.doubt = doubt;
    this.holds = holds;
    this.commits = commits;
  }

  /**
   * Before a poll. The client throws nothing for a partition that is paused; where it stands at the record, the failure comes
   * back.
   */
  void throwFailure(Consumer<?, ?> client) {
    RecordDeserializationException due = failure;
    failure = null;
    if (due != null && client.assignment().contains(due.topicPartition())
        && !client.paused().contains(due.topicPartition())
        && client.position(due.topicPartition()) == due.offset()) {
      throw due;
    }
  }

  /** The application goes elsewhere: nobody asks for that record any more. */
  void forgetFailure() {
    failure = null;
  }

  /**
   * After a poll.
   *
   * @return {@code polled} itself where nothing is taken out of it
   * @throws RecordDeserializationException if the first own record cannot be deserialized; the client stands at it
   */
  <K, V> ConsumerRecords<K, V> own(ConsumerRecords<K, V> polled, Consumer<?, ?> client) {
    ConsumerRecords<K, V> own;
    standsAt.clear();
    try {
      own = polled.isEmpty() ? polled : claimed(polled, client);
    } catch (Throwable lost) {
      takeBack(polled, client, lost);
      throw lost;
    }
    if (scan.sawTraced()) {
      tell(polled, own);
    }
    RecordDeserializationException due = failure;
    if (due != null && own.isEmpty()) {
      failure = null;
      throw due;
    }
    return own;
  }

  /** INVARIANT: what was polled is the application's, whatever becomes of the telling. */
  private void tell(ConsumerRecords<?, ?> polled, ConsumerRecords<?, ?> own) {
    try {
      traced.tell(polled, own, standsAt);
    } catch (RuntimeException | Error failure) {
      journal.count(Journal.TRACE_FAILED);
    }
  }

  private <K, V> ConsumerRecords<K, V> claimed(ConsumerRecords<K, V> polled, Consumer<?, ?> client) {
    if (claims == null || !claims.areNeeded()) {
      return decided(polled, client);
    }
    try {
      claims.learn(polled.partitions(), client);
      ConsumerRecords<K, V> own = decided(polled, client);
      claims.claim(own, client);
      return own;
    } catch (WakeupException | InterruptException application) {
      throw application;
    } catch (KafkaException broker) {
      journal.count(Journal.CLAIM_FAILED);
      journal.warnOnce("claim", "records could not be claimed before they are processed: they are read again", broker);
      takeBack(polled, client, broker);
      failure = null;
      return ConsumerRecords.empty();
    }
  }

  private <K, V> ConsumerRecords<K, V> decided(ConsumerRecords<K, V> polled, Consumer<?, ?> client) {
    boolean sawAll = scan.sawAll(polled.count());
    if (sawAll && scan.sawOnlyOwn()) {
      noteAllDelivered(polled);
      return polled;
    }
    return sift(polled, client, sawAll && polled.partitions().size() == 1 ? scan : null);
  }

  /** Whatever was thrown, nothing was handed over: the client stands where it stood before the poll, and nothing more is committed. */
  void takeBack(ConsumerRecords<?, ?> polled, Consumer<?, ?> client, Throwable lost) {
    for (TopicPartition partition : polled.partitions()) {
      commits.takenBack(partition);
      standsAt.put(partition, polled.records(partition).get(0).offset());
      try {
        if (holds.holds(partition)) {
          holds.release(client, partition);
        }
        client.seek(partition, polled.records(partition).get(0).offset());
      } catch (RuntimeException gone) {
        lost.addSuppressed(gone);
      }
    }
  }

  private <K, V> void noteAllDelivered(ConsumerRecords<K, V> polled) {
    for (TopicPartition partition : polled.partitions()) {
      PartitionProgress place = commits.progressOf(partition);
      if (place == null) {
        return; // the client commits by itself
      }
      List<ConsumerRecord<K, V>> records = polled.records(partition);
      place.begin(records.get(0).offset());
      long end = records.get(records.size() - 1).offset() + 1;
      place.shown(end, end);
    }
  }

  private <K, V> ConsumerRecords<K, V> sift(ConsumerRecords<K, V> polled, Consumer<?, ?> client,
      @Nullable PollScan seen) {
    doubt.begin();
    sieve.begin();
    Map<TopicPartition, OffsetAndMetadata> next = Clients.nextOffsets(polled);
    Map<TopicPartition, List<ConsumerRecord<K, V>>> kept = new LinkedHashMap<>();
    RecordDeserializationException failed = null;
    boolean changed = false;
    boolean held = false;
    for (TopicPartition partition : polled.partitions()) {
      OffsetAndMetadata behind = next.get(partition);
      Sifted<K, V> sifted = sieve.sift(polled.records(partition), commits.progressOf(partition),
          behind == null ? -1 : behind.offset(), seen);
      changed |= !sifted.isUnchanged();
      List<ConsumerRecord<K, V>> left = sifted.records();
      if (!left.isEmpty()) {
        kept.put(partition, left);
      }
      ConsumerRecord<K, V> stopped = sifted.stopped();
      if (stopped != null) {
        standsAt.put(partition, stopped.offset());
        next = withNext(next, partition, stopped);
        if (sifted.failure() == null) {
          holds.hold(client, partition, stopped);
          doubt.held(partition, stopped);
          held = true;
        } else {
          client.seek(partition, stopped.offset());
          failed = failed == null ? sifted.failure() : failed;
        }
      }
    }
    sieve.count();
    if (held) {
      doubt.watch();
    }
    failure = failed;
    return changed ? Clients.records(kept, next) : polled;
  }

  private static Map<TopicPartition, OffsetAndMetadata> withNext(Map<TopicPartition, OffsetAndMetadata> next,
      TopicPartition partition, ConsumerRecord<?, ?> stopped) {
    if (!Clients.KNOWS_NEXT_OFFSETS) {
      return next;
    }
    Map<TopicPartition, OffsetAndMetadata> changed = new HashMap<>(next);
    changed.put(partition, new OffsetAndMetadata(stopped.offset(), stopped.leaderEpoch(), ""));
    return changed;
  }
}
