package dev.lanekeeper.kafka;

import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.Messages;
import dev.lanekeeper.model.Owner;
import dev.lanekeeper.model.Passing;
import dev.lanekeeper.model.RouteSource;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.RouteView;
import dev.lanekeeper.model.Self;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.WireNames;
import dev.lanekeeper.model.WireTag;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Decides about single records, asks the control plane where the table cannot tell, and watches for the answer on behalf
 * of the records that are held.
 */
final class Doubt {

  private static final long ASK_AGAIN_NANOS = 1_000_000_000;

  private final RouteSource source;
  private final Self self;
  private final TagReader reader;
  private final Duration patience;
  private final Journal journal;
  private final FormerNames former;
  private final LongSupplier clock;
  private final Confirmation confirmation;
  private final Passing passing;
  /** Whether what is put aside can come back. */
  private final BooleanSupplier comesBack;

  /** Of the current poll. */
  private RouteView view = RouteView.NOTHING;
  /** By which tags are read: those at its beginning, also where the answer to a question has others. */
  private WireNames names = WireNames.STANDARD;
  private boolean asked;
  private boolean answered;

  /** Of the records that are held. */
  private RouteView watched = RouteView.NOTHING;
  private boolean answeredSince;
  private @Nullable CompletableFuture<RouteSource.Answer> question;
  private long questionNanos;

  Doubt(RouteSource source, Self self, TagReader reader, Duration patience, Journal journal,
      BooleanSupplier comesBack, FormerNames former, LongSupplier clock) {
    this.former = former;
    this.comesBack = comesBack;
    this.clock = clock;
    this.source = source;
    this.self = self;
    this.reader = reader;
    this.patience = patience;
    this.journal = journal;
    confirmation = new Confirmation(source, patience);
    passing = new Passing(self);
  }

  RouteView view() {
    return source.view();
  }

  /** The group gives this member partitions. The control plane is asked at once, so that few records have to wait. */
  void joined() {
    question = null;
    answeredSince = false;
    confirmation.joined();
  }

  /** The application assigns partitions itself: there is no group, and no membership to be confirmed. */
  void assignedByHand() {
    confirmation.notNeeded();
  }

  /** A confirmation of its own for a member of another group that reads on behalf of this one. */
  Confirmation ofAnotherGroup() {
    return new Confirmation(source, patience);
  }

  /** Begins with the records of a poll. */
  void begin() {
    confirmation.take();
    view = source.view();
    names = view.table().names();
    asked = false;
    answered = false;
  }

  private boolean read(ConsumerRecord<?, ?> record) {
    WireNames of = former.of(record);
    reader.use(of == null ? names : of);
    return reader.read(record.headers());
  }

  /** Whether a record bears a tag. */
  boolean isTagged(ConsumerRecord<?, ?> record) {
    return read(record);
  }

  /**
   * Whether a tagged record is another's wherever it stands, and may be passed over unseen: where it says no, {@link #decide} tells.
   *
   * @param now taken when the record had come from the broker
   */
  boolean isAnothers(RouteView now, WireTag tag) {
    return (confirmation.isGiven() || !isToBeConfirmed()) && passing.isAnothers(now, tag);
  }

  /** Decides about a tagged record; asks at most once in a poll. {@link Messages.Action#ASK}: it must be held. */
  Messages.Action decide(ConsumerRecord<?, ?> record) {
    try {
      if (HandoverTopics.isOurs(record.topic())) {
        return Messages.Action.SKIP; // a pattern of the application's has brought it
      }
      read(record);
      Messages.Action action = confirmed(view, record, answered);
      if (action == Messages.Action.ASK && !asked) {
        ask();
        read(record);
        action = confirmed(view, record, answered);
      }
      return action;
    } catch (RuntimeException | LinkageError ours) {
      // Nobody may get a record because something of ours is broken.
      journal.count(Journal.ERROR_DECISION);
      journal.warnOnce("decide", "a tagged record could not be decided and is held back", ours);
      return Messages.Action.ASK;
    }
  }

  /**
   * Gives a record that was decided without a stamp that of the snapshot at which it was decided, before the application
   * gets it: what it causes asks at the same one. Tag and stamp in a form that is not ours (names in another case, several
   * lists, malformed) are written anew: who goes on with the record looks for ours. What is in our form is left alone.
   */
  void stamp(ConsumerRecord<?, ?> record) {
    try {
      if (!read(record)) {
        return; // handed over again without its tag
      }
      Stamp stamp = Messages.stamp(view, reader.tag(), record.timestamp(), answered);
      Carried borne = reader.tag().carried();
      Carried due = stamp.isNone() ? borne : borne.with(stamp);
      WireNames now = view.table().names(); // by which what it causes is read
      if (!RecordTags.areWritten(record.headers(), now, due)) {
        RecordTags.write(record.headers(), now, due);
      }
    } catch (RuntimeException | LinkageError ours) {
      // It is this consumer's record all the same; what it causes is then stamped where it is first seen.
      journal.count(Journal.ERROR_DECISION);
      journal.warnOnce("stamp", "a record without a stamp could not be given one", ours);
    }
  }

  private void ask() {
    asked = true;
    RouteSource.Answer answer = source.ask(patience);
    if (!view.isKnown()) {
      names = answer.view().table().names(); // nobody has known any before
    }
    view = answer.view();
    answered = answer.answered();
    confirmation.heard(answered);
  }

  /** Why a record is put aside that the last decision said is nobody's. */
  QuarantinedRecord.Reason reason(ConsumerRecord<?, ?> record) {
    return reason(view, record, answered);
  }

  /** Why a record that is held has to be put aside by the policy; null if it has not, as far as is known now. */
  QuarantinedRecord.@Nullable Reason disposed(ConsumerRecord<?, ?> record) {
    try {
      RouteView now = source.view();
      read(record);
      return confirmed(now, record, answeredSince) == Messages.Action.QUARANTINE
          ? reason(now, record, answeredSince)
          : null;
    } catch (RuntimeException | LinkageError ours) {
      journal.count(Journal.ERROR_DECISION);
      return null;
    }
  }

  private QuarantinedRecord.Reason reason(RouteView by, ConsumerRecord<?, ?> record, boolean afterAnswer) {
    long at = Messages.snapshot(by, reader.tag(), record.timestamp(), afterAnswer);
    Owner owner = by.table().ownerAt(self.service(), reader.tag(), at, record.topic(), record.partition(),
        record.offset());
    return owner instanceof Owner.Unregistered ? QuarantinedRecord.Reason.UNREGISTERED : QuarantinedRecord.Reason.ENDED;
  }

  /**
   * Whether a record in doubt, the one that was decided last, need not be waited for, and may be put aside, since it can come back: no answer
   * is to be had for now, or it does not help.
   */
  boolean isToPutAside(ConsumerRecord<?, ?> record) {
    return comesBack.getAsBoolean() && (view.cutOff() || isAhead(view, record, answered, patience.toMillis()));
  }

  /** Whether a record without a stamp is of a time at which the control plane will not be before one has waited for it. */
  private boolean isAhead(RouteView by, ConsumerRecord<?, ?> record, boolean afterAnswer, long remainingMillis) {
    return afterAnswer && by.isKnown() && reader.tag().isTagged() && !reader.tag().isMalformed()
        && by.table().snapshot(reader.tag().stampRevision(), reader.tag().stampSeal(), true) == RouteTable.UNSTAMPED
        && record.timestamp() - by.asOfMillis() > remainingMillis;
  }

  /** Decides, where this member may: before it is confirmed only about what can by no means be its own. */
  private Messages.Action confirmed(RouteView by, ConsumerRecord<?, ?> record, boolean afterAnswer) {
    boolean may =
        confirmation.isGiven() || !isToBeConfirmed() || (by.isKnown() && !Messages.mayOwn(self, reader.tag()));
    return may ? decide(by, record, afterAnswer) : Messages.Action.ASK;
  }

  /** A consumer of the baseline that can only hold, with untagged records behind, trusts the table that it has. */
  private boolean isToBeConfirmed() {
    return !self.isBaseline() || comesBack.getAsBoolean();
  }

  private Messages.Action decide(RouteView by, ConsumerRecord<?, ?> record, boolean afterAnswer) {
    return Messages.decide(by, self, reader.tag(), record.topic(), record.partition(), record.offset(),
        record.timestamp(), afterAnswer);
  }

  /**
   * Whether a record that is held has been waited for: the outage was noticed, the time one waits for an answer is over, or an answer says
   * that it will be over before the record can be decided.
   */
  boolean isWaitedFor(ConsumerRecord<?, ?> record, long heldNanos) {
    if (!comesBack.getAsBoolean()) {
      return false;
    }
    long remainingNanos = patience.toNanos() - (clock.getAsLong() - heldNanos);
    RouteView now = source.view();
    if (now.cutOff() || remainingNanos <= 0) {
      return true;
    }
    try {
      read(record);
      return isAhead(now, record, answeredSince, remainingNanos / 1_000_000);
    } catch (RuntimeException | LinkageError ours) {
      journal.count(Journal.ERROR_DECISION);
      return false;
    }
  }

  /** The newest view, asked for; null if there was no answer. */
  @Nullable
  RouteView newest() {
    RouteSource.Answer answer = source.ask(patience);
    return answer.answered() ? answer.view() : null;
  }

  /** A record of this poll is held. Where not even the names were known there are none to keep. */
  void held(TopicPartition partition, ConsumerRecord<?, ?> record) {
    if (view.isKnown()) {
      WireNames of = former.of(record);
      former.held(partition, record.offset(), of == null ? names : of);
    }
  }

  /** Records of this poll are held, undecided by what is known now. */
  void watch() {
    watched = view;
    answeredSince = answered;
    question = null;
    questionNanos = clock.getAsLong();
  }

  /** Releases what can be decided now. Does not wait for an answer. */
  @SuppressWarnings("ReferenceEquality") // any newer view is worth a look
  void release(Holds holds, Consumer<?, ?> client) {
    boolean wasConfirmed = confirmation.isGiven();
    confirmation.take();
    boolean newlyAnswered = takeAnswer();
    RouteView now = source.view(); // INVARIANT: taken after the answers, and so at least as new
    if (now != watched || newlyAnswered || confirmation.isGiven() != wasConfirmed) {
      watched = now;
      for (Map.Entry<TopicPartition, ConsumerRecord<?, ?>> entry : holds.records().entrySet()) {
        if (isDecided(now, entry.getValue())) {
          holds.release(client, entry.getKey());
          journal.count(Journal.RELEASE_DECIDED);
        }
      }
    }
    if (!holds.isEmpty() && question == null && !now.cutOff() && clock.getAsLong() - questionNanos >= ASK_AGAIN_NANOS) {
      question = source.askLater(patience).toCompletableFuture();
      questionNanos = clock.getAsLong();
    }
  }

  private boolean takeAnswer() {
    CompletableFuture<RouteSource.Answer> pending = question;
    if (pending == null || !pending.isDone()) {
      return false;
    }
    question = null;
    boolean now = !pending.isCompletedExceptionally() && pending.join().answered();
    answeredSince |= now;
    confirmation.heard(now);
    return now;
  }

  private boolean isDecided(RouteView by, ConsumerRecord<?, ?> record) {
    try {
      names = by.table().names();
      read(record);
      return confirmed(by, record, answeredSince) != Messages.Action.ASK;
    } catch (RuntimeException | LinkageError ours) {
      journal.count(Journal.ERROR_DECISION);
      return false;
    }
  }
}
