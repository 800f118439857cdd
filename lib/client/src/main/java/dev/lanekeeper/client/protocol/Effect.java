package dev.lanekeeper.client.protocol;

import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.RouteView;

/** What is to be done, in the order of the list. */
public sealed interface Effect {

  /** Everybody may see this view from now on. */
  record Publish(RouteView view) implements Effect {}

  /**
   * Follow the stream.
   *
   * @param connection the number of the connection; its events carry it
   * @param after the revision after which changes are wanted; 0 for a whole table first
   */
  record Connect(long connection, long after) implements Effect {}

  /** Close a connection. Events that it still brings are ignored. */
  record Disconnect(long connection) implements Effect {}

  /** Ask the control plane for the newest revision. Must end in an answer or a failure. */
  record Ask(long question) implements Effect {}

  /**
   * The one who asked need not wait any longer.
   *
   * @param answered whether the view that was published last is at least as new as his question
   */
  record Tell(long ticket, boolean answered) implements Effect {}

  /** Write the table to disk. Must end in {@link Event.SaveEnded}; no other save begins before, but the last one of a process. */
  record Save(RouteTable table, long asOfMillis) implements Effect {}

  /**
   * Count it; tell people once.
   *
   * @param detail one line for people
   */
  record Note(Trouble trouble, String detail) implements Effect {}
}
