package dev.lanekeeper.controlplane.operations;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.controlplane.kafka.BrokerException;
import dev.lanekeeper.controlplane.kafka.GroupBroker;
import dev.lanekeeper.controlplane.kafka.GroupReader;
import dev.lanekeeper.controlplane.lifecycle.GroupReads;
import dev.lanekeeper.controlplane.quarantine.RecordKeys;
import dev.lanekeeper.controlplane.store.Catalog;
import dev.lanekeeper.controlplane.store.Store;
import dev.lanekeeper.controlplane.store.Transaction;
import dev.lanekeeper.kafka.QuarantinedRecord;
import dev.lanekeeper.kafka.QuarantinedRecord.Reason;
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
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Reads the quarantines of one Kafka, and has what was put aside in doubt settled, by a {@link Settlement} after each read. What
 * nobody can decide yet stops nothing: it is kept in mind, and asked about again.
 *
 * <p>Sees to it that every service that consumes has a quarantine: its data planes may not be allowed to make one.
 *
 * <p><b>Threads.</b> Belongs to one.
 */
final class Resolution implements AutoCloseable {

  private static final Logger LOG = System.getLogger(Resolution.class.getName());
  /** Followed by the identity of the store: environments on one broker must not resolve what is another's. */
  private static final String GROUP_PREFIX = "lanekeeper.resolver.";
  /** What the names of all topics of ours begin with. */
  private static final String OURS = "lanekeeper.";
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration READING = Duration.ofMillis(100);
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

  private final Store store;
  private final GroupBroker broker;
  private final ClusterDocument cluster;
  private final SameKafka kafka;
  private final LongSupplier nanos;
  private final Handovers handovers;
  private final HandoverUpkeep upkeep;
  private final Progress progress = new Progress();
  private final Map<TopicPartition, Long> committed = new HashMap<>();
  /** The quarantines that were seen to. */
  private final Set<String> kept = new HashSet<>();
  /** Of what was warned. */
  private final Set<String> said = new HashSet<>();
  private Set<String> topics = Set.of();
  private @Nullable GroupReader reader;
  private @Nullable Patience looked;

  Resolution(Store store, GroupBroker broker, ClusterDocument cluster, SameKafka kafka, LongSupplier nanos) {
    this.store = store;
    this.broker = broker;
    this.cluster = cluster;
    this.kafka = kafka;
    this.nanos = nanos;
    this.handovers = new Handovers(store, broker, cluster, kafka.id(), nanos);
    this.upkeep = new HandoverUpkeep(store, broker, cluster, kafka, handovers, nanos);
  }

  /** The group in which a store reads quarantines. */
  static String group(Store store) {
    return GROUP_PREFIX + store.identity();
  }

  /** Of which documents the Kafka is. */
  SameKafka kafka() {
    return kafka;
  }

  /** Reads once, and settles what can be. */
  void work() {
    look();
    if (topics.isEmpty()) {
      return;
    }
    GroupReader seat = reader;
    if (seat == null) {
      seat = broker.undertake(cluster, group(store), topics, List.of());
      reader = seat;
    }
    List<ConsumerRecord<byte[], byte[]>> records = seat.read(READING);
    Map<TopicPartition, Long> positions = seat.positions();
    Set<TopicPartition> begun = seat.begunAnew();
    progress.keepOnly(positions.keySet());
    committed.keySet().retainAll(positions.keySet());
    if (!records.isEmpty() || !progress.undecided().isEmpty()) {
      settle(seat, records);
    }
    for (TopicPartition anew : begun) { // INVARIANT: only now is nothing left of what was read before
      progress.forget(anew);
      committed.remove(anew);
    }
    readAgain(seat, positions);
  }

  private void settle(GroupReader seat, List<ConsumerRecord<byte[], byte[]>> records) {
    List<Undecided.Held> read = new ArrayList<>();
    long tooOld = 0;
    long oldest = store.current().asOfMillis() - Transaction.RESOLVED_KNOWN.toMillis();
    for (ConsumerRecord<byte[], byte[]> written : records) {
      Undecided.Held one = progress.meet(partition(written), written.offset()) ? inDoubt(written) : null;
      if (one != null && written.timestamp() >= 0 && written.timestamp() < oldest) {
        tooOld++;
      } else if (one != null) {
        read.add(one);
      }
    }
    if (tooOld > 0) {
      LOG.log(Level.WARNING, tooOld + " messages were put aside in doubt more than "
          + Transaction.RESOLVED_KNOWN.toDays() + " days ago: nobody knows any more whether they were handed over, and"
          + " they stay in quarantine");
    }
    new Settlement(new Settlement.Surroundings(store, broker, cluster, kafka, handovers, said), progress, seat)
        .run(read);
    Map<TopicPartition, Long> offsets = progress.settled();
    if (!offsets.equals(committed)) {
      seat.commit(offsets, List.of());
      committed.putAll(offsets);
    }
  }

  private static TopicPartition partition(ConsumerRecord<byte[], byte[]> written) {
    return new TopicPartition(written.topic(), written.partition());
  }

  /** Has the reader go back to what is to be read again, where it is time to and it is not at it. */
  private void readAgain(GroupReader seat, Map<TopicPartition, Long> positions) {
    Later later = progress.later();
    positions.forEach((partition, position) -> {
      if (later.isReading(partition) && progress.isReadAgain(partition, position)) {
        progress.endReadingAgain(partition);
      }
    });
    for (TopicPartition partition : later.due(store.current().asOfMillis())) {
      seat.back(partition, later.begin(partition));
    }
  }

  private void look() {
    Patience last = looked;
    if (last != null && !last.isOver()) {
      return;
    }
    Set<String> present = broker.topicsBeginning(cluster, OURS, PATIENCE);
    handovers.keepOnly(present);
    lookAfter(present);
    if (!present.containsAll(topics)) {
      close(); // what is made in the place of one that went has other records at the same offsets
    }
    Set<String> there = quarantines(store.catalog(), present);
    looked = new Patience(LOOK_AGAIN, nanos);
    if (!there.equals(topics)) {
      close();
      topics = there;
    }
  }

  /** Nothing hangs on it: what fails is done later. */
  private void lookAfter(Set<String> present) {
    try {
      upkeep.look(present);
    } catch (BrokerException e) {
      if (said.add("upkeep " + Causes.kind(String.valueOf(e.getMessage())))) {
        LOG.log(Level.WARNING, "whether hand-over topics are needed any more is looked at later: " + e.getMessage());
      }
    }
  }

  private Set<String> quarantines(Catalog catalog, Set<String> present) {
    kept.retainAll(present);
    Set<String> wanted = new TreeSet<>();
    Set<String> there = new TreeSet<>();
    for (ServiceName service : catalog.serviceNames()) {
      if (present.contains(QuarantinedRecord.topic(service))) {
        there.add(QuarantinedRecord.topic(service));
      }
      for (GroupReads reads : Consumption.of(catalog, service).reads()) {
        if (kafka.is(reads.cluster()) == SameKafka.Relation.SAME) {
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
      if (said.add("keep " + topic)) {
        LOG.log(Level.WARNING, "without its quarantine a service holds what is in doubt: " + e.getMessage());
      }
      return false;
    }
  }

  private Undecided.@Nullable Held inDoubt(ConsumerRecord<byte[], byte[]> written) {
    try {
      QuarantinedRecord record = QuarantinedRecord.read(written);
      if (!QuarantinedRecord.topic(record.service()).equals(written.topic())) {
        throw new IllegalArgumentException("service: " + record.service() + " (expected: that of the quarantine)");
      }
      return record.reason() == Reason.IN_DOUBT && !record.group().isEmpty()
          ? new Undecided.Held(partition(written), written.offset(), key(record), record)
          : null;
    } catch (IllegalArgumentException notOurs) {
      LOG.log(Level.WARNING, written.topic() + "-" + written.partition() + "@" + written.offset()
          + ": passed over: " + notOurs.getMessage());
      return null;
    }
  }

  private String key(QuarantinedRecord record) {
    return RecordKeys.inDoubt(kafka.id(), record);
  }

  /** Leaves the group. What was read and not committed is read again. */
  @Override
  public void close() {
    handovers.forget();
    progress.clear();
    committed.clear();
    GroupReader given = reader;
    reader = null;
    if (given != null) {
      given.close();
    }
  }
}
