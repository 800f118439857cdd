package dev.lanekeeper.client.protocol;

import dev.lanekeeper.model.RouteView;
import java.util.List;

/**
 * All that is remembered between two events.
 *
 * @param view what everybody sees
 * @param link where the connection stands
 * @param connections the number of the newest connection
 * @param failures attempts in a row that came to nothing
 * @param stumbles how often the stream made no sense since it last brought the table further
 * @param wholeTable whether the next connection asks for everything
 * @param waiting who waits for an answer, in the order in which they came
 * @param questions the number of the newest question
 * @param asking whether that question is still open
 * @param saveDueMillis when the table is to be written to disk; {@link Long#MAX_VALUE} if there is no need
 * @param saving whether a save has begun and not ended
 */
public record ProtocolState(RouteView view, Link link, long connections, int failures, int stumbles, boolean wholeTable,
    List<Waiting> waiting, long questions, boolean asking, long saveDueMillis, boolean saving) {

  /** Before anything happened. */
  public static final ProtocolState INITIAL = new ProtocolState(RouteView.NOTHING, new Link.Unstarted(), 0, 0, 0, false,
      List.of(), 0, false, Long.MAX_VALUE, false);

  /** Copies the list. */
  public ProtocolState {
    waiting = List.copyOf(waiting);
  }

  /** When {@link Event.TimePassed} is needed at the latest; {@link Long#MAX_VALUE} if only something else can happen. */
  public long dueMillis(Timing timing) {
    long due = Math.min(link.dueMillis(timing), saving ? Long.MAX_VALUE : saveDueMillis);
    for (Waiting one : waiting) {
      due = Math.min(due, one.deadlineMillis());
    }
    return due;
  }
}
