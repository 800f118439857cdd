package dev.lanekeeper.controlplane.operations;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.controlplane.kafka.BrokerException;
import dev.lanekeeper.controlplane.kafka.Copy;
import dev.lanekeeper.controlplane.kafka.GroupBroker;
import dev.lanekeeper.controlplane.kafka.GroupReader;
import dev.lanekeeper.controlplane.lifecycle.Life;
import dev.lanekeeper.controlplane.store.Catalog;
import dev.lanekeeper.controlplane.store.Ledger;
import dev.lanekeeper.controlplane.store.Store;
import dev.lanekeeper.controlplane.store.Transaction;
import dev.lanekeeper.kafka.QuarantinedRecord;
import dev.lanekeeper.kafka.QuarantinedRecord.Reason;
import dev.lanekeeper.kafka.RecordTags;
import dev.lanekeeper.kafka.RedeliveredRecord;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.ServiceName;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * What of the quarantines of one Kafka is settled at once: all of which it can be told now whose it is.
 *
 * <p>A record is settled in three steps: what is to be written of it is, then the store notes that it is settled, and then the
 * offsets are committed, as far as everything before is settled. Who dies in between settles it again; what the store has noted is
 * passed over. The noting is the moment that counts: what was handed over to a life that meanwhile came to be its undertaker's is
 * not noted, but decided again. Each topic is written in a transaction of its own: one that cannot be written stops no other.
 *
 * <p><b>Threads.</b> Belongs to one; used once.
 */
final class Settlement {

  private static final Logger LOG = System.getLogger(Settlement.class.getName());
  /** For a record of the largest size, over a slow line. */
  private static final Duration PATIENCE_FOR_A_LARGE = Duration.ofSeconds(30);
  /** After how long what cannot be decided, and is not kept in memory, is read again, where nobody knows better. */
  private static final Duration LATER = Duration.ofMinutes(1);
  /** The same where nobody reads what is to be handed over. */
  private static final Duration UNREAD = Duration.ofMinutes(10);
  /** After how long it is in any case: it may be too old by then. */
  private static final Duration LATEST = Duration.ofDays(1);
  /** Noted of a reference that leads nowhere: a whole copy of the same record is another matter. */
  private static final String BY_REFERENCE = " by reference";

  private final Surroundings surroundings;
  private final Store store;
  private final Progress progress;
  private final GroupReader seat;
  private final RecordOwner owners;
  private final Catalog catalog;
  private final Map<ServiceName, Consumption> consumptions = new HashMap<>();
  private final IdentityHashMap<Undecided.Held, RecordOwner.Answer> answers = new IdentityHashMap<>();
  private final Map<Incarnation, Life> lives = new HashMap<>();
  private final Verdicts verdicts;
  /** By the topic that is written to. */
  private final Map<String, Writing> writings = new LinkedHashMap<>();
  /** Of which nothing is to be written. */
  private final List<Settling> silent = new ArrayList<>();

  /** What a settlement works with. */
  record Surroundings(Store store, GroupBroker broker, ClusterDocument cluster, SameKafka kafka,
      Handovers handovers, Set<String> said) {}

  private record Settling(Undecided.Held held, Verdict verdict, boolean leadsNowhere) {}

  /** What is to be written to one topic. */
  private static final class Writing {
    private final Copies copies = new Copies();
    private final List<Settling> due = new ArrayList<>();
  }

  Settlement(Surroundings surroundings, Progress progress, GroupReader seat) {
    this.surroundings = surroundings;
    this.store = surroundings.store;
    this.progress = progress;
    this.seat = seat;
    this.owners = new RecordOwner(store);
    this.catalog = store.catalog();
    this.verdicts = new Verdicts(surroundings.kafka, lives);
  }

  /**
   * Settles what can be, of what is kept in mind and of what was read now.
   *
   * @param read that is in doubt, in the order in which it was read
   */
  void run(List<Undecided.Held> read) {
    Undecided undecided = progress.undecided();
    progress.undecided().all().forEach(this::ask);
    read.forEach(this::ask);
    Set<Undecided.Held> settled = recall(read);
    // INVARIANT: all of it is kept in mind before anything is committed.
    read.stream().filter(one -> !settled.contains(one)).forEach(this::keepInMind);
    for (Undecided.Held one : undecided.all()) {
      Verdict verdict = verdict(one);
      if (verdict instanceof Verdict.Undecided until) {
        putOff(one, until);
      } else {
        settle(one, verdict);
      }
    }
    finish();
  }

  private void ask(Undecided.Held one) {
    answers.put(one, owners.ofInDoubt(one.record()));
  }

  private RecordOwner.Answer answer(Undecided.Held one) {
    RecordOwner.Answer answer = answers.get(one);
    if (answer == null) {
      throw new IllegalStateException("not asked about: " + one);
    }
    return answer;
  }

  /** Looks up, in one transaction, which are settled, and what has to be known of lives. */
  private Set<Undecided.Held> recall(List<Undecided.Held> read) {
    return store.inTransaction(transaction -> {
      Set<Undecided.Held> settled = Collections.newSetFromMap(new IdentityHashMap<>());
      read.stream().filter(one -> isResolved(transaction, one)).forEach(settled::add);
      answers.forEach((one, answer) -> {
        Incarnation incarnation = Verdicts.concerned(one.record(), answer);
        Ledger.Entry entry =
            incarnation == null || lives.containsKey(incarnation) ? null : transaction.ledger().entry(incarnation);
        if (entry != null) {
          lives.put(entry.life().incarnation(), entry.life());
        }
      });
      return settled;
    });
  }

  private static boolean isResolved(Transaction transaction, Undecided.Held one) {
    ServiceName service = one.record().service();
    return transaction.isResolved(service, one.key())
        || (one.record().byReference() && transaction.isResolved(service, one.key() + BY_REFERENCE));
  }

  /** Of one record one copy is kept in mind, a whole one if there is any. */
  private void keepInMind(Undecided.Held one) {
    Undecided undecided = progress.undecided();
    List<Undecided.Held> copies = undecided.copies(one.key());
    boolean better = !one.record().byReference() && copies.stream().allMatch(copy -> copy.record().byReference());
    if (copies.isEmpty() || better) {
      copies.forEach(undecided::remove);
      undecided.add(one);
    }
  }

  /** What cannot be written for now waits like what cannot be decided. */
  private Verdict verdict(Undecided.Held one) {
    QuarantinedRecord record = one.record();
    Verdict verdict = verdicts.of(record, answer(one));
    return switch (verdict) {
      case Verdict.HandedOver handedOver -> {
        if (!isReadBy(record)) {
          yield new Verdict.Undecided(owners.asOfMillis() + LATER.toMillis());
        }
        if (!takesHandovers(record, handedOver.receiver())) {
          yield new Verdict.Undecided(owners.asOfMillis() + UNREAD.toMillis());
        }
        yield surroundings.handovers.prepare(record) ? verdict : Verdict.Undecided.ANY_TIME;
      }
      case Verdict.PutAside _ ->
        surroundings.handovers.mayWrite(QuarantinedRecord.topic(record.service()))
            ? verdict
            : Verdict.Undecided.ANY_TIME;
      case Verdict.Dropped _,Verdict.Undecided _ -> verdict;
    };
  }

  /**
   * Whether a service is known to read what a record says that its group has read. Who may write to a quarantine could else have
   * anything handed over to anybody.
   */
  private boolean isReadBy(QuarantinedRecord record) {
    Consumption consumption =
        consumptions.computeIfAbsent(record.service(), service -> Consumption.of(catalog, service));
    boolean known = consumption.hasReads(record.group(), record.topic(),
        cluster -> surroundings.kafka.is(cluster) != SameKafka.Relation.ANOTHER);
    if (!known && surroundings.said.add("reads " + record.service() + " " + record.group() + " " + record.topic())) {
      LOG.log(Level.WARNING,
          "in the quarantine of " + record.service() + " stands what group " + record.group()
              + " is said to have read of "
              + record.topic() + "; it waits until a Service document or a data plane says that it reads that");
    }
    return known;
  }

  /** Nothing is handed over to who would not read it: it may some day, or end. */
  private boolean takesHandovers(QuarantinedRecord record, String receiver) {
    String group = receiver.isEmpty() ? record.group() : new Incarnation(receiver).groupFor(record.group());
    boolean takes = Consumption.takesHandovers(catalog, record.service(), receiver, group, record.topic());
    if (!takes && surroundings.said.add("handovers " + record.service() + " " + group + " " + record.topic())) {
      LOG.log(Level.WARNING, "in the quarantine of " + record.service() + " stands what is to be handed over to group "
          + group + " of " + record.topic() + ", which reads nothing that is handed over; it waits until it does");
    }
    return takes;
  }

  private void putOff(Undecided.Held one, Verdict.Undecided undecided) {
    long soon = owners.asOfMillis() + LATER.toMillis();
    if (undecided.untilMillis() >= soon || progress.undecided().isOverfull()) {
      progress.undecided().remove(one);
      long due = Math.min(Math.max(undecided.untilMillis(), soon), owners.asOfMillis() + LATEST.toMillis());
      progress.later().add(one.partition(), one.offset(), due);
    }
  }

  private void settle(Undecided.Held one, Verdict verdict) {
    switch (verdict) {
      case Verdict.PutAside(Reason reason, String incarnation) -> {
        QuarantinedRecord aside = one.record().because(reason, incarnation);
        write(new Settling(one, verdict, false), new Copy(aside.written(), aside.asReference().written()));
      }
      case Verdict.HandedOver handedOver -> {
        QuarantinedRecord whole = one.record().byReference() ? original(one.record()) : one.record();
        if (whole == null) {
          silent.add(new Settling(one, verdict, true));
        } else {
          write(new Settling(one, verdict, false), new Copy(written(whole, handedOver), null));
        }
      }
      case Verdict.Dropped _,Verdict.Undecided _ -> silent.add(new Settling(one, verdict, false));
    }
  }

  private void write(Settling settling, Copy copy) {
    String topic = copy.whole().topic();
    Writing writing = writings.computeIfAbsent(topic, key -> new Writing());
    if (!writing.copies.haveRoom(copy)) {
      finish(topic, writing);
    }
    writing.due.add(settling);
    writing.copies.add(copy);
  }

  /** The record with what was too large to be put aside; null where it is not to be had any more. */
  private @Nullable QuarantinedRecord original(QuarantinedRecord record) {
    String why = "it is not to be had there any more";
    try {
      ConsumerRecord<byte[], byte[]> there = surroundings.broker.read(surroundings.cluster, record.topic(),
          record.partition(), record.offset(), PATIENCE_FOR_A_LARGE);
      if (there != null && there.timestamp() == record.timestampMillis()) {
        return record.whole(there);
      }
    } catch (BrokerException e) {
      if (e.isUnreachable()) {
        throw e;
      }
      why = String.valueOf(e.getMessage());
    }
    LOG.log(Level.WARNING, "a message that stands in " + QuarantinedRecord.topic(record.service())
        + " by reference cannot be handed over to " + record.service() + ": " + record.id() + ": " + why
        + "; what is known of it stays in quarantine");
    return null;
  }

  private ProducerRecord<byte[], byte[]> written(QuarantinedRecord whole, Verdict.HandedOver verdict) {
    ProducerRecord<byte[], byte[]> copy = new RedeliveredRecord(whole, verdict.receiver()).written();
    Carried carried = verdict.carried();
    if (carried.isTagged()) {
      RecordTags.write(copy.headers(), catalog.table().names(), carried);
    }
    return copy;
  }

  /** Writes what is due, and notes it. */
  private void finish() {
    if (!silent.isEmpty()) {
      note(silent);
    }
    writings.forEach(this::finish);
  }

  private void finish(String topic, Writing writing) {
    if (writing.due.isEmpty()) {
      return;
    }
    List<Settling> due = List.copyOf(writing.due);
    writing.due.clear();
    try {
      for (Copy tooLarge : seat.commit(progress.settled(), writing.copies.take())) {
        if (tooLarge.reference() == null) {
          LOG.log(Level.WARNING,
              "a message is too large for " + topic + " and is not handed over; it stays in quarantine");
        }
      }
    } catch (BrokerException e) {
      surroundings.handovers.failed(topic, e);
      if (e.isUnreachable()) {
        throw e;
      }
      return;
    }
    surroundings.handovers.written(topic);
    note(due);
  }

  private void note(List<Settling> due) {
    List<Settling> noted = store.inTransaction(transaction -> {
      List<Settling> received = new ArrayList<>();
      for (Settling each : due) {
        if (!(each.verdict instanceof Verdict.HandedOver handedOver)
            || Verdicts.isReceived(transaction, handedOver)) {
          transaction.resolved(each.held.record().service(),
              each.leadsNowhere ? each.held.key() + BY_REFERENCE : each.held.key());
          received.add(each);
        }
      }
      return received;
    });
    for (Settling each : noted) {
      if (each.leadsNowhere) {
        progress.undecided().remove(each.held);
      } else {
        progress.undecided().settled(each.held.key());
      }
    }
  }
}
