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
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.ServiceName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
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

  /** So many are committed at once: each time takes several answers of the broker. Who dies before has read them in vain. */
  private static final int MANY = 20_000;

  private final Estate estate;
  private final Set<String> topics;
  private final String baseline;
  private final GroupReader reader;
  private final Store store;
  private final Handing handing;
  private final BooleanSupplier wanted;
  private final Tally tally;
  /** Whether the baseline reads what is handed over, by the topic it comes from. */
  private final Map<String, Boolean> heard = new HashMap<>();
  private Batch batch = new Batch(0);

  /**
   * What is left of a life.
   *
   * @param residue not {@link Residue#DISCARD}: what is discarded nobody reads
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
   * @param handing the way to the baseline
   * @param wanted whether it still is: asked whenever it has got a seat, before it disposes of anything. Somebody else may have read all, and
   *     deleted the group, so that there is nothing by which this one could tell what was dealt with
   * @param tally is told what it did
   */
  Undertaker(Estate estate, String baseline, Set<String> topics, GroupReader reader, Store store,
      Handing handing, BooleanSupplier wanted, Tally tally) {
    this.tally = tally;
    this.wanted = wanted;
    this.handing = handing;
    this.baseline = baseline;
    this.topics = Set.copyOf(topics);
    this.estate = estate;
    this.reader = reader;
    this.store = store;
  }

  /** The way of records to the baseline. */
  interface Handing {

    /** For who hands nothing over. */
    Handing NONE = new Handing() {
      @Override
      public boolean isRead(String topic) {
        return false;
      }

      @Override
      public boolean prepare(QuarantinedRecord record) {
        return false;
      }
    };

    /** Whether the baseline reads what is handed over to it of a topic, as far as is known. */
    boolean isRead(String topic);

    /** Sees to it that a record can be handed over; whether it can. */
    boolean prepare(QuarantinedRecord record);
  }

  /** Somebody else has taken its life on. */
  static final class NotWantedException extends RuntimeException {
    NotWantedException() {
      super("somebody else has gone on", null, false, false);
    }
  }

  /** Whose a record is, as far as this undertaker is concerned. */
  private enum Fate {
    OWN,
    OTHER,
    /** Its timestamp is ahead of the store's clock: nobody can tell yet. */
    IN_DOUBT
  }

  /**
   * Reads what there is within a time, and disposes of it; whether there was anything. Joins the group first where it has not. Commits
   * now and then: {@link #commit} does so with the rest.
   *
   * @throws NotWantedException if it has a seat, and is not wanted in it any more
   */
  boolean read(Duration patience) {
    List<ConsumerRecord<byte[], byte[]>> records = reader.read(patience);
    if (batch.seat != reader.seat()) {
      batch = new Batch(reader.seat()); // what the other one has is read again
      if (reader.hasJoined() && !wanted.getAsBoolean()) {
        throw new NotWantedException();
      }
    }
    if (records.isEmpty()) {
      return false;
    }
    RecordOwner owners = new RecordOwner(store);
    Map<TopicPartition, Long> claims = reader.claims();
    heard.clear(); // by what is known now
    for (ConsumerRecord<byte[], byte[]> record : records) {
      batch.met(dispose(record, owners, claims), record);
    }
    if (batch.isDue()) {
      batch.commit();
    }
    return true;
  }

  /** Commits what was read in this seat. */
  void commit() {
    if (batch.seat == reader.seat()) {
      batch.commit();
    }
  }

  private Fate dispose(ConsumerRecord<byte[], byte[]> record, RecordOwner owners, Map<TopicPartition, Long> claims) {
    if (RedeliveredRecord.isTopic(record.topic())) {
      return again(record);
    }
    Fate fate = fate(record, owners);
    dispose(fate, record, owners.table(), claims);
    return fate;
  }

  /** What is committed at once, of what was read in one seat. */
  private final class Batch {
    private final long seat;
    private final Map<TopicPartition, Long> offsets = new HashMap<>();
    private final Copies copies = new Copies();
    private @Nullable TopicPartition partition;
    private long next;
    private int records;
    private long own;
    private long unknown;
    private long claimed;
    private long unread;

    Batch(long seat) {
      this.seat = seat;
    }

    void put(QuarantinedRecord record) {
      claimed += record.reason() == Reason.PERHAPS_PROCESSED ? 1 : 0;
      add(new Copy(record.written(), record.asReference().written()));
    }

    /** One that is the baseline's to have, which would not read it. */
    void keep(QuarantinedRecord residue) {
      unread++;
      put(residue);
    }

    /** To the baseline; one that is too large for that is put aside. */
    void handOver(QuarantinedRecord record, QuarantinedRecord residue) {
      if (!handing.prepare(record)) {
        throw BrokerException.refused(RedeliveredRecord.topic(record.service(), record.group(), record.topic()),
            "hand records over through it",
            new IllegalStateException("it is not there, and may not be made, or is being deleted"));
      }
      add(new Copy(new RedeliveredRecord(record, "").written(), residue.asReference().written()));
    }

    private void add(Copy copy) {
      if (!copies.haveRoom(copy)) {
        commit();
      }
      copies.add(copy);
    }

    /** A record was disposed of. They come in the order of their partitions. */
    void met(Fate fate, ConsumerRecord<byte[], byte[]> record) {
      TopicPartition last = partition;
      if (last == null || last.partition() != record.partition() || !last.topic().equals(record.topic())) {
        note();
        partition = new TopicPartition(record.topic(), record.partition());
      }
      next = record.offset() + 1;
      records++;
      own += fate == Fate.OWN ? 1 : 0;
      unknown += fate == Fate.IN_DOUBT ? 1 : 0;
    }

    private void note() {
      TopicPartition last = partition;
      if (last != null) {
        offsets.put(last, next);
      }
    }

    boolean isDue() {
      return records >= MANY;
    }

    void commit() {
      note();
      if (!offsets.isEmpty()) {
        reader.commit(offsets, copies.take());
        tally.add(own, claimed, unread, unknown);
      }
      partition = null;
      offsets.clear();
      records = 0;
      own = 0;
      unknown = 0;
      claimed = 0;
      unread = 0;
    }
  }

  private Fate fate(ConsumerRecord<byte[], byte[]> record, RecordOwner owners) {
    if (!owners.mayBeTagged(record.headers())) {
      return Fate.OTHER;
    }
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

  private void dispose(Fate fate, ConsumerRecord<byte[], byte[]> record, RouteTable table,
      Map<TopicPartition, Long> claims) {
    if (fate == Fate.OTHER) {
      return;
    }
    if (fate == Fate.IN_DOUBT) {
      batch.put(aside(Reason.IN_DOUBT, record));
    } else if (estate.residue() == Residue.QUARANTINE) {
      batch.put(aside(Reason.RESIDUE, record));
    } else if (record.offset() < claims.getOrDefault(new TopicPartition(record.topic(), record.partition()), 0L)) {
      batch.put(aside(Reason.PERHAPS_PROCESSED, record));
    } else if (!heard.computeIfAbsent(record.topic(), handing::isRead)) {
      batch.keep(aside(Reason.RESIDUE, record));
    } else {
      RecordHeaders untagged = new RecordHeaders(record.headers().toArray());
      table.allNames().forEach(names -> RecordTags.remove(untagged, names));
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
  private Fate again(ConsumerRecord<byte[], byte[]> record) {
    RedeliveredRecord again;
    try {
      again = RedeliveredRecord.read(estate.service(), record);
    } catch (IllegalArgumentException notOurs) {
      return Fate.OTHER;
    }
    if (!again.receiver().equals(estate.incarnation().id()) || !again.record().group().equals(baseline)) {
      return Fate.OTHER;
    }
    Reason reason = estate.residue() == Residue.REDELIVER ? Reason.PERHAPS_PROCESSED : Reason.RESIDUE;
    batch.put(again.record().because(reason, estate.incarnation().id()));
    return Fate.OWN;
  }

  /** What it reads. */
  Set<String> topics() {
    return topics;
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
    if (batch.seat != reader.seat()) {
      return false; // what it read it may not commit any more: its place is no sign that this was dealt with
    }
    Map<TopicPartition, Long> positions = reader.positions();
    if (fence.stream().anyMatch(place -> isBefore(positions, place))) {
      return false; // nobody needs to be asked
    }
    commit();
    if (!positions.isEmpty()) {
      reader.commit(positions, List.of()); // behind the last record there may be what is no record
    }
    return isPast(fence, groupPositions.get());
  }

  private static boolean isBefore(Map<TopicPartition, Long> positions, PartitionOffset place) {
    Long position = positions.get(new TopicPartition(place.topic(), place.partition()));
    return position != null && position < place.offset();
  }

  /** Whether a group stands at these places, or behind them. */
  static boolean isPast(List<PartitionOffset> fence, List<Start> groupPositions) {
    Map<TopicPartition, Long> committed = new HashMap<>();
    groupPositions
        .forEach(place -> committed.put(new TopicPartition(place.topic(), place.partition()), place.offset()));
    return fence.stream().allMatch(
        place -> committed.getOrDefault(new TopicPartition(place.topic(), place.partition()), 0L) >= place.offset());
  }

  /** Those of these ends beyond which a group stands: it was there when the topic had more records. */
  static List<PartitionOffset> passed(List<PartitionOffset> ends, List<Start> groupPositions) {
    return ends.stream().filter(end -> groupPositions.stream().anyMatch(place -> place.topic().equals(end.topic())
        && place.partition() == end.partition() && place.offset() > end.offset())).toList();
  }

  /** What of these places can still be read up to: topics are deleted, made anew, and cut short. */
  static List<PartitionOffset> reachable(List<PartitionOffset> places, List<PartitionOffset> ends) {
    List<PartitionOffset> reachable = new ArrayList<>();
    for (PartitionOffset place : places) {
      for (PartitionOffset end : ends) {
        if (place.cluster().equals(end.cluster()) && place.topic().equals(end.topic())
            && place.partition() == end.partition() && place.topicId().equals(end.topicId())) {
          reachable.add(place.offset() <= end.offset() ? place : end);
        }
      }
    }
    return reachable;
  }

  /** Whether it stands beyond one of these places. */
  boolean isBeyond(List<PartitionOffset> places) {
    Map<TopicPartition, Long> positions = places.isEmpty() ? Map.of() : reader.positions();
    return places.stream().anyMatch(
        place -> positions.getOrDefault(new TopicPartition(place.topic(), place.partition()), 0L) > place.offset());
  }

  /** Leaves the group; what was not committed another one reads again. */
  @Override
  public void close() {
    tally.met(reader.news());
    reader.close();
  }
}
