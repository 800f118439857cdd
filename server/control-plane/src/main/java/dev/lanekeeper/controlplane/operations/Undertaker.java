package dev.lanekeeper.controlplane.operations;

import dev.lanekeeper.controlplane.kafka.BrokerException;
import dev.lanekeeper.controlplane.kafka.Copy;
import dev.lanekeeper.controlplane.kafka.GroupReader;
import dev.lanekeeper.controlplane.lifecycle.Life;
import dev.lanekeeper.controlplane.lifecycle.Start;
import dev.lanekeeper.controlplane.store.Store;
import dev.lanekeeper.kafka.QuarantinedRecord;
import dev.lanekeeper.kafka.QuarantinedRecord.Reason;
import dev.lanekeeper.kafka.RecordTags;
import dev.lanekeeper.kafka.RedeliveredRecord;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.Owner;
import dev.lanekeeper.model.PartitionOffset;
import dev.lanekeeper.model.Residue;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.WireNames;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Stands in one group in the place of an ended life's workload: of the records there it takes those that the life owned, or that
 * were handed over to it, and does with them what its residue policy says. All others it passes over; those of which nobody can tell
 * yet whose they are it puts aside, on behalf of this life: the {@link Resolver} will.
 *
 * <p><b>Threads.</b> Belongs to one.
 */
final class Undertaker implements AutoCloseable {

  private static final Duration READING = Duration.ofMillis(100);
  /** What others write meanwhile could keep it reading for ever; its life has more to do. */
  private static final int MOST_POLLS = 40;

  private final Estate estate;
  private final Set<String> topics;
  private final String baseline;
  private final GroupReader reader;
  private final Store store;
  private final Predicate<QuarantinedRecord> handovers;
  private long disposed;
  private long inDoubt;
  private long perhapsProcessed;

  /**
   * What is left of a life.
   *
   * @param lost whether the ledger knows nothing of it. What it owned it cannot be asked about then: what bears a tag and is nobody's may
   *     have been
   */
  record Estate(ServiceName service, Incarnation incarnation, Residue residue, boolean lost) {

    /** Of a life that the ledger knows. */
    static Estate of(Life life) {
      return new Estate(life.service(), life.incarnation(), life.residue(), false);
    }
  }

  /**
   * In the counterpart of a group of the baseline.
   *
   * @param handovers sees to it that a record can be handed over; whether it can
   */
  Undertaker(Estate estate, String baseline, Set<String> topics, GroupReader reader, Store store,
      Predicate<QuarantinedRecord> handovers) {
    this.handovers = handovers;
    this.baseline = baseline;
    this.topics = Set.copyOf(topics);
    this.estate = estate;
    this.reader = reader;
    this.store = store;
  }

  /** Whose a record is, as far as this undertaker is concerned. */
  private enum Fate {
    OWN,
    OTHER,
    /** Its timestamp is ahead of the store's clock: nobody can tell yet. */
    IN_DOUBT
  }

  /**
   * Reads on for as long as there is something to read, within bounds, and disposes of what it reads. Where it is in its group not yet, it
   * goes on until it is: to join takes several polls, one soon after the other.
   */
  void work() {
    for (int polls = 0; polls < MOST_POLLS; polls++) {
      List<ConsumerRecord<byte[], byte[]>> records = reader.read(READING);
      if (!records.isEmpty()) {
        work(records);
      } else if (reader.hasJoined()) {
        return;
      }
    }
  }

  private void work(List<ConsumerRecord<byte[], byte[]>> records) {
    RecordOwner owners = new RecordOwner(store);
    Map<TopicPartition, Long> claims = reader.claims();
    Batch batch = new Batch();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      if (RedeliveredRecord.isTopic(record.topic())) {
        batch.met(again(record, batch));
      } else {
        Fate fate = fate(record, owners);
        dispose(fate, record, owners.table().allNames(), claims, batch);
        batch.met(fate);
      }
      batch.offsets.put(new TopicPartition(record.topic(), record.partition()), record.offset() + 1);
    }
    batch.commit();
  }

  /** What is committed at once. */
  private final class Batch {
    private final Map<TopicPartition, Long> offsets = new HashMap<>();
    private final Copies copies = new Copies();
    private long own;
    private long unknown;
    private long claimed;

    void put(QuarantinedRecord record) {
      claimed += record.reason() == Reason.PERHAPS_PROCESSED ? 1 : 0;
      add(new Copy(record.written(), record.asReference().written()));
    }

    /** To the baseline; one that is too large for that is put aside. */
    void handOver(QuarantinedRecord record, QuarantinedRecord residue) {
      if (!handovers.test(record)) {
        throw BrokerException.refused(RedeliveredRecord.topic(record.service(), record.group(), record.topic()),
            "hand records over through it", new IllegalStateException("it is not there, and may not be made"));
      }
      add(new Copy(new RedeliveredRecord(record, "").written(), residue.asReference().written()));
    }

    private void add(Copy copy) {
      if (!copies.haveRoom(copy)) {
        commit();
      }
      copies.add(copy);
    }

    void met(Fate fate) {
      own += fate == Fate.OWN ? 1 : 0;
      unknown += fate == Fate.IN_DOUBT ? 1 : 0;
    }

    void commit() {
      if (!offsets.isEmpty()) {
        reader.commit(offsets, copies.take());
        disposed += own;
        inDoubt += unknown;
        perhapsProcessed += claimed;
      }
      offsets.clear();
      own = 0;
      unknown = 0;
      claimed = 0;
    }
  }

  private Fate fate(ConsumerRecord<byte[], byte[]> record, RecordOwner owners) {
    Owner owner = owners.of(estate.service(), record.headers(), record.topic(), record.partition(), record.offset(),
        record.timestamp()).owner();
    if (estate.lost()) {
      return owner instanceof Owner.Ended || owner instanceof Owner.Unregistered ? Fate.OWN : Fate.OTHER;
    }
    if (estate.incarnation().equals(incarnation(owner))) {
      return Fate.OWN;
    }
    return owner.equals(Owner.IN_DOUBT) ? Fate.IN_DOUBT : Fate.OTHER;
  }

  /** Whose a record is: while the life is closing, all that is already there will lie below the fence. */
  private static @Nullable Incarnation incarnation(Owner owner) {
    return switch (owner) {
      case Owner.Workload workload -> workload.incarnation();
      case Owner.InDoubt doubt -> doubt.closing();
      case Owner.Baseline _,Owner.Redirect _,Owner.Mock _,Owner.Ended _,Owner.Unregistered _ -> null;
    };
  }

  private void dispose(Fate fate, ConsumerRecord<byte[], byte[]> record, Collection<WireNames> names,
      Map<TopicPartition, Long> claims, Batch batch) {
    if (fate == Fate.OTHER || estate.residue() == Residue.DISCARD) {
      // To be discarded if it was this life's, and to be passed over if not: nobody needs to find out.
      return;
    }
    if (fate == Fate.IN_DOUBT) {
      batch.put(aside(Reason.IN_DOUBT, record));
    } else if (estate.residue() == Residue.QUARANTINE) {
      batch.put(aside(Reason.RESIDUE, record));
    } else if (record.offset() < claims.getOrDefault(new TopicPartition(record.topic(), record.partition()), 0L)) {
      batch.put(aside(Reason.PERHAPS_PROCESSED, record));
    } else {
      RecordHeaders untagged = new RecordHeaders(record.headers().toArray());
      names.forEach(one -> RecordTags.remove(untagged, one));
      batch.handOver(new QuarantinedRecord(estate.service(), Reason.RESIDUE, estate.incarnation().id(), baseline,
          record.topic(), record.partition(), record.offset(), record.timestamp(), record.key(), record.value(),
          untagged),
          aside(Reason.RESIDUE, record));
    }
  }

  private QuarantinedRecord aside(Reason reason, ConsumerRecord<byte[], byte[]> record) {
    return QuarantinedRecord.of(estate.service(), reason, estate.incarnation().id(), baseline, record);
  }

  /**
   * A record that was handed over says itself to whom; put aside, it is the record that it was at first. Whether its workload has begun to
   * process it nobody has said: it is not handed over once more.
   */
  private Fate again(ConsumerRecord<byte[], byte[]> record, Batch batch) {
    RedeliveredRecord again;
    try {
      again = RedeliveredRecord.read(estate.service(), record);
    } catch (IllegalArgumentException notOurs) {
      return Fate.OTHER;
    }
    if (!again.receiver().equals(estate.incarnation().id()) || !again.record().group().equals(baseline)) {
      return Fate.OTHER;
    }
    if (estate.residue() != Residue.DISCARD) {
      Reason reason = estate.residue() == Residue.REDELIVER ? Reason.PERHAPS_PROCESSED : Reason.RESIDUE;
      batch.put(again.record().because(reason, estate.incarnation().id()));
    }
    return Fate.OWN;
  }

  /** What it reads. */
  Set<String> topics() {
    return topics;
  }

  /** Whether these are the topics that it reads. */
  boolean reads(Set<String> wanted) {
    return topics.equals(wanted);
  }

  /** Whether the group has given it its partitions. */
  boolean hasJoined() {
    return reader.hasJoined();
  }

  /**
   * Whether all that stands below a fence was read, by this undertaker or by others in the group.
   *
   * @param fence the places of this group's topics
   * @param groupPositions asks where the group stands
   */
  boolean isPast(List<PartitionOffset> fence, Supplier<List<Start>> groupPositions) {
    Map<TopicPartition, Long> positions = reader.positions();
    if (!positions.isEmpty()) {
      reader.commit(positions, List.of()); // behind the last record there may be what is no record
    }
    Map<TopicPartition, Long> committed = new HashMap<>();
    groupPositions.get()
        .forEach(place -> committed.put(new TopicPartition(place.topic(), place.partition()), place.offset()));
    return fence.stream().allMatch(
        place -> committed.getOrDefault(new TopicPartition(place.topic(), place.partition()), 0L) >= place.offset());
  }

  /** How many records it has disposed of. */
  long disposed() {
    return disposed;
  }

  /** How many of these it put aside since the workload may have begun to process them. */
  long perhapsProcessed() {
    return perhapsProcessed;
  }

  /** Of how many records nobody could tell whose they are. */
  long inDoubt() {
    return inDoubt;
  }

  /** What it met that people should know; each is told once. */
  List<String> news() {
    return reader.news();
  }

  @Override
  public void close() {
    reader.close();
  }
}
