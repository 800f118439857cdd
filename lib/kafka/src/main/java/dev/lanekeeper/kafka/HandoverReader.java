package dev.lanekeeper.kafka;

import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.OverrideLife;
import dev.lanekeeper.model.Phase;
import dev.lanekeeper.model.RouteView;
import dev.lanekeeper.model.Self;
import dev.lanekeeper.model.Tenancy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the topics through which records are handed over again to the group of one consumer, beside it, in a group of their own:
 * that there are such topics changes neither what the application is subscribed to nor what it is assigned. What comes is handed
 * to the application as the records of a poll, where {@link HandoverPlaces} says; what the application then does with these
 * partitions comes here.
 *
 * <p>There is no second client before the table lists a topic of which the application reads the origin.
 *
 * <p>INVARIANT: nothing that becomes of this client fails the application: it is made anew, some time later, and goes on where the
 * last one was known to stand.
 *
 * <p><b>Threads.</b> That of the consumer.
 */
final class HandoverReader {

  static final Duration CLOSING = Duration.ofSeconds(1);
  private static final long AGAIN_NANOS = 10_000_000_000L;
  private static final long REFUSED_AGAIN_NANOS = 60_000_000_000L;
  private static final long ASK_AGAIN_NANOS = 1_000_000_000L;

  private final Self self;
  private final HandoverTopics topics;
  private final HandoverSieve sieve;
  private final HandoverCommits commits;
  private final Confirmation confirmation;
  private final Supplier<Consumer<byte[], byte[]>> clients;
  private final Journal journal;
  private final LongSupplier clock;
  private final Drain drain;
  private final Stay stay = new Stay();
  private final Set<TopicPartition> pausedByApplication = new HashSet<>();
  /** Topics of which the application was assigned partitions: all that tells what a pattern of the broker's kind matches. */
  private final Set<String> met = new HashSet<>();
  private @Nullable Consumer<byte[], byte[]> client;
  private Set<String> reads = Set.of();
  /** Whether what is to be read has to be found out anew. */
  private boolean due;
  private boolean refused;
  private long failedNanos;
  private long askedNanos;

  HandoverReader(Self self, HandoverTopics topics, HandoverSieve sieve, HandoverCommits commits,
      Confirmation confirmation, Supplier<Consumer<byte[], byte[]>> clients, Journal journal, LongSupplier clock) {
    this.self = self;
    this.topics = topics;
    this.sieve = sieve;
    this.commits = commits;
    this.confirmation = confirmation;
    this.clients = clients;
    this.journal = journal;
    this.clock = clock;
    drain = new Drain(clock, OwnTopics.NONE);
  }

  /** Whether the broker does not let these topics be read. */
  boolean isRefused() {
    return refused;
  }

  /** Whether there is a second client; it wants to be polled now and then. */
  boolean isReading() {
    return client != null;
  }

  /** Whether the group has given it partitions. */
  boolean isPlaced() {
    return client != null && !client.assignment().isEmpty();
  }

  /** The application subscribed to something. */
  void subscribed() {
    met.clear();
    due = true;
  }

  /** The application was assigned these. */
  void assigned(Collection<TopicPartition> partitions) {
    for (TopicPartition partition : partitions) {
      due |= met.add(partition.topic());
    }
  }

  /** Follows a table: reads what it lists, if the application reads the origins of it. */
  void follow(RouteView view, Consumer<?, ?> application) {
    if (topics.look(view.table())) {
      due = true;
    }
    boolean rests =
        failedNanos != 0 && clock.getAsLong() - failedNanos < (refused ? REFUSED_AGAIN_NANOS : AGAIN_NANOS);
    if (due && !rests) {
      due = false;
      read(topics.isAny() ? topics.of(origins(application)) : Set.of());
    }
  }

  private Set<String> origins(Consumer<?, ?> application) {
    Set<String> origins = new HashSet<>(application.subscription());
    origins.addAll(met);
    return origins;
  }

  private void read(Set<String> wanted) {
    if (wanted.equals(reads) && client != null) {
      return;
    }
    if (wanted.isEmpty()) {
      close(CLOSING);
      return;
    }
    try {
      Consumer<byte[], byte[]> present = client;
      if (present == null) {
        present = clients.get();
        client = present;
      }
      present.subscribe(wanted, new Placement());
      reads = wanted;
    } catch (InterruptException interrupted) {
      due = true;
      throw interrupted;
    } catch (RuntimeException | LinkageError failure) {
      failed(failure);
    }
  }

  /**
   * What was handed over to this workload; null if there is nothing for now.
   *
   * @param rests whether the application does not expect records
   * @throws RecordDeserializationException if the first cannot be deserialized
   */
  <K, V> @Nullable ConsumerRecords<K, V> poll(RouteView view, boolean rests) {
    Consumer<byte[], byte[]> present = client;
    if (present == null) {
      return null;
    }
    ConsumerRecords<byte[], byte[]> polled;
    try {
      commits.nowAndThen(present);
      let(present, !rests && mayHand(view));
      polled = present.poll(Duration.ZERO);
      if (!polled.isEmpty() && (rests || !mayHand(view))) {
        Stay.takeBack(polled, present);
        return null;
      }
    } catch (InterruptException interrupted) {
      throw interrupted;
    } catch (RuntimeException failure) {
      failed(failure);
      return null;
    }
    refused &= present.assignment().isEmpty();
    if (polled.isEmpty()) {
      return null;
    }
    ConsumerRecords<K, V> own;
    try {
      own = sieve.own(polled, present, commits);
    } catch (RecordDeserializationException atItsPlace) {
      throw atItsPlace;
    } catch (Throwable lost) {
      Stay.takeBack(polled, present);
      commits.takenBack(polled.partitions());
      throw lost;
    }
    if (own.isEmpty()) {
      return null;
    }
    commits.handed();
    return own;
  }

  /** What was to be handed over was not: it is read again. */
  void takeBack(ConsumerRecords<?, ?> handedOver) {
    placed(handedOver.partitions()).forEach((shown, real) -> with(present -> {
      commits.takenBack(List.of(real));
      present.seek(real, handedOver.records(shown).get(0).offset());
    }));
  }

  /** The workload under test may have been put out of its groups without knowing it. */
  void unsure() {
    askedNanos = clock.getAsLong();
    confirmation.joined();
  }

  /** What was handed before is done with, though nothing is to be read now. */
  void rest() {
    with(present -> {
      commits.nowAndThen(present);
      stay.poll(present, () -> present.poll(Duration.ZERO));
    });
  }

  /** Has the second client do something, if there is one. */
  private void with(java.util.function.Consumer<Consumer<byte[], byte[]>> action) {
    Consumer<byte[], byte[]> present = client;
    if (present != null) {
      try {
        action.accept(present);
      } catch (InterruptException interrupted) {
        throw interrupted;
      } catch (RuntimeException failure) {
        failed(failure);
      }
    }
  }

  /** A workload under test whose place was taken, or that has not heard whether it was, gets nothing. */
  private boolean mayHand(RouteView view) {
    Tenancy tenancy = self.tenancy();
    Incarnation incarnation = self.incarnation();
    if (tenancy == null || incarnation == null) {
      return true;
    }
    confirmation.take();
    if (!confirmation.isGiven()) {
      if (clock.getAsLong() - askedNanos >= ASK_AGAIN_NANOS) {
        askedNanos = clock.getAsLong();
        confirmation.ask();
      }
      return false;
    }
    OverrideLife life = view.table().override(tenancy, incarnation);
    return life != null && life.phase() == Phase.SERVED;
  }

  private void let(Consumer<?, ?> present, boolean flow) {
    Set<TopicPartition> assigned = present.assignment();
    Set<TopicPartition> still = new HashSet<>(assigned);
    if (flow) {
      still.retainAll(pausedByApplication);
    }
    Set<TopicPartition> paused = present.paused();
    if (!still.equals(paused)) {
      Set<TopicPartition> flowing = new HashSet<>(paused);
      flowing.removeAll(still);
      present.resume(flowing);
      present.pause(still);
    }
  }

  private void failed(Throwable failure) {
    failedNanos = clock.getAsLong();
    due = true;
    refused |= failure instanceof AuthorizationException;
    journal.count(Journal.HANDOVER_FAILED);
    journal.warnOnce("handover " + failure.getClass(),
        (refused ? "this consumer may not read " : "a failure to read ") + topics.of(met) + " in group "
            + topics.readers() + ", through which records are handed over again to group " + topics.group()
            + (refused
                ? ": let it. Until then these records stay there, and what is in doubt is held"
                : "; it will be tried again, and nothing of it is lost"),
        failure);
    drop(Duration.ZERO);
  }

  /** Whether the second client, if any, has read what is there for a workload whose override has ended. */
  boolean isDrained() {
    boolean[] done = {true};
    with(present -> done[0] = drain.isDone(present));
    return done[0];
  }

  /** Those of these, as the application sees them, that the group has given the second client, as they are. */
  private Map<TopicPartition, TopicPartition> placed(Collection<TopicPartition> shown) {
    Map<TopicPartition, TopicPartition> placed = new HashMap<>();
    Consumer<byte[], byte[]> present = client;
    if (present != null) {
      for (TopicPartition partition : shown) {
        TopicPartition real = topics.places().real(partition);
        if (real != null && present.assignment().contains(real)) {
          placed.put(partition, real);
        }
      }
    }
    return placed;
  }

  /** A partition as the broker knows it; itself if it is none of what is, or was, read here. */
  TopicPartition real(TopicPartition partition) {
    TopicPartition real = topics.places().real(partition);
    return real == null ? partition : real;
  }

  /** A partition as the application knows it. */
  TopicPartition shown(TopicPartition partition) {
    return topics.places().isKnown(partition) ? topics.places().shown(partition) : partition;
  }

  /** The application commits; of what it gives, what belongs here is committed here. Returns the rest. */
  Map<TopicPartition, OffsetAndMetadata> commit(Map<TopicPartition, OffsetAndMetadata> offsets) {
    if (offsets.keySet().stream().noneMatch(HandoverPlaces::isOne)) {
      return offsets;
    }
    Map<TopicPartition, OffsetAndMetadata> rest = new HashMap<>(offsets);
    rest.keySet().removeIf(HandoverPlaces::isOne);
    Map<TopicPartition, OffsetAndMetadata> own = new HashMap<>();
    placed(offsets.keySet()).forEach((shown, real) -> {
      OffsetAndMetadata offset = offsets.get(shown);
      if (offset != null) {
        own.put(real, offset);
      }
    });
    with(present -> commits.commit(own, present));
    return rest;
  }

  /** The application commits all that it was given. */
  void commitAll() {
    with(commits::commitAll);
  }

  /** The application sets the consumer elsewhere in a partition of what is read here. One that went is let alone. */
  void seek(TopicPartition partition, long offset) {
    placed(List.of(partition)).values().forEach(real -> with(present -> {
      commits.sought(List.of(real));
      present.seek(real, offset);
    }));
  }

  /** Where the second client stands in a partition of what is read here; -1 if it is not its, or that is not known. Does not wait. */
  long position(TopicPartition partition) {
    long[] position = {-1};
    placed(List.of(partition)).values()
        .forEach(real -> with(present -> position[0] = Claims.position(real, present)));
    return position[0];
  }

  /** The application pauses partitions. Returns those that are none of what is read here. */
  Collection<TopicPartition> pause(Collection<TopicPartition> partitions) {
    Collection<TopicPartition> rest = without(partitions);
    if (rest.size() < partitions.size()) {
      pausedByApplication.addAll(placed(partitions).values());
    }
    return rest;
  }

  /** What the application sees as paused, with what it paused of what is read here; {@code own} itself where that is nothing. */
  Set<TopicPartition> paused(Set<TopicPartition> own) {
    if (pausedByApplication.isEmpty()) {
      return own;
    }
    Set<TopicPartition> paused = new HashSet<>(own);
    pausedByApplication.forEach(real -> paused.add(topics.places().shown(real)));
    return paused;
  }

  /** The application resumes partitions. Returns those that are none of what is read here. */
  Collection<TopicPartition> resume(Collection<TopicPartition> partitions) {
    if (!pausedByApplication.isEmpty()) {
      pausedByApplication.removeAll(placed(partitions).values());
    }
    return without(partitions);
  }

  /** Those of these that are none of what is read here; {@code partitions} itself if all are. */
  static Collection<TopicPartition> without(Collection<TopicPartition> partitions) {
    if (partitions.stream().noneMatch(HandoverPlaces::isOne)) {
      return partitions;
    }
    List<TopicPartition> rest = new ArrayList<>(partitions);
    rest.removeIf(HandoverPlaces::isOne);
    return rest;
  }

  /**
   * The application subscribes to nothing any more, or is about to close. Never throws, but leaves an interrupted thread so.
   *
   * @param atMost how long each step may take
   */
  void close(Duration atMost) {
    Consumer<byte[], byte[]> present = client;
    if (present != null) {
      try {
        commits.last(present, atMost);
      } catch (RuntimeException failure) {
        journal.warnOnce("handover-close", "how far records that are handed over again were read is not committed",
            failure);
      }
      drop(atMost.compareTo(CLOSING) < 0 ? atMost : CLOSING);
    }
    met.clear();
  }

  @SuppressWarnings("deprecation") // all that 3.x has
  private void drop(Duration timeout) {
    Consumer<byte[], byte[]> present = client;
    client = null;
    reads = Set.of();
    if (present != null) {
      try {
        present.close(timeout);
      } catch (RuntimeException failure) {
        journal.warnOnce("handover-close", "a client that read records that are handed over again does not close",
            failure);
      }
    }
    commits.forgetAll();
    pausedByApplication.clear();
  }

  /** What the group gives the second client. */
  private final class Placement implements ConsumerRebalanceListener {
    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      drain.assigned();
      if (!self.isBaseline()) {
        askedNanos = clock.getAsLong();
        confirmation.joined();
      }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      drain.revoked();
      commits.forget(partitions);
      pausedByApplication.removeAll(Set.copyOf(partitions));
    }
  }
}
