package dev.lanekeeper.model;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * Where a data plane gets its table from: a client that follows the control plane, or a fake in a test.
 *
 * <p><b>Threads.</b> Every method may be called by any thread. {@link #view} is one volatile read.
 */
public interface RouteSource {

  /** The newest view; {@link RouteView#NOTHING} before there is one. Never blocks. */
  RouteView view();

  /**
   * Asks the control plane for its newest table, and waits for the answer.
   *
   * <p>One question serves all who wait. Where the control plane is known to be out of reach this returns at once,
   * unanswered. Never throws because of the network.
   *
   * @param patience how long to wait at most
   */
  Answer ask(Duration patience);

  /**
   * The same without blocking, for event loops and asynchronous calls. The stage always completes normally, after
   * {@code patience} at the latest.
   */
  CompletionStage<Answer> askLater(Duration patience);

  /**
   * Tells the control plane what became of a request or message that somebody traces. Never blocks, and never throws: where there are
   * too many, or nobody hears of them, it is as if they were not traced.
   */
  default void tell(Hop hop) {
    // A source of a test has nobody to tell.
  }

  /**
   * What was known after asking.
   *
   * @param view the newest view
   * @param answered whether the control plane answered a question that was put after the call began: the view is then at
   *     least as new as that, and a stamp newer than it was never given
   */
  record Answer(RouteView view, boolean answered) {}
}
