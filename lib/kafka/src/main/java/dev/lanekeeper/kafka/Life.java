package dev.lanekeeper.kafka;

import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.OverrideLife;
import dev.lanekeeper.model.Phase;
import dev.lanekeeper.model.Residue;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.RouteView;
import dev.lanekeeper.model.Self;
import dev.lanekeeper.model.Tenancy;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The life of the override that a workload under test serves: where its partitions begin, and what is left to read once it
 * has ended.
 *
 * <pre>
 * living --(the table says: ended)--&gt; draining --(all partitions read to the ends taken then)--&gt; over
 *    |                                    \--(the table says: its undertaker is in its place)--&gt; over
 *    \--(no committed offset, and ended)------------------------------------------------------&gt; over
 * </pre>
 */
final class Life {

  /** How long an application may take to commit what it was given last. */
  private static final long SETTLE_NANOS = 10_000_000_000L;

  private final Self self;
  private final Journal journal;
  private final LongSupplier clock;
  private final Drain drain;
  private RouteTable seen = RouteTable.EMPTY;
  private boolean ended;
  private boolean taken;
  private long drainedNanos;

  Life(Self self, Journal journal, LongSupplier clock, OwnTopics ownTopics) {
    this.clock = clock;
    this.self = self;
    this.journal = journal;
    drain = new Drain(clock, ownTopics);
  }

  /** How far it is in reading what is left. */
  Drain drain() {
    return drain;
  }

  /** Whether the table says that the override has ended; once yes, always yes. */
  boolean isEnded(RouteView view) {
    look(view);
    return ended;
  }

  /** Whether the table says that the undertaker is in the place of this workload, for good. */
  boolean isTaken(RouteView view) {
    look(view);
    return taken;
  }

  private void look(RouteView view) {
    if (!taken && view.table() != seen) {
      seen = view.table();
      OverrideLife life = life(seen);
      ended |= life != null && life.to() <= seen.revision();
      taken = life != null && life.phase() != Phase.SERVED;
    }
  }

  /**
   * Whether what this workload leaves is, or may be, handed over to the baseline. INVARIANT: a table that does not know the override,
   * yet, does not say that it is not.
   */
  boolean isHandedOn(RouteView view) {
    OverrideLife life = life(view.table());
    return life == null || life.residue() == Residue.REDELIVER;
  }

  /** The partitions of a topic in which an offset of its group was set when the override began; of a topic that came later, all in which one was. */
  Set<TopicPartition> placed(RouteView view, String topic) {
    OverrideLife life = life(view.table());
    Set<TopicPartition> all = new HashSet<>();
    if (life != null) {
      life.starts().forEach(start -> all.add(new TopicPartition(start.topic(), start.partition())));
    }
    Set<TopicPartition> ofTopic = new HashSet<>(all);
    ofTopic.removeIf(partition -> !partition.topic().equals(topic));
    return ofTopic.isEmpty() ? all : ofTopic;
  }

  /** Whether a table that was asked for says that the override has ended, or knows it no more. */
  boolean isGone(RouteView answered) {
    return isEnded(answered) || life(answered.table()) == null;
  }

  private @Nullable OverrideLife life(RouteTable table) {
    Tenancy tenancy = self.tenancy();
    Incarnation incarnation = self.incarnation();
    return tenancy == null || incarnation == null ? null : table.override(tenancy, incarnation);
  }

  /**
   * Sets partitions that have no committed offset, or one that is out of range, to their beginning.
   *
   * <p>INVARIANT: not to where the override began: the topic may have been made anew since, and then what stands below that place
   * in the new one would be nobody's. What stands there from before the birth is not its own, and is passed over.
   */
  void start(Consumer<?, ?> client, InvalidOffsetException failure) {
    boolean outOfRange = failure instanceof OffsetOutOfRangeException;
    failure.partitions().forEach(
        partition -> journal.count(outOfRange ? Journal.START_OUT_OF_RANGE : Journal.START_BEGINNING));
    client.seekToBeginning(failure.partitions());
    if (outOfRange) {
      journal.warnOnce("out-of-range", "records of " + failure.partitions() + " were deleted by the broker before "
          + self.service() + " of tenancy " + self.tenancy() + " read them; it goes on from the oldest there are",
          failure);
    }
  }

  /** Whether the member of an ended override may leave: it has read what was there, and committed it or had the time to. */
  boolean isDone(Consumer<?, ?> client, Commits commits) {
    if (!drain.isDone(client)) {
      return false;
    }
    long now = clock.getAsLong();
    drainedNanos = drainedNanos == 0 ? now : drainedNanos;
    return commits.areSettled() || now - drainedNanos > SETTLE_NANOS;
  }
}
