package dev.lanekeeper.controlplane.operations;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.controlplane.kafka.BrokerException;
import dev.lanekeeper.controlplane.kafka.GroupBroker;
import dev.lanekeeper.controlplane.kafka.GroupReader;
import dev.lanekeeper.controlplane.lifecycle.GroupReads;
import dev.lanekeeper.controlplane.lifecycle.Life;
import dev.lanekeeper.controlplane.lifecycle.Stage;
import dev.lanekeeper.controlplane.store.Catalog;
import dev.lanekeeper.controlplane.store.Ledger;
import dev.lanekeeper.controlplane.store.SqliteStore;
import dev.lanekeeper.kafka.QuarantinedRecord;
import dev.lanekeeper.kafka.QuarantinedRecord.Reason;
import dev.lanekeeper.kafka.RecordTags;
import dev.lanekeeper.kafka.RedeliveredRecord;
import dev.lanekeeper.model.Handover;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.Owner;
import dev.lanekeeper.model.Policy;
import dev.lanekeeper.model.Residue;
import dev.lanekeeper.model.Service;
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
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Decides what was put aside because nobody could tell whose it was, as soon as that can be told: by the same question, at the same
 * stamp. What a workload under test reads by itself is dropped; what is the baseline's, or stands before the place where a workload
 * began, is handed over.
 *
 * <p>Sees to it that every service that consumes has a quarantine: its data planes may not be allowed to make one.
 *
 * <p><b>Threads.</b> Belongs to one.
 */
public final class Resolver implements AutoCloseable {

  private static final Logger LOG = System.getLogger(Resolver.class.getName());
  private static final String GROUP = "lanekeeper.resolver";
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration READING = Duration.ofMillis(100);
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

  private final SqliteStore store;
  private final GroupBroker broker;
  private final Map<String, Seat> seats = new HashMap<>();

  /** Where the quarantines of one cluster are read. */
  private static final class Seat {
    private final ClusterDocument cluster;
    private Set<String> topics = Set.of();
    private final Set<String> made = new HashSet<>();
    private @Nullable GroupReader reader;
    private long lookedNanos = System.nanoTime() - LOOK_AGAIN.toNanos();
    private String said = "";

    Seat(ClusterDocument cluster) {
      this.cluster = cluster;
    }

    void leave() {
      GroupReader given = reader;
      reader = null;
      if (given != null) {
        given.close();
      }
    }
  }

  /** Of a store's clusters. */
  public Resolver(SqliteStore store, GroupBroker broker) {
    this.store = store;
    this.broker = broker;
  }

  /** Looks once at every cluster. */
  public void work() {
    Catalog catalog = store.catalog();
    seats.values().removeIf(seat -> {
      boolean gone = !seat.cluster.equals(catalog.clusters().get(seat.cluster.name()));
      if (gone) {
        seat.leave();
      }
      return gone;
    });
    for (ClusterDocument cluster : catalog.clusters().values()) {
      Seat seat = seats.computeIfAbsent(cluster.name(), key -> new Seat(cluster));
      try {
        work(seat, catalog);
        seat.said = "";
      } catch (BrokerException e) {
        seat.leave(); // what was read and not committed is read again
        String message = String.valueOf(e.getMessage());
        if (!message.equals(seat.said) && !Thread.currentThread().isInterrupted()) {
          seat.said = message;
          LOG.log(Level.WARNING, "what is in quarantine cannot be looked at; trying again: " + message);
        }
      } catch (RuntimeException | Error e) {
        seat.leave(); // likewise
        throw e;
      }
    }
  }

  private void work(Seat seat, Catalog catalog) {
    if (System.nanoTime() - seat.lookedNanos >= LOOK_AGAIN.toNanos()) {
      seat.lookedNanos = System.nanoTime();
      Set<String> topics = quarantines(seat.cluster, catalog);
      if (!topics.equals(seat.topics)) {
        seat.leave();
        seat.topics = topics;
      }
    }
    if (seat.topics.isEmpty()) {
      return;
    }
    GroupReader reader = seat.reader;
    if (reader == null) {
      reader = broker.undertake(seat.cluster, GROUP, seat.topics, List.of());
      seat.reader = reader;
    }
    resolve(seat, reader);
  }

  private Set<String> quarantines(ClusterDocument cluster, Catalog catalog) {
    Set<String> wanted = new TreeSet<>();
    for (ServiceName service : catalog.serviceNames()) {
      for (GroupReads reads : Consumption.of(catalog, service).reads()) {
        if (reads.cluster().equals(cluster.name())) {
          wanted.add(QuarantinedRecord.topic(service));
        }
      }
    }
    Set<String> there = new TreeSet<>(broker.topicsBeginning(cluster, QuarantinedRecord.TOPIC_PREFIX, PATIENCE));
    for (String topic : wanted) {
      if (there.add(topic)) {
        broker.keep(cluster, topic, PATIENCE);
      }
    }
    return there;
  }

  private void resolve(Seat seat, GroupReader reader) {
    ClusterDocument cluster = seat.cluster;
    List<ConsumerRecord<byte[], byte[]>> records = reader.read(READING);
    if (records.isEmpty()) {
      return;
    }
    RecordOwner owners = new RecordOwner(store);
    Map<TopicPartition, Long> offsets = new HashMap<>();
    List<ProducerRecord<byte[], byte[]>> copies = new ArrayList<>();
    List<QuarantinedRecord> resolved = new ArrayList<>();
    Set<String> met = new HashSet<>();
    Set<TopicPartition> stopped = new HashSet<>();
    for (ConsumerRecord<byte[], byte[]> written : records) {
      TopicPartition partition = new TopicPartition(written.topic(), written.partition());
      if (stopped.contains(partition)) {
        continue;
      }
      QuarantinedRecord record = inDoubt(written);
      if (record != null && met.add(record.service() + " " + key(cluster, record)) && !isResolved(cluster, record)) {
        if (!resolve(cluster, record, owners, copies)) {
          stopped.add(partition);
          reader.back(partition, written.offset());
          continue;
        }
        resolved.add(record);
      }
      offsets.put(partition, written.offset() + 1);
    }
    if (!offsets.isEmpty()) {
      prepare(seat, copies, resolved);
      reader.commit(offsets, copies);
      note(cluster, resolved);
    }
  }

  private static @Nullable QuarantinedRecord inDoubt(ConsumerRecord<byte[], byte[]> written) {
    try {
      QuarantinedRecord record = QuarantinedRecord.read(written);
      return record.reason() == Reason.IN_DOUBT ? record : null;
    } catch (IllegalArgumentException notOurs) {
      LOG.log(Level.WARNING, written.topic() + "-" + written.partition() + "@" + written.offset()
          + ": passed over: " + notOurs.getMessage());
      return null;
    }
  }

  /** Each group that reads a record needs it. */
  private static String key(ClusterDocument cluster, QuarantinedRecord record) {
    return cluster.name() + " " + record.group() + " " + record.id();
  }

  private boolean isResolved(ClusterDocument cluster, QuarantinedRecord record) {
    return store.inTransaction(transaction -> transaction.isResolved(record.service(), key(cluster, record)));
  }

  private void note(ClusterDocument cluster, List<QuarantinedRecord> resolved) {
    if (!resolved.isEmpty()) {
      store.inTransaction(transaction -> {
        resolved.forEach(record -> transaction.resolved(record.service(), key(cluster, record)));
        return resolved.size();
      });
    }
  }

  /** Adds what is to be written; false if nobody can tell yet. */
  private boolean resolve(ClusterDocument cluster, QuarantinedRecord record, RecordOwner owners,
      List<ProducerRecord<byte[], byte[]>> copies) {
    RecordOwner.Answer answer = owners.ofInDoubt(record);
    switch (answer.owner()) {
      case Owner.InDoubt _ -> {
        return false;
      }
      case Owner.Workload workload -> {
        ProducerRecord<byte[], byte[]> copy = ofWorkload(cluster, record, answer, owners, workload.incarnation());
        if (copy != null) {
          copies.add(copy);
        }
      }
      case Owner.Baseline _ -> copies.add(handedOver(record, answer, owners, ""));
      case Owner.Redirect _,Owner.Mock _ -> copies.add(record.because(Reason.ENDED).written());
      case Owner.Ended _ -> byPolicy(record, answer, owners, policy(answer, owners).ended(), Reason.ENDED, copies);
      case Owner.Unregistered _ ->
        byPolicy(record, answer, owners, policy(answer, owners).unregistered(), Reason.UNREGISTERED, copies);
    }
    return true;
  }

  private static Policy policy(RecordOwner.Answer answer, RecordOwner owners) {
    return owners.table().policyAt(answer.at(), answer.carried().stamp().revision());
  }

  private static void byPolicy(QuarantinedRecord record, RecordOwner.Answer answer, RecordOwner owners,
      Policy.Fallback fallback, Reason reason, List<ProducerRecord<byte[], byte[]>> copies) {
    switch (fallback) {
      case BASELINE -> copies.add(handedOver(record, answer, owners, ""));
      case QUARANTINE -> copies.add(record.because(reason).written());
      case REFUSE -> {
        // Nobody gets it.
      }
    }
  }

  /** Null where the workload reads it by itself, or its undertaker does. */
  private @Nullable ProducerRecord<byte[], byte[]> ofWorkload(ClusterDocument cluster, QuarantinedRecord record,
      RecordOwner.Answer answer, RecordOwner owners, Incarnation incarnation) {
    Ledger.Entry entry = store.inTransaction(transaction -> transaction.ledger().entry(incarnation));
    if (entry == null || !standsBeforeStart(cluster, record, entry.life())) {
      return null;
    }
    Stage stage = entry.life().stage();
    if (stage instanceof Stage.Live || stage instanceof Stage.Ending) {
      return handedOver(record, answer, owners, incarnation.id());
    }
    return entry.life().residue() == Residue.DISCARD ? null : record.because(Reason.RESIDUE).written();
  }

  private static boolean standsBeforeStart(ClusterDocument cluster, QuarantinedRecord record, Life life) {
    return life.starts().stream().anyMatch(start -> start.cluster().equals(cluster.name())
        && start.group().equals(record.group()) && start.topic().equals(record.topic())
        && start.partition() == record.partition() && record.offset() < start.offset());
  }

  private static ProducerRecord<byte[], byte[]> handedOver(QuarantinedRecord record, RecordOwner.Answer answer,
      RecordOwner owners, String receiver) {
    ProducerRecord<byte[], byte[]> copy = new RedeliveredRecord(record, receiver).written();
    if (answer.carried().isTagged()) {
      RecordTags.write(copy.headers(), owners.table().names(), answer.carried());
    }
    return copy;
  }

  /** INVARIANT: consumers are told to read before there is anything to read. */
  private void prepare(Seat seat, List<ProducerRecord<byte[], byte[]>> copies, List<QuarantinedRecord> resolved) {
    Set<String> topics = new HashSet<>();
    copies.forEach(copy -> topics.add(copy.topic()));
    for (QuarantinedRecord record : resolved) {
      String topic = RedeliveredRecord.topic(record.service(), record.group(), record.topic());
      if (topics.remove(topic)) {
        if (!seat.made.contains(topic)) {
          broker.keep(seat.cluster, topic, PATIENCE);
          seat.made.add(topic);
        }
        tell(record.service(), new Handover(record.group(), record.topic(), topic));
      }
    }
  }

  private void tell(ServiceName service, Handover handover) {
    Service known = store.catalog().table().service(service);
    if (known != null && known.handovers().contains(handover)) {
      return;
    }
    store.inTransaction(transaction -> {
      Service present = transaction.catalog().table().service(service);
      transaction.revision();
      transaction.publish((present == null ? new Service(service, List.of(), false) : present).with(handover));
      return true;
    });
  }

  @Override
  public void close() {
    seats.values().forEach(Seat::leave);
    seats.clear();
  }
}
