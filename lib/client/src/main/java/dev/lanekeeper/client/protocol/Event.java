package dev.lanekeeper.client.protocol;

import dev.lanekeeper.model.Change;
import dev.lanekeeper.model.RouteTable;
import org.jspecify.annotations.Nullable;

/** What happened. Connections and questions have numbers, so that what comes late from an old one is known as such. */
public sealed interface Event {

  /**
   * The process began.
   *
   * @param table the last table, from disk; null if there is none
   */
  record Started(@Nullable RouteTable table) implements Event {}

  /**
   * A whole table arrived.
   *
   * @param asOfMillis of what time it was current, by the store's clock
   */
  record TableArrived(long connection, RouteTable table, long asOfMillis) implements Event {}

  /** A change arrived. */
  record ChangeArrived(long connection, Change change) implements Event {}

  /**
   * The stream said what is the newest revision.
   *
   * @param asOfMillis of what time that is true, by the store's clock
   */
  record CurrentArrived(long connection, long revision, long asOfMillis) implements Event {}

  /**
   * Something arrived that cannot be read.
   *
   * @param problem for people
   */
  record BrokenArrived(long connection, String problem) implements Event {}

  /**
   * A connection could not be made, or is over.
   *
   * @param problem for people
   */
  record ConnectionLost(long connection, String problem) implements Event {}

  /**
   * Somebody needs to know what is the newest.
   *
   * @param ticket names him; never used before
   * @param deadlineMillis when he stops to wait
   */
  record Asked(long ticket, long deadlineMillis) implements Event {}

  /**
   * A question was answered.
   *
   * @param revision the newest revision
   * @param asOfMillis of what time that is true, by the store's clock
   */
  record QuestionAnswered(long question, long revision, long asOfMillis) implements Event {}

  /**
   * A question got no answer.
   *
   * @param problem for people
   */
  record QuestionFailed(long question, String problem) implements Event {}

  /** A save is over, well or not. */
  record SaveEnded() implements Event {}

  /** Nothing but that time passed. */
  record TimePassed() implements Event {}

  /** The process ends. */
  record Stopped() implements Event {}
}
