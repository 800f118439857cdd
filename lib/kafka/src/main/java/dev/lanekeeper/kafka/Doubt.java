package dev.lanekeeper.kafka;

import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.Lookahead;
import dev.lanekeeper.model.Messages;
import dev.lanekeeper.model.RouteSource;
import dev.lanekeeper.model.RouteView;
import dev.lanekeeper.model.Self;
import dev.lanekeeper.model.Stamp;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
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
  private final Lookahead ahead = new Lookahead();

  /** Of the current poll. */
  private RouteView view = RouteView.NOTHING;
  private boolean asked;
  private boolean answered;

  /** Of the records that are held. */
  private RouteView watched = RouteView.NOTHING;
  private boolean answeredSince;
  private @Nullable CompletableFuture<RouteSource.Answer> question;
  private long questionNanos;

  Doubt(RouteSource source, Self self, TagReader reader, Duration patience, Journal journal) {
    this.source = source;
    this.self = self;
    this.reader = reader;
    this.patience = patience;
    this.journal = journal;
  }

  RouteView view() {
    return source.view();
  }

  /** Begins with the records of a poll. */
  void begin() {
    view = source.view();
    reader.use(view.table().names());
    asked = false;
    answered = false;
  }

  /** Decides about a tagged record, read by the names of the table that decides; asks at most once in a poll. {@link Messages.Action#ASK}: it must be held. */
  Messages.Action decide(ConsumerRecord<?, ?> record) {
    try {
      reader.read(record.headers());
      Messages.Action action = decide(view, record, answered);
      if (action == Messages.Action.ASK && !asked) {
        ask();
        reader.read(record.headers());
        action = decide(view, record, answered);
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
      reader.read(record.headers());
      Stamp stamp = Messages.stamp(view, reader.tag(), record.timestamp(), answered);
      Carried borne = reader.tag().carried();
      Carried due = stamp.isNone() ? borne : borne.with(stamp);
      if (!RecordTags.areWritten(record.headers(), reader.names(), due)) {
        RecordTags.write(record.headers(), reader.names(), due);
      }
    } catch (RuntimeException | LinkageError ours) {
      // It is this consumer's record all the same; what it causes is then stamped where it is first seen.
      journal.count(Journal.ERROR_DECISION);
      journal.warnOnce("stamp", "a record without a stamp could not be given one", ours);
    }
  }

  /** Tagged records that will be decided next. Decides nothing, and fails for none of them: the decision would, and tells. */
  void lookAhead(List<ConsumerRecord<?, ?>> next) {
    try {
      ahead.clear();
      for (ConsumerRecord<?, ?> record : next) {
        reader.read(record.headers());
        ahead.note(reader.tag());
      }
      ahead.fetch(view.table());
    } catch (RuntimeException | LinkageError ours) {
      ahead.clear();
    }
  }

  private void ask() {
    asked = true;
    RouteSource.Answer answer = source.ask(patience);
    view = answer.view();
    answered = answer.answered();
    reader.use(view.table().names());
  }

  private Messages.Action decide(RouteView by, ConsumerRecord<?, ?> record, boolean afterAnswer) {
    return Messages.decide(by, self, reader.tag(), record.topic(), record.partition(), record.offset(),
        record.timestamp(), afterAnswer);
  }

  /** The newest view, asked for; null if there was no answer. */
  @Nullable
  RouteView newest() {
    RouteSource.Answer answer = source.ask(patience);
    return answer.answered() ? answer.view() : null;
  }

  /** Records of this poll are held, undecided by what is known now. */
  void watch() {
    watched = view;
    answeredSince = answered;
    question = null;
    questionNanos = System.nanoTime();
  }

  /** Releases what can be decided now. Never waits. */
  @SuppressWarnings("ReferenceEquality") // any newer view is worth a look
  void release(Holds holds, Consumer<?, ?> client) {
    boolean newlyAnswered = takeAnswer();
    RouteView now = source.view(); // INVARIANT: taken after the answer, and so at least as new
    if (now != watched || newlyAnswered) {
      watched = now;
      for (Map.Entry<TopicPartition, ConsumerRecord<?, ?>> entry : holds.records().entrySet()) {
        if (isDecided(now, entry.getValue())) {
          holds.release(client, entry.getKey());
          journal.count(Journal.RELEASE_DECIDED);
        }
      }
    }
    if (!holds.isEmpty() && question == null && !now.cutOff() && System.nanoTime() - questionNanos >= ASK_AGAIN_NANOS) {
      question = source.askLater(patience).toCompletableFuture();
      questionNanos = System.nanoTime();
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
    return now;
  }

  private boolean isDecided(RouteView by, ConsumerRecord<?, ?> record) {
    try {
      reader.read(record.headers());
      return decide(by, record, answeredSince) != Messages.Action.ASK;
    } catch (RuntimeException | LinkageError ours) {
      journal.count(Journal.ERROR_DECISION);
      return false;
    }
  }
}
