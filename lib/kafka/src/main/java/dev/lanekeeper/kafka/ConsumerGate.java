package dev.lanekeeper.kafka;

import dev.lanekeeper.model.RouteSource;
import dev.lanekeeper.model.RouteView;
import dev.lanekeeper.model.Self;
import dev.lanekeeper.model.WireNames;
import java.time.Duration;
import java.util.Collection;
import java.util.ConcurrentModificationException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * What stands between one Kafka consumer and its application: hands over the records that this process's workload owns and
 * passes over all others before anything of them is deserialized, with positions, commits and lag as they should be.
 *
 * <p>A poll, by a decorator or by an agent's advice on the client:
 *
 * <pre>
 * atMost = gate.beforePoll(timeout)
 * if (records = gate.instead(timeout)) != null: return records    // the gate has others, or the group was left
 * records = client.poll(atMost)                                   // deserializers defer what is tagged
 *   on RuntimeException e: return gate.afterFailedPoll(e, timeout)  // or throws e
 * return gate.afterPoll(records)
 * </pre>
 *
 * <p>Calls that the gate makes to the client come back to an agent's advice: then these methods change nothing.
 *
 * <p><b>Threads.</b> Belongs to the thread that uses the consumer; {@link #describe} and {@link #wakeup} may be called by any.
 */
public final class ConsumerGate {

  /** How long a client takes to close at most, where the application does not say. */
  public static final Duration USUAL_CLOSING = Duration.ofSeconds(30);

  private static final Duration SHORT_POLL = Duration.ofMillis(100);

  private final Self self;
  /** As the application gave them. */
  private final Map<String, ?> given;
  private final Map<String, ?> config;
  private final Journal journal;
  private final HandoverTopics handovers;
  private final FormerNames former = new FormerNames();
  private final PollScan scan;
  private final TracedRecords traced;
  private final Doubt doubt;
  private final Holds holds;
  private final Commits commits;
  private final Bell bell = new Bell();
  private final Reports reports;
  private final OwnTopics ownTopics;
  private final @Nullable Life life;
  private final @Nullable Claims claims;
  private final Silence silence;
  /** How long the poll that is under way may wait. */
  private Duration waits = Duration.ZERO;
  private final @Nullable Quarantine quarantine;
  private @Nullable Deserializer<?> keys;
  private @Nullable Deserializer<?> values;
  private @Nullable HeldInterceptors interceptors;
  private @Nullable Delivery delivery;
  private final GateSettings settings;
  private Beside beside = new Beside(null);
  private @Nullable Consumer<?, ?> client;
  private boolean inside;
  /** Whether the client is polled only to keep its place. */
  private boolean staying;
  /** Whether the application is subscribed: what it puts aside can come back to its group. */
  private boolean subscribed;
  private boolean closed;
  /** How often the bell was rung before the client was polled. */
  private long rungBefore;
  private volatile boolean over;

  private ConsumerGate(RouteSource source, Self self, Map<String, ?> given, GateSettings settings) {
    this.self = self;
    this.given = given;
    config = ClientIds.consumer(self, given);
    journal = new Journal(settings.counters());
    ownTopics = OwnTopics.of(config);
    this.settings = settings;
    handovers = new HandoverTopics(self, ClientIds.text(config.get(ClientIds.GROUP)));
    doubt = new Doubt(source, self, new TagReader(WireNames.STANDARD, settings.rawHeaders()), settings.patience(),
        journal, this::comesBack, former, settings.clock());
    scan = new PollScan(self, source::view, doubt::isAnothers, new TagReader(WireNames.STANDARD, settings.rawHeaders()),
        former, ownTopics);
    traced = new TracedRecords(source, self);
    holds = new Holds(settings.clock());
    silence = new Silence(config, settings.clock());
    boolean joins = !ownTopics.isAny() || !ClientIds.text(config.get(ClientIds.GROUP)).isEmpty();
    Life own = self.isBaseline() || !joins ? null : new Life(self, journal, settings.clock(), ownTopics);
    life = own;
    claims = own == null
        ? null
        : new Claims(ClientIds.text(config.get(ClientIds.GROUP)), () -> own.isHandedOn(source.view()),
            topic -> own.placed(source.view(), topic));
    commits = new Commits(given, claims, journal, settings.clock());
    reports = new Reports(config, settings.clock());
    quarantine = self.isBaseline()
        ? new Quarantine(self, handovers.group(), settings.writers().writer(config, settings.patience()), journal,
            settings.patience(), settings.clock())
        : null;
  }

  /**
   * A gate for a consumer that is about to be made.
   *
   * @param source the table
   * @param self whose workload this process is
   * @param config the settings that the application gave its consumer
   * @throws KafkaException if this process belongs to a tenant and has no incarnation, or the consumer is one of Kafka
   *     Streams in such a process
   */
  public static ConsumerGate of(RouteSource source, Self self, Map<String, ?> config, GateSettings settings) {
    return new ConsumerGate(source, self, config, settings);
  }

  /**
   * The settings to make the consumer with, once the deserializers are known: the application's own at the baseline, unless
   * they name interceptors, or a deserializer.
   */
  public Map<String, Object> config() {
    Map<String, Object> plain = StreamsSettings.plain(config);
    Map<String, Object> standIns = new HashMap<>();
    if (!StandIns.entries(config.get(StandIns.INTERCEPTORS)).isEmpty()) {
      standIns.put(StandIns.INTERCEPTORS, List.of(HeldInterceptors.class));
    }
    if (keys == null && config.get(StandIns.KEYS) != null) {
      standIns.put(StandIns.KEYS, NamedDeserializer.class);
    }
    if (values == null && config.get(StandIns.VALUES) != null) {
      standIns.put(StandIns.VALUES, NamedDeserializer.class);
    }
    return standIns.isEmpty() ? plain : StandIns.put(plain, this, standIns);
  }

  /** The application's interceptors are made: they see what is handed over, and nothing else. */
  void intercept(HeldInterceptors made) {
    interceptors = made;
  }

  /**
   * The deserializer of keys to make the consumer with.
   *
   * @param own the application's; null if it is named in the settings: {@link #config} then names one that stands for it
   * @return null if {@code own} is
   */
  public <T> @Nullable Deserializer<T> keys(@Nullable Deserializer<T> own) {
    return own == null ? null : gatedKeys(own);
  }

  /** The same for values. */
  public <T> @Nullable Deserializer<T> values(@Nullable Deserializer<T> own) {
    return own == null ? null : gatedValues(own);
  }

  <T> DeferringDeserializer<T> gatedKeys(Deserializer<T> own) {
    keys = own;
    return new DeferringDeserializer<>(own, scan);
  }

  <T> DeferringDeserializer<T> gatedValues(Deserializer<T> own) {
    values = own;
    return new DeferringDeserializer<>(own, scan);
  }

  /** The consumer is made. */
  public void attach(Consumer<?, ?> made) {
    client = made;
    delivery =
        new Delivery(scan, new Sieve(self, doubt, journal, keys, values, quarantine, ownTopics), doubt, holds, commits,
            claims, journal, traced);
    if (!ClientIds.text(config.get(ClientIds.GROUP)).isEmpty() && !ClientIds.isStreams(config)) {
      beside = new Beside(reader());
    }
  }

  private HandoverReader reader() {
    HandoverCommits read =
        new HandoverCommits(ClientIds.commitsByClient(given), commits.progress()::applicationCommits, journal,
            settings.clock());
    return new HandoverReader(self, handovers,
        new HandoverSieve(self, handovers, doubt, journal, keys, values), read,
        doubt.ofAnotherGroup(), () -> settings.readers().reader(config, handovers.readers()), journal,
        settings.clock());
  }

  /** Whether a record of this consumer that is put aside in doubt can be handed over to its group again. */
  private boolean comesBack() {
    return settings.putsAside() && takesHandovers();
  }

  /** Whether it reads what is handed over to its group, as far as is known. */
  private boolean takesHandovers() {
    return subscribed && beside.isRead();
  }

  /** Whether the override has ended and its group was left: there is nothing to poll, subscribe to or commit any more. */
  public boolean isOver() {
    return over;
  }

  /** What this consumer is to its broker, as of its last poll. May be called by any thread. */
  public ConsumerReport describe() {
    return reports.newest();
  }

  /**
   * Before a poll.
   *
   * @return how long to poll at most: less than asked where something is waited for meanwhile
   * @throws RecordDeserializationException if an own record at which the last poll stopped could not be deserialized
   * @throws WakeupException if the application wakes the consumer up
   */
  public Duration beforePoll(Duration timeout) {
    Consumer<?, ?> consumer = client;
    Delivery handing = delivery;
    if (consumer == null || handing == null || over || inside || staying) {
      return timeout;
    }
    inside = true;
    try {
      listen(Duration.ZERO);
      former.settle(consumer);
      scan.begin();
      handing.throwFailure(consumer);
      if (!holds.isEmpty()) {
        doubt.release(holds, consumer);
        putAside(consumer);
      }
      rungBefore = life == null ? 0 : bell.rung();
      boolean draining = life != null && life.isEnded(doubt.view());
      if (draining) {
        drain(consumer);
      } else {
        commits.nowAndThen(consumer);
      }
      Duration atMost = over
          ? timeout
          : beside.turn(doubt.view(), consumer, () -> isAllPaused(consumer), () -> keepPlace(consumer), timeout);
      boolean hurry = draining || !holds.isEmpty();
      waits = hurry && atMost.compareTo(SHORT_POLL) > 0 ? SHORT_POLL : atMost;
      return waits;
    } catch (WakeupException heard) {
      bell.heard(bell.rung());
      throw heard;
    } finally {
      inside = false;
    }
  }

  /** Polls the client only to keep its place; partitions may come and go, as in any poll. */
  private ConsumerRecords<?, ?> keepPlace(Consumer<?, ?> consumer) {
    inside = false;
    staying = true;
    try {
      return consumer.poll(Duration.ZERO);
    } finally {
      staying = false;
      inside = true;
    }
  }

  /** An application that pauses all it has takes for granted that its polls come back empty, and may not look. */
  private boolean isAllPaused(Consumer<?, ?> consumer) {
    Set<TopicPartition> assigned = consumer.assignment();
    return !assigned.isEmpty() && holds.visible(consumer.paused()).containsAll(assigned);
  }

  /** A workload under test that was away for long asks anew before it gets anything: its place may be taken. */
  private void listen(Duration mayHaveWaited) {
    if (life != null && silence.isOver(mayHaveWaited)) {
      doubt.joined();
      beside.unsure();
    }
  }

  /** What could not be put aside at once, and what was waited for long enough, goes to the quarantine: the untagged records behind it must not wait any longer. */
  private void putAside(Consumer<?, ?> consumer) {
    if (quarantine == null) {
      return;
    }
    quarantine.begin();
    for (Map.Entry<TopicPartition, ConsumerRecord<?, ?>> entry : holds.records().entrySet()) {
      TopicPartition partition = entry.getKey();
      ConsumerRecord<?, ?> record = entry.getValue();
      QuarantinedRecord.Reason reason = doubt.disposed(record);
      if (reason == null && doubt.isWaitedFor(record, holds.sinceNanos(partition))) {
        reason = QuarantinedRecord.Reason.IN_DOUBT;
      }
      if (reason != null && quarantine.put(record, reason)) {
        holds.release(consumer, partition);
        consumer.seek(partition, record.offset() + 1);
        commits.passedOver(partition, record.offset());
      }
    }
  }

  /**
   * After a poll: decides about each record of which its headers alone do not tell whose it is, and asks the control plane at most once.
   *
   * @return {@code polled} itself where nothing is taken out of it
   * @throws RecordDeserializationException if the first own record cannot be deserialized; the consumer stands at it
   */
  public <K, V> ConsumerRecords<K, V> afterPoll(ConsumerRecords<K, V> polled) {
    Consumer<?, ?> consumer = client;
    Delivery handing = delivery;
    if (consumer == null || handing == null || inside || staying) {
      return polled;
    }
    if (life != null) {
      bell.heard(rungBefore); // the poll began after that, and would have thrown
    }
    return shown(own(polled, consumer, handing));
  }

  private <K, V> ConsumerRecords<K, V> shown(ConsumerRecords<K, V> own) {
    HeldInterceptors present = interceptors;
    return present == null || own.isEmpty() ? own : present.consume(own);
  }

  private <K, V> ConsumerRecords<K, V> own(ConsumerRecords<K, V> polled, Consumer<?, ?> consumer, Delivery handing) {
    inside = true;
    try {
      listen(waits);
      report(polled, consumer, handing);
      return handing.own(polled, consumer);
    } finally {
      inside = false;
    }
  }

  /** INVARIANT: where this fails the poll does, and its records come again. */
  private void report(ConsumerRecords<?, ?> polled, Consumer<?, ?> consumer, Delivery handing) {
    try {
      reports.publish(consumer, takesHandovers());
    } catch (Throwable lost) {
      handing.takeBack(polled, consumer, lost);
      throw lost;
    }
  }

  /**
   * After a poll, or another method of the client, that threw. Under test a partition without a committed offset is set to
   * its beginning, and the poll comes back empty; so does one of an ended override, whose group is left.
   *
   * @throws RuntimeException {@code thrown}, where there is nothing to do about it
   */
  public <K, V> ConsumerRecords<K, V> afterFailedPoll(RuntimeException thrown, Duration timeout) {
    Consumer<?, ?> consumer = client;
    if (thrown instanceof WakeupException && !inside && !staying) {
      bell.heard(bell.rung());
    }
    if (life == null || consumer == null || inside || staying || !(thrown instanceof InvalidOffsetException missing)) {
      throw thrown;
    }
    inside = true;
    try {
      RouteView newest = doubt.newest();
      if (newest == null) {
        journal.warnOnce("start", "no committed offset for " + missing.partitions()
            + ", and the control plane does not answer: nothing is read until it does", null);
        bell.await(timeout.compareTo(SHORT_POLL) > 0 ? SHORT_POLL : timeout);
      } else if (missing instanceof NoOffsetForPartitionException && life.isGone(newest)) {
        leave(consumer);
      } else {
        life.start(consumer, missing);
      }
      return ConsumerRecords.empty();
    } finally {
      inside = false;
    }
  }

  /**
   * In place of a poll: what was handed over to this workload, beside what its client reads; or nothing, once {@link #isOver}.
   *
   * @return null if the client is to be polled
   * @throws WakeupException on {@link #wakeup}
   * @throws InterruptException if the thread was interrupted
   */
  public <K, V> @Nullable ConsumerRecords<K, V> instead(Duration timeout) {
    if (inside || staying) {
      return null;
    }
    if (over) {
      // Kafka Streams polls at once again.
      bell.await(ownTopics.isAny() && timeout.compareTo(SHORT_POLL) < 0 ? SHORT_POLL : timeout);
      return ConsumerRecords.empty();
    }
    ConsumerRecords<K, V> own = beside.take();
    return own == null ? null : shown(own);
  }

  /** The application wakes the consumer up, before the client is told. May be called by any thread. */
  public void wakeup() {
    if (life != null) {
      bell.ring();
    }
  }

  private void drain(Consumer<?, ?> consumer) {
    if (life != null
        && (life.isTaken(doubt.view()) || (holds.isEmpty() && life.isDone(consumer, commits) && beside.isDrained()))) {
      commits.last(consumer);
      leave(consumer);
    }
  }

  private void leave(Consumer<?, ?> consumer) {
    over = true;
    inside = false; // the application's listener hears of it, and may commit
    consumer.unsubscribe();
    forgetAll();
    journal.count(Journal.LEAVE_ENDED);
    journal.info(
        "the override of " + self.service() + " by tenancy " + self.tenancy() + " (incarnation " + self.incarnation()
            + ") has ended: this consumer is out of group " + reports.newest().group()
            + "; what it had not read is its undertaker's");
  }

  /**
   * Before the consumer is closed: what was passed over is committed, so that nobody reads it again. Never throws, and does
   * nothing the second time: the client has to be closed, whatever becomes of this. An interrupted thread stays so.
   *
   * @param timeout how long the application gives its client: none of what is waited for may take longer
   */
  public void beforeClose(Duration timeout) {
    Consumer<?, ?> consumer = client;
    if (consumer == null || over || inside || closed) {
      return;
    }
    inside = true;
    closed = true;
    try {
      commits.beforeClose(consumer, timeout);
      beside.close(timeout);
      if (quarantine != null) {
        quarantine.close();
      }
    } catch (ConcurrentModificationException usedByAnother) {
      closed = false; // as the client says when it is asked to close
    } catch (RuntimeException | LinkageError failure) {
      journal.warnOnce("close", "progress over records of others could not be committed before closing", failure);
    } finally {
      inside = false;
    }
  }

  /**
   * Before partitions are assigned by hand.
   *
   * <p>What is held is let go: the client keeps the pause of a partition that stays, which nobody would end.
   *
   * @throws KafkaException if this process belongs to a tenant: without a group nobody could say who reads what
   */
  public void beforeAssign(Collection<TopicPartition> partitions) {
    if (inside) {
      return;
    }
    if (!self.isBaseline() && !ownTopics.haveAll(partitions)) {
      throw ClientIds.refused(self,
          ownTopics.isAny() ? "a table of Kafka Streams that is read from " + partitions : "assign()",
          "only a group member's start, end and progress can be known");
    }
    Consumer<?, ?> consumer = client;
    if (consumer != null) {
      release(consumer, holds.records().keySet());
    }
    commits.progress().retain(partitions);
    unsubscribed();
    doubt.assignedByHand();
    forgetFailure();
    reports.due();
  }

  private void release(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
    inside = true;
    try {
      for (TopicPartition partition : partitions) {
        if (holds.holds(partition)) {
          holds.release(consumer, partition);
        }
      }
    } finally {
      inside = false;
    }
  }

  /**
   * Before all positions are committed. Positions need no lift.
   *
   * @return what to commit in their place; null: nothing, the client may commit them
   */
  public @Nullable Map<TopicPartition, OffsetAndMetadata> beforeCommitAll() {
    Consumer<?, ?> consumer = client;
    if (inside || consumer == null) {
      return null;
    }
    learn(consumer.assignment());
    commits.progress().commitAll();
    beside.commitAll();
    return claims == null ? null : claims.ofPositions(consumer);
  }

  /** A commit must not wipe out what another member has claimed, also one that comes before the first poll. */
  private void learn(Set<TopicPartition> partitions) {
    Consumer<?, ?> consumer = client;
    if (claims != null && consumer != null) {
      inside = true;
      try {
        claims.learnUnknown(partitions, consumer);
      } finally {
        inside = false;
      }
    }
  }

  /** What the application is to see of what is committed: without what a gate wrote there beside it. */
  public Map<TopicPartition, OffsetAndMetadata> committed(Map<TopicPartition, OffsetAndMetadata> offsets) {
    if (inside || claims == null || offsets.values().stream().noneMatch(ConsumerGate::isClaim)) {
      return offsets;
    }
    Map<TopicPartition, OffsetAndMetadata> shown = new HashMap<>(offsets);
    shown.replaceAll((partition, offset) -> isClaim(offset) ? Claim.with(offset, Claim.NONE) : offset);
    return shown;
  }

  private static boolean isClaim(@Nullable OffsetAndMetadata offset) {
    return offset != null && Claim.of(offset.metadata()) != Claim.NONE;
  }

  /**
   * Before offsets are committed.
   *
   * @return what to commit by the client: offsets behind which records were passed over are lifted over these, and those of records
   *     that were handed over again are committed elsewhere
   * @throws CommitFailedException if the group was left since the override has ended
   * @throws KafkaException if nobody can tell what is claimed there
   */
  public Map<TopicPartition, OffsetAndMetadata> beforeCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {
    if (over) {
      throw outOfGroup();
    }
    if (inside) {
      return offsets;
    }
    learn(offsets.keySet());
    return commits.carried(commits.progress().lift(beside.commit(offsets)));
  }

  /**
   * The callback of an asynchronous commit in place of the application's, which is told of what it gave.
   *
   * @param given by the application
   * @param committed what {@link #beforeCommit} made of it
   * @param callback null if the application gave none
   */
  @SuppressWarnings("ReferenceEquality") // the very same where nothing was changed
  public @Nullable OffsetCommitCallback callback(Map<TopicPartition, OffsetAndMetadata> given,
      Map<TopicPartition, OffsetAndMetadata> committed, @Nullable OffsetCommitCallback callback) {
    return callback == null || given == committed
        ? callback
        : (offsets, failure) -> callback.onComplete(given, failure);
  }

  private CommitFailedException outOfGroup() {
    return new CommitFailedException("lanekeeper: the override of " + self.service() + " by tenancy " + self.tenancy()
        + " has ended, and this consumer is out of its group");
  }

  /**
   * In place of an asynchronous commit once {@link #isOver}: it fails as one does whose member the group has put out.
   *
   * @param offsets as the callback is told them; empty where all positions were to be committed
   * @param callback null if the application gave none
   */
  public void failCommit(Map<TopicPartition, OffsetAndMetadata> offsets, @Nullable OffsetCommitCallback callback) {
    if (callback != null) {
      callback.onComplete(offsets, outOfGroup());
    }
  }

  /**
   * Before the consumer is set elsewhere in a partition.
   *
   * @return whether that is done: it is one of records that are handed over again, of which the client knows nothing
   */
  public boolean beforeSeek(TopicPartition partition, long offset) {
    if (!inside && beside.seek(partition, offset)) {
      return true;
    }
    sought(List.of(partition));
    return false;
  }

  /**
   * Before the consumer is set to the beginning or end of partitions. Of records that are handed over again none is read twice or
   * passed over for that.
   *
   * @param partitions none: all that are assigned
   * @return which to set there; null if there are none
   */
  public @Nullable Collection<TopicPartition> beforeSeekAll(Collection<TopicPartition> partitions) {
    Collection<TopicPartition> own = inside ? partitions : beside.without(partitions);
    if (own.isEmpty() && !partitions.isEmpty()) {
      return null;
    }
    sought(own);
    return own;
  }

  private void sought(Collection<TopicPartition> partitions) {
    Consumer<?, ?> consumer = client;
    if (consumer == null || inside) {
      return;
    }
    Collection<TopicPartition> sought = partitions.isEmpty() ? Set.copyOf(consumer.assignment()) : partitions;
    release(consumer, sought);
    commits.sought(sought);
  }

  /** Where the application stands in a partition of records that are handed over again; -1 if it is none of these. */
  public long positionBeside(TopicPartition partition) {
    return inside ? -1 : beside.position(partition);
  }

  /**
   * Before the application asks its broker about partitions: as that knows those of records that are handed over again.
   *
   * @return {@code partitions} itself where there are none of these
   */
  public Collection<TopicPartition> asked(Collection<TopicPartition> partitions) {
    return inside ? partitions : beside.asked(partitions);
  }

  /** The same of offsets by time. */
  public <V> Map<TopicPartition, V> asked(Map<TopicPartition, V> partitions) {
    if (inside || partitions.keySet().stream().noneMatch(HandoverPlaces::isOne)) {
      return partitions;
    }
    Map<TopicPartition, V> asked = new HashMap<>();
    partitions.forEach((partition, value) -> asked.put(beside.asked(List.of(partition)).iterator().next(), value));
    return asked;
  }

  /** What the broker answered where {@link #asked} was not what the application gave. */
  public <V> Map<TopicPartition, V> answered(Map<TopicPartition, V> answer) {
    return beside.answered(answer);
  }

  /** Whether the client knows nothing of a partition: it is one of records that are handed over again. */
  public static boolean isOfHandovers(TopicPartition partition) {
    return HandoverPlaces.isOne(partition);
  }

  /** Before the application pauses partitions: those that its client knows. */
  public Collection<TopicPartition> beforePause(Collection<TopicPartition> partitions) {
    if (inside) {
      return partitions;
    }
    Collection<TopicPartition> own = beside.pause(partitions);
    holds.paused(own);
    return own;
  }

  /** Before the application resumes partitions: those that may flow. */
  public Collection<TopicPartition> beforeResume(Collection<TopicPartition> partitions) {
    if (inside) {
      return partitions;
    }
    return holds.resumable(beside.resume(partitions));
  }

  /** What the application sees where {@code partitions} are paused. */
  public Set<TopicPartition> paused(Set<TopicPartition> partitions) {
    return inside ? partitions : beside.paused(holds.visible(partitions));
  }

  /** Whether a pattern goes to the broker as it is; under test the group is a classic one, which has none of these. */
  public boolean sendsPatterns() {
    return self.isBaseline();
  }

  /**
   * A pattern of the broker's kind as one of the client's own.
   *
   * @throws KafkaException if it cannot be written so
   */
  public Pattern clientPattern(String ofBroker) {
    try {
      return Pattern.compile(ofBroker.replace("(?P<", "(?<"));
    } catch (PatternSyntaxException unlike) {
      throw new KafkaException("lanekeeper: pattern: " + ofBroker + " in " + self.service() + " for tenancy "
          + self.tenancy()
          + " (expected: one that java.util.regex.Pattern can read as well). Write it so, or leave this"
          + " service to the baseline", unlike);
    }
  }

  /** The application subscribes: the listener to do it with in place of its own, of which it may have none. */
  public ConsumerRebalanceListener listener(@Nullable ConsumerRebalanceListener own) {
    subscribed = true;
    beside.subscribed();
    return own instanceof GateListener made ? made : new GateListener(this, own);
  }

  /** Partitions came. */
  void assigned(Collection<TopicPartition> partitions) {
    forget(partitions);
    doubt.joined();
    if (life != null) {
      life.drain().assigned();
    }
    beside.assigned(partitions);
  }

  /** Partitions are about to go, and the application does not know it yet. */
  void beforeRevoked(Collection<TopicPartition> partitions) {
    Consumer<?, ?> consumer = client;
    if (consumer != null && !inside) {
      inside = true;
      try {
        commits.beforeRevoked(consumer, partitions);
      } finally {
        inside = false;
      }
    }
  }

  /** Partitions went, or are about to. */
  void revoked(Collection<TopicPartition> partitions) {
    former.forget(partitions);
    forget(partitions);
    if (life != null) {
      life.drain().revoked();
    }
  }

  /** What was known of them is of another time. */
  private void forget(Collection<TopicPartition> partitions) {
    holds.forget(partitions);
    if (claims != null) {
      claims.forget(partitions);
    }
    commits.progress().forget(partitions);
    reports.due();
  }

  /** Before the consumer unsubscribes. */
  public void forgetAll() {
    unsubscribed();
    holds.forgetAll();
    if (claims != null) {
      claims.forgetAll();
    }
    commits.progress().forgetAll();
    forgetFailure();
    reports.due();
  }

  private void unsubscribed() {
    subscribed = false;
    beside.unsubscribed();
  }

  private void forgetFailure() {
    if (delivery != null) {
      delivery.forgetFailure();
    }
  }
}
