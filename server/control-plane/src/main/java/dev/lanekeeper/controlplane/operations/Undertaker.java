package dev.lanekeeper.controlplane.operations;

import dev.lanekeeper.controlplane.kafka.GroupReader;
import dev.lanekeeper.controlplane.lifecycle.Life;
import dev.lanekeeper.controlplane.lifecycle.Start;
import dev.lanekeeper.controlplane.store.SqliteStore;
import dev.lanekeeper.kafka.QuarantinedRecord;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.Owner;
import dev.lanekeeper.model.PartitionOffset;
import dev.lanekeeper.model.Residue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Stands in one group in the place of an ended life's workload: of the records there it takes those that the life owned, and
 * does with them what its residue policy says. All others it passes over.
 *
 * <p><b>Threads.</b> Belongs to one.
 */
final class Undertaker implements AutoCloseable {

  private static final Duration READING = Duration.ofMillis(100);

  private final Life life;
  private final Set<String> topics;
  private final String baseline;
  private final GroupReader reader;
  private final SqliteStore store;
  private long disposed;
  private long waiting;

  /** In the counterpart of a group of the baseline. */
  Undertaker(Life life, String baseline, Set<String> topics, GroupReader reader, SqliteStore store) {
    this.baseline = baseline;
    this.topics = Set.copyOf(topics);
    this.life = life;
    this.reader = reader;
    this.store = store;
  }

  /** Whose a record is, as far as this undertaker is concerned. */
  private enum Fate {
    OWN,
    OTHER,
    /** Its timestamp is ahead of the store's clock: nobody can tell yet. */
    LATER
  }

  /** Reads on, and disposes of what it reads. */
  void work() {
    List<ConsumerRecord<byte[], byte[]>> records = reader.read(READING);
    waiting = 0;
    if (records.isEmpty()) {
      return;
    }
    RecordOwner owners = new RecordOwner(store);
    Map<TopicPartition, Long> offsets = new HashMap<>();
    List<ProducerRecord<byte[], byte[]>> copies = new ArrayList<>();
    Set<TopicPartition> stopped = new HashSet<>();
    long own = 0;
    for (ConsumerRecord<byte[], byte[]> record : records) {
      TopicPartition partition = new TopicPartition(record.topic(), record.partition());
      if (stopped.contains(partition)) {
        continue;
      }
      Fate fate = fate(record, owners);
      if (fate == Fate.LATER) {
        stopped.add(partition);
        waiting++;
        reader.back(partition, record.offset());
        continue;
      }
      if (fate == Fate.OWN) {
        own++;
        dispose(record, copies);
      }
      offsets.put(partition, record.offset() + 1);
    }
    if (!offsets.isEmpty()) {
      reader.commit(offsets, copies);
      disposed += own;
    }
  }

  private Fate fate(ConsumerRecord<byte[], byte[]> record, RecordOwner owners) {
    Owner owner = owners.of(life.service(), record.headers(), record.topic(), record.partition(), record.offset(),
        record.timestamp()).owner();
    if (life.incarnation().equals(incarnation(owner))) {
      return Fate.OWN;
    }
    return owner.equals(Owner.IN_DOUBT) ? Fate.LATER : Fate.OTHER;
  }

  /** Whose a record is: while the life is closing, all that is already there will lie below the fence. */
  private static @Nullable Incarnation incarnation(Owner owner) {
    return switch (owner) {
      case Owner.Workload workload -> workload.incarnation();
      case Owner.InDoubt doubt -> doubt.closing();
      case Owner.Baseline _,Owner.Redirect _,Owner.Mock _,Owner.Ended _,Owner.Unregistered _ -> null;
    };
  }

  private void dispose(ConsumerRecord<byte[], byte[]> record, List<ProducerRecord<byte[], byte[]>> copies) {
    if (life.residue() != Residue.DISCARD) {
      copies.add(QuarantinedRecord
          .of(life.service(), QuarantinedRecord.Reason.RESIDUE, life.incarnation().id(), baseline,
              record)
          .written());
    }
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

  /** How many partitions stand still, since nobody can tell yet whose the next record is. */
  long waiting() {
    return waiting;
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
