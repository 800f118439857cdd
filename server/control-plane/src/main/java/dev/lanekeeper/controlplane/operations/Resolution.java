package dev.lanekeeper.controlplane.operations;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.controlplane.kafka.BrokerException;
import dev.lanekeeper.controlplane.kafka.Copy;
import dev.lanekeeper.controlplane.kafka.GroupBroker;
import dev.lanekeeper.controlplane.kafka.GroupReader;
import dev.lanekeeper.controlplane.lifecycle.GroupReads;
import dev.lanekeeper.controlplane.quarantine.RecordKeys;
import dev.lanekeeper.controlplane.store.Catalog;
import dev.lanekeeper.controlplane.store.SqliteStore;
import dev.lanekeeper.kafka.QuarantinedRecord;
import dev.lanekeeper.kafka.QuarantinedRecord.Reason;
import dev.lanekeeper.kafka.RecordTags;
import dev.lanekeeper.kafka.RedeliveredRecord;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.ServiceName;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Reads the quarantines of one cluster, and carries out the {@link Verdicts} on what was put aside in doubt. What nobody can decide
 * yet stops nothing: it is kept in mind, and asked about again.
 *
 * <p>A record is settled in three steps: what is to be written of it is, then the store notes that it is settled, and then the
 * offsets are committed, as far as everything before is settled. Who dies in between settles it again; what the store has noted is
 * passed over. The noting is the moment that counts: what was handed over to a life that meanwhile came to be its undertaker's is
 * not noted, but decided again.
 *
 * <p>Sees to it that every service that consumes has a quarantine: its data planes may not be allowed to make one.
 *
 * <p><b>Threads.</b> Belongs to one.
 */
final class Resolution implements AutoCloseable {

  private static final Logger LOG = System.getLogger(Resolution.class.getName());
  /** Followed by the identity of the store: environments on one broker must not resolve what is another's. */
  private static final String GROUP_PREFIX = "lanekeeper.resolver.";
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  /** For a record of the largest size, over a slow line. */
  private static final Duration PATIENCE_FOR_A_LARGE = Duration.ofSeconds(30);
  private static final Duration READING = Duration.ofMillis(100);
  private static final int MOST_UNDECIDED = 10_000;
  private static final long MOST_UNDECIDED_BYTES = 64L * 1024 * 1024;
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

  private final SqliteStore store;
  private final GroupBroker broker;
  private final ClusterDocument cluster;
  private final LongSupplier nanos;
  private final Handovers handovers;
  private final String group;
  private final Undecided undecided = new Undecided(MOST_UNDECIDED, MOST_UNDECIDED_BYTES);
  /** Up to where each partition was read. */
  private final Map<TopicPartition, Long> read = new HashMap<>();
  private final Map<TopicPartition, Long> committed = new HashMap<>();
  /** The quarantines that were seen to. */
  private final Set<String> kept = new HashSet<>();
  private final Set<String> refused = new HashSet<>();
  private Set<String> topics = Set.of();
  private @Nullable GroupReader reader;
  private @Nullable Patience looked;

  Resolution(SqliteStore store, GroupBroker broker, ClusterDocument cluster, LongSupplier nanos) {
    this.store = store;
    this.broker = broker;
    this.cluster = cluster;
    this.nanos = nanos;
    this.group = GROUP_PREFIX + store.identity();
    this.handovers = new Handovers(store, broker, cluster, nanos);
  }

  /** Reads once, and settles what can be. */
  void work() {
    look();
    if (topics.isEmpty()) {
      return;
    }
    GroupReader seat = reader;
    if (seat == null) {
      seat = broker.undertake(cluster, group, topics, List.of());
      reader = seat;
    }
    List<ConsumerRecord<byte[], byte[]>> records = seat.read(READING);
    Set<TopicPartition> own = seat.positions().keySet();
    undecided.keepOnly(own);
    read.keySet().retainAll(own);
    committed.keySet().retainAll(own);
    if (!records.isEmpty() || !undecided.isEmpty()) {
      new Pass(seat, new Verdicts(store, cluster.name(), new RecordOwner(store))).run(records);
    }
  }

  private void look() {
    Patience last = looked;
    if (last != null && !last.isOver()) {
      return;
    }
    Set<String> there = quarantines(store.catalog());
    looked = new Patience(LOOK_AGAIN, nanos);
    if (!there.equals(topics)) {
      close();
      topics = there;
    }
  }

  private Set<String> quarantines(Catalog catalog) {
    Set<String> present = broker.topicsBeginning(cluster, QuarantinedRecord.TOPIC_PREFIX, PATIENCE);
    kept.retainAll(present);
    Set<String> wanted = new TreeSet<>();
    Set<String> there = new TreeSet<>();
    for (ServiceName service : catalog.serviceNames()) {
      if (present.contains(QuarantinedRecord.topic(service))) {
        there.add(QuarantinedRecord.topic(service));
      }
      for (GroupReads reads : Consumption.of(catalog, service).reads()) {
        if (reads.cluster().equals(cluster.name())) {
          wanted.add(QuarantinedRecord.topic(service));
        }
      }
    }
    wanted.addAll(there);
    for (String topic : wanted) {
      if (kept.contains(topic) || keep(topic)) {
        there.add(topic);
      }
    }
    return there;
  }

  /** Sees to one quarantine; whether it may be. That one may not is no reason to leave others alone. */
  private boolean keep(String topic) {
    try {
      broker.keep(cluster, topic, PATIENCE);
      kept.add(topic);
      return true;
    } catch (BrokerException e) {
      if (e.isUnreachable()) {
        throw e;
      }
      if (refused.add(topic)) {
        LOG.log(Level.WARNING, "without its quarantine a service holds what is in doubt: " + e.getMessage());
      }
      return false;
    }
  }

  /** What is read and settled at once. */
  private final class Pass {

    private final GroupReader seat;
    private final Verdicts verdicts;
    /** What the store knows to be settled of what was read now. */
    private final Set<String> settled = new HashSet<>();
    private final List<Settling> due = new ArrayList<>();
    private final Copies copies = new Copies();

    Pass(GroupReader seat, Verdicts verdicts) {
      this.seat = seat;
      this.verdicts = verdicts;
    }

    void run(List<ConsumerRecord<byte[], byte[]>> records) {
      for (Undecided.Held one : undecided.all()) {
        Verdict verdict = verdict(one.record());
        if (!(verdict instanceof Verdict.Undecided)) {
          settle(one, verdict);
        }
      }
      List<Undecided.@Nullable Held> inDoubt = new ArrayList<>();
      for (ConsumerRecord<byte[], byte[]> written : records) {
        inDoubt.add(inDoubt(written));
      }
      recall(inDoubt);
      Set<TopicPartition> stopped = new HashSet<>();
      for (int i = 0; i < records.size(); i++) {
        ConsumerRecord<byte[], byte[]> written = records.get(i);
        TopicPartition partition = new TopicPartition(written.topic(), written.partition());
        Undecided.Held one = inDoubt.get(i);
        if (stopped.contains(partition)) {
          continue;
        }
        if (one != null && !take(one)) {
          stopped.add(partition);
          seat.back(partition, written.offset());
        } else {
          read.put(partition, written.offset() + 1);
        }
      }
      finish();
      commit();
    }

    private void recall(List<Undecided.@Nullable Held> inDoubt) {
      store.inTransaction(transaction -> {
        for (Undecided.Held one : inDoubt) {
          if (one != null && transaction.isResolved(one.record().service(), one.key())) {
            settled.add(one.key());
          }
        }
        return settled.size();
      });
    }

    /** Whether it need not be read again: it is settled, or kept in mind. */
    private boolean take(Undecided.Held one) {
      if (settled.contains(one.key()) || undecided.contains(one.key())) {
        return true;
      }
      Verdict verdict = verdict(one.record());
      if (!(verdict instanceof Verdict.Undecided)) {
        undecided.add(one); // until it is noted
        settle(one, verdict);
        return true;
      }
      if (undecided.hasRoom(one)) {
        undecided.add(one);
        return true;
      }
      return false;
    }

    /** What cannot be handed over for now waits like what cannot be decided. */
    private Verdict verdict(QuarantinedRecord record) {
      Verdict verdict = verdicts.of(record);
      return verdict instanceof Verdict.HandedOver && !handovers.prepare(record) ? Verdict.UNDECIDED : verdict;
    }

    private void settle(Undecided.Held one, Verdict verdict) {
      Copy copy = copy(one.record(), verdict);
      if (copy != null && !copies.haveRoom(copy)) {
        finish();
      }
      due.add(new Settling(one, verdict));
      if (copy != null) {
        copies.add(copy);
      }
    }

    /** What is to be written; null if nothing is. */
    private @Nullable Copy copy(QuarantinedRecord record, Verdict verdict) {
      return switch (verdict) {
        case Verdict.PutAside(Reason reason) ->
          new Copy(record.because(reason).written(), record.because(reason).asReference().written());
        case Verdict.HandedOver handedOver -> handedOver(record, handedOver);
        case Verdict.Dropped _,Verdict.Undecided _ -> null;
      };
    }

    private @Nullable Copy handedOver(QuarantinedRecord record, Verdict.HandedOver verdict) {
      QuarantinedRecord whole = record.byReference() ? original(record) : record;
      if (whole == null) {
        LOG.log(Level.WARNING,
            "a message cannot be handed over to " + record.service() + ", since it is not to be had at "
                + record.id() + " any more; what is known of it stays in " + QuarantinedRecord.topic(record.service()));
        return null;
      }
      return new Copy(written(whole, verdict), null);
    }

    private ProducerRecord<byte[], byte[]> written(QuarantinedRecord whole, Verdict.HandedOver verdict) {
      ProducerRecord<byte[], byte[]> copy = new RedeliveredRecord(whole, verdict.receiver()).written();
      Carried carried = verdict.carried();
      if (carried.isTagged()) {
        RecordTags.write(copy.headers(), store.catalog().table().names(), carried);
      }
      return copy;
    }

    /** Writes what is due, and notes it. */
    private void finish() {
      if (!copies.isEmpty()) {
        for (Copy tooLarge : seat.commit(settledUpTo(), copies.take())) {
          if (tooLarge.reference() == null) {
            LOG.log(Level.WARNING, "a message is too large for " + tooLarge.whole().topic()
                + " and is not handed over; it stays in quarantine");
          }
        }
      }
      if (!due.isEmpty()) {
        note();
        due.clear();
      }
    }

    private void note() {
      List<Settling> noted = store.inTransaction(transaction -> {
        List<Settling> received = new ArrayList<>();
        for (Settling each : due) {
          if (!(each.verdict instanceof Verdict.HandedOver handedOver)
              || Verdicts.isReceived(transaction, handedOver)) {
            transaction.resolved(each.held.record().service(), each.held.key());
            received.add(each);
          }
        }
        return received;
      });
      noted.forEach(each -> {
        settled.add(each.held.key());
        undecided.remove(each.held);
      });
    }

    private void commit() {
      Map<TopicPartition, Long> offsets = settledUpTo();
      if (!offsets.equals(committed)) {
        seat.commit(offsets, List.of());
        committed.putAll(offsets);
      }
    }
  }

  private record Settling(Undecided.Held held, Verdict verdict) {}

  private Map<TopicPartition, Long> settledUpTo() {
    Map<TopicPartition, Long> offsets = new HashMap<>();
    read.forEach((partition, position) -> offsets.put(partition, undecided.settled(partition, position)));
    return offsets;
  }

  private Undecided.@Nullable Held inDoubt(ConsumerRecord<byte[], byte[]> written) {
    try {
      QuarantinedRecord record = QuarantinedRecord.read(written);
      if (!QuarantinedRecord.topic(record.service()).equals(written.topic())) {
        throw new IllegalArgumentException("service: " + record.service() + " (expected: that of the quarantine)");
      }
      return record.reason() == Reason.IN_DOUBT && !record.group().isEmpty()
          ? new Undecided.Held(new TopicPartition(written.topic(), written.partition()), written.offset(), key(record),
              record)
          : null;
    } catch (IllegalArgumentException notOurs) {
      LOG.log(Level.WARNING, written.topic() + "-" + written.partition() + "@" + written.offset()
          + ": passed over: " + notOurs.getMessage());
      return null;
    }
  }

  private String key(QuarantinedRecord record) {
    return RecordKeys.inDoubt(cluster.name(), record);
  }

  /** The record with what was too large to be put aside; null where it is not to be had any more. */
  private @Nullable QuarantinedRecord original(QuarantinedRecord record) {
    try {
      ConsumerRecord<byte[], byte[]> there =
          broker.read(cluster, record.topic(), record.partition(), record.offset(), PATIENCE_FOR_A_LARGE);
      return there == null || there.timestamp() != record.timestampMillis()
          ? null
          : record.whole(there);
    } catch (BrokerException e) {
      if (e.isUnreachable()) {
        throw e;
      }
      LOG.log(Level.WARNING, e.getMessage(), e);
      return null;
    }
  }

  /** Leaves the group. What was read and not committed is read again. */
  @Override
  public void close() {
    handovers.forget();
    undecided.clear();
    read.clear();
    committed.clear();
    GroupReader given = reader;
    reader = null;
    if (given != null) {
      given.close();
    }
  }
}
