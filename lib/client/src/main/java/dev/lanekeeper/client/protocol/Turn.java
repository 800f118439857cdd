package dev.lanekeeper.client.protocol;

import dev.lanekeeper.model.Change;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.RouteView;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One step of the protocol while it is being made. Thrown away afterwards. */
final class Turn {

  /** The stream may make no sense so often before everything is asked for. */
  private static final int MOST_STUMBLES = 2;

  private final ProtocolState before;
  private final Timing timing;
  private final long now;
  private final RandomGenerator random;
  private final List<Effect> effects = new ArrayList<>();
  private final Questions questions;

  private RouteView view;
  private Link link;
  private long connections;
  private int failures;
  private int stumbles;
  private boolean wholeTable;
  private long saveDue;
  private boolean saving;

  Turn(ProtocolState before, Timing timing, long now, RandomGenerator random) {
    this.before = before;
    this.timing = timing;
    this.now = now;
    this.random = random;
    this.questions = new Questions(before, effects);
    this.view = before.view();
    this.link = before.link();
    this.connections = before.connections();
    this.failures = before.failures();
    this.stumbles = before.stumbles();
    this.wholeTable = before.wholeTable();
    this.saveDue = before.saveDueMillis();
    this.saving = before.saving();
  }

  /** Looks at the time, publishes, tells those who waited, and gives the step. */
  Step end() {
    timeOut();
    save();
    if (!view.equals(before.view())) {
      effects.add(new Effect.Publish(view));
    }
    // INVARIANT: nobody is told before the view that he was told about is published.
    questions.settle(now, link instanceof Link.Following ? view.table().revision() : -1,
        view.cutOff() || link instanceof Link.Stopped);
    ProtocolState after =
        new ProtocolState(view, link, connections, failures, stumbles, wholeTable, questions.waiting(),
            questions.newest(), questions.isOpen(), saveDue, saving);
    return new Step(after, effects);
  }

  // The process

  void start(@Nullable RouteTable table) {
    if (!(link instanceof Link.Unstarted)) {
      return;
    }
    if (table != null) {
      view = new RouteView(table, 0, false);
    }
    connect();
  }

  void stop() {
    disconnect();
    link = new Link.Stopped();
    if (saveDue != Long.MAX_VALUE) {
      effects.add(new Effect.Save(view.table(), view.asOfMillis()));
      saveDue = Long.MAX_VALUE;
    }
  }

  // The stream

  void table(Event.TableArrived arrived) {
    if (!isOurs(arrived.connection())) {
      return;
    }
    RouteTable table = arrived.table();
    RouteTable held = view.table();
    boolean same = !view.isKnown() || held.revision() == 0 || History.match(table, held) == History.Match.SAME;
    if (view.isKnown() && table.revision() < held.revision() && History.match(held, table) != History.Match.OTHER) {
      fail(Trouble.BEHIND, "the control plane has revision " + table.revision() + ", older than " + held.revision()
          + " that is held here: kept until its own is newer, or known to be of another history");
      return;
    }
    if (!same) {
      note(Trouble.OTHER_HISTORY, "revision " + held.revision() + " that was held here was never given by this control"
          + " plane: took its table, revision " + table.revision());
    }
    saveAt(view.isKnown() ? now + timing.save() : now);
    view = new RouteView(table, same ? Math.max(view.asOfMillis(), arrived.asOfMillis()) : arrived.asOfMillis(), false);
    progress();
    follow(arrived.connection());
  }

  void change(Event.ChangeArrived arrived) {
    if (!isOurs(arrived.connection())) {
      return;
    }
    Change change = arrived.change();
    long held = view.table().revision();
    History.Match match = History.match(view.table(), change.revision(), change.seal());
    if (match == History.Match.SAME) {
      repeated(arrived.connection(), change.revision() == held);
    } else if (change.revision() <= held) {
      wholeTable = true;
      fail(Trouble.OTHER_HISTORY, "revision " + change.stamp() + " is not the one that is held here");
    } else if (link instanceof Link.Following following && change.revision() == held + 1) {
      apply(following, change);
    } else {
      stumble(Trouble.GAP, "revision " + change.revision() + " followed on " + (view.isKnown() ? held : "nothing"));
    }
  }

  private void repeated(long connection, boolean newest) {
    if (link instanceof Link.Following following) {
      link = following.heardAt(now);
    } else if (newest) {
      follow(connection);
    }
  }

  private void apply(Link.Following following, Change change) {
    RouteTable next;
    try {
      next = view.table().with(change);
    } catch (IllegalArgumentException e) {
      stumble(Trouble.BROKEN, "revision " + change.revision() + " does not fit: " + e.getMessage());
      return;
    }
    // All commits before this one are known, and none after it has an earlier time.
    view = new RouteView(next, Math.max(view.asOfMillis(), change.commitMillis()), view.cutOff());
    link = following.heardAt(now);
    saveAt(now + timing.save());
    progress();
    paid();
  }

  void current(Event.CurrentArrived arrived) {
    if (!isOurs(arrived.connection())) {
      return;
    }
    // What is held came from this control plane, so it had it; nor will it send it again.
    if (link instanceof Link.Connecting connecting && connecting.after() > 0
        && arrived.revision() < view.table().revision()) {
      wholeTable = true;
      fail(Trouble.BEHIND, "the control plane names revision " + arrived.revision() + " as its newest, "
          + view.table().revision() + " is held here: asking for everything");
    } else {
      named(new Link.Newest(arrived.revision(), arrived.asOfMillis()));
    }
  }

  /** The control plane named its newest revision. */
  private void named(Link.Newest newest) {
    if (link instanceof Link.Connecting connecting) {
      link = connecting.naming(newest);
    } else if (link instanceof Link.Following following) {
      long held = view.table().revision();
      // A revision that is behind ours was overtaken, or its writer has lost ours: it is not a word that fits.
      if (newest.revision() == held) {
        link = following.heardAt(now);
        isCurrentAsOf(newest.asOfMillis());
      } else if (newest.revision() > held) {
        link = following.heardAt(now).owing(following.owed().orLater(newest), now);
      }
    }
  }

  /** What is owed may have arrived. */
  private void paid() {
    if (link instanceof Link.Following following && !following.owed().isNone()
        && following.owed().revision() <= view.table().revision()) {
      link = following.owing(Link.Newest.NONE, now);
      isCurrentAsOf(following.owed().revision() == view.table().revision() ? following.owed().asOfMillis() : 0);
    }
  }

  private void isCurrentAsOf(long asOfMillis) {
    if (asOfMillis > view.asOfMillis() || view.cutOff()) {
      view = new RouteView(view.table(), Math.max(asOfMillis, view.asOfMillis()), false);
    }
  }

  private void follow(long connection) {
    Link.Newest named = link instanceof Link.Connecting connecting ? connecting.named() : Link.Newest.NONE;
    link = new Link.Following(connection, now, now, Link.Newest.NONE, now);
    if (!named.isNone()) {
      named(named);
    }
  }

  private void progress() {
    stumbles = 0;
    wholeTable = false;
  }

  // The connection

  void broken(Event.BrokenArrived broken) {
    if (isOurs(broken.connection())) {
      stumble(Trouble.BROKEN, broken.problem());
    }
  }

  void lost(Event.ConnectionLost lost) {
    if (isOurs(lost.connection())) {
      fail(Trouble.LOST, lost.problem());
    }
  }

  private boolean isOurs(long connection) {
    return connection == connections && (link instanceof Link.Connecting || link instanceof Link.Following);
  }

  private void connect() {
    long held = view.table().revision();
    long after = wholeTable || !view.isKnown() ? 0 : Math.max(0, held - 1);
    connections++;
    link = new Link.Connecting(connections, after, now, Link.Newest.NONE, false);
    effects.add(new Effect.Connect(connections, after));
  }

  private void disconnect() {
    if (link instanceof Link.Connecting || link instanceof Link.Following) {
      effects.add(new Effect.Disconnect(connections));
    }
  }

  private void stumble(Trouble trouble, String detail) {
    stumbles++;
    wholeTable |= stumbles >= MOST_STUMBLES;
    fail(trouble, detail);
  }

  private void fail(Trouble trouble, String detail) {
    note(trouble, detail);
    disconnect();
    boolean steady = link instanceof Link.Following following && now - following.sinceMillis() >= timing.steady();
    if (steady) {
      failures = 0;
    }
    if (!steady || trouble == Trouble.SILENT) {
      cutOff();
    }
    link = new Link.Pausing(now + timing.pause(failures, random));
    failures++;
  }

  private void cutOff() {
    if (!view.cutOff()) {
      view = new RouteView(view.table(), view.asOfMillis(), true);
    }
  }

  private void note(Trouble trouble, String detail) {
    effects.add(new Effect.Note(trouble, detail));
  }

  private void timeOut() {
    if (now < link.dueMillis(timing)) {
      return;
    }
    if (link instanceof Link.Pausing) {
      connect();
    } else if (link instanceof Link.Connecting connecting) {
      silentWhileConnecting(connecting);
    } else if (link instanceof Link.Following following) {
      if (now >= following.heardMillis() + timing.silence()) {
        fail(Trouble.SILENT, "nothing was heard for " + (now - following.heardMillis()) + " ms");
      } else {
        stumble(Trouble.GAP, "revision " + following.owed().revision() + " exists and did not arrive");
      }
    }
  }

  private void silentWhileConnecting(Link.Connecting connecting) {
    if (now >= connecting.sinceMillis() + timing.firstTable()) {
      wholeTable = true;
      fail(Trouble.SILENT, "no table within " + timing.firstTable() + " ms");
    } else {
      note(Trouble.SILENT, "nothing was heard for " + (now - connecting.sinceMillis()) + " ms");
      cutOff();
      link = connecting.lateNow();
    }
  }

  // Questions

  void asked(Event.Asked asked) {
    questions.add(asked);
  }

  void answered(Event.QuestionAnswered answer) {
    if (!questions.answered(answer)) {
      return;
    }
    named(new Link.Newest(answer.revision(), answer.asOfMillis()));
    if (link instanceof Link.Pausing) {
      connect(); // It can be reached.
    }
  }

  void unanswered(Event.QuestionFailed failed) {
    if (!questions.failed(failed)) {
      return;
    }
    note(Trouble.UNANSWERED, failed.problem());
    if (!(link instanceof Link.Following)) {
      cutOff();
    }
  }

  // The disk

  private void saveAt(long millis) {
    saveDue = Math.min(saveDue, millis);
  }

  void saved() {
    saving = false;
  }

  private void save() {
    if (!saving && now >= saveDue) {
      effects.add(new Effect.Save(view.table(), view.asOfMillis()));
      saving = true;
      saveDue = Long.MAX_VALUE;
    }
  }
}
