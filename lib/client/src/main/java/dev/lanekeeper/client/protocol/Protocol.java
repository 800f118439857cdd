package dev.lanekeeper.client.protocol;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Follows the route stream: from a state and an event to the next state and what is to be done.
 *
 * <pre>
 *   Unstarted
 *       | Started (view from disk, if any; not yet known to be current)
 *       v
 *   Connecting  &lt;---------------------------------------------+
 *    |      |                                                 |
 *    |      | lost, broken, no table in time                  | pause over, or a question was answered
 *    |      +----------------------------------&gt;  Pausing  ----+
 *    |                                             ^
 *    | whole table, or the newest change           | lost, silent, broken, gap, other history
 *    | that is held once more, with our seal       |
 *    v                                             |
 *   Following  ------------------------------------+          Stopped: from everywhere, for good
 * </pre>
 *
 * <p><b>The table.</b> A connection asks for the changes after the last but one that is held, so the first thing that it
 * brings is a change that is held: its seal shows that the history is ours. Only then does anything count that the
 * stream says. A change is applied if it is the next one; one that is held with the same seal is passed over; a gap, or
 * what cannot be read, makes a new connection, and when that happens twice without progress one that asks for everything.
 * A seal that does not fit means another history, as does
 * a newest revision that is older than what is held: everything is asked for. A whole table takes the place of ours unless
 * it is older and nothing shows that its history is another.
 *
 * <p><b>Currency.</b> {@code current} raises the time as of which the view is current only if it names the revision that
 * is held; if it names a later one that revision is owed, and its time counts once it arrived. A change itself proves
 * that all before its commit time is known.
 *
 * <p><b>Outage.</b> The control plane is out of reach when an attempt fails, when nothing is heard for
 * {@link Timing#silence}, or when a question fails while nothing is followed. A connection that was steady may be lost
 * without that; one that comes and goes may not. It is over when the view is current again. As long as it lasts, every
 * question is left unanswered at once.
 *
 * <p><b>Questions.</b> One is open at a time. Its answer counts only for those who asked before it was sent, and only once
 * the table that is followed has reached the revision that it named.
 */
public final class Protocol {

  private final Timing timing;

  /** A protocol with these times. */
  public Protocol(Timing timing) {
    this.timing = timing;
  }

  /** The times. */
  public Timing timing() {
    return timing;
  }

  /**
   * One event.
   *
   * @param nowMillis by a clock that never goes back; its origin means nothing
   * @param random spreads the attempts of many data planes
   */
  public Step step(ProtocolState state, Event event, long nowMillis, RandomGenerator random) {
    if (state.link() instanceof Link.Stopped && !(event instanceof Event.Asked)) {
      return new Step(state, List.of());
    }
    Turn turn = new Turn(state, timing, nowMillis, random);
    dispatch(turn, event);
    return turn.end();
  }

  private static void dispatch(Turn turn, Event event) {
    if (event instanceof Event.Started started) {
      turn.start(started.table());
    } else if (event instanceof Event.TableArrived arrived) {
      turn.table(arrived);
    } else if (event instanceof Event.ChangeArrived arrived) {
      turn.change(arrived);
    } else if (event instanceof Event.CurrentArrived arrived) {
      turn.current(arrived);
    } else if (event instanceof Event.BrokenArrived broken) {
      turn.broken(broken);
    } else if (event instanceof Event.ConnectionLost lost) {
      turn.lost(lost);
    } else if (event instanceof Event.Asked asked) {
      turn.asked(asked);
    } else if (event instanceof Event.QuestionAnswered answer) {
      turn.answered(answer);
    } else if (event instanceof Event.QuestionFailed failed) {
      turn.unanswered(failed);
    } else if (event instanceof Event.SaveEnded) {
      turn.saved();
    } else if (event instanceof Event.Stopped) {
      turn.stop();
    }
    // Event.TimePassed: every turn looks at the time when it ends.
  }
}
