package dev.lanekeeper.kafka;

import dev.lanekeeper.model.RouteSource;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Whether the control plane has been heard since the group gave this member its partitions. INVARIANT: before that nothing is
 * decided that may be this consumer's: a member that comes back may have missed what became of its override, or that one is
 * being closed.
 */
final class Confirmation {

  private final RouteSource source;
  private final Duration patience;
  private boolean given;
  private @Nullable CompletableFuture<RouteSource.Answer> pending;

  Confirmation(RouteSource source, Duration patience) {
    this.source = source;
    this.patience = patience;
  }

  /** The group gives this member partitions. The control plane is asked at once, so that few records have to wait. */
  void joined() {
    given = false;
    pending = source.askLater(patience).toCompletableFuture();
  }

  /** Asks once more, without waiting; does nothing while there is no answer to the last question. */
  void ask() {
    CompletableFuture<RouteSource.Answer> last = pending;
    if (last == null || last.isDone()) {
      take();
      pending = given ? null : source.askLater(patience).toCompletableFuture();
    }
  }

  /** There is no group, and no membership to be confirmed. */
  void notNeeded() {
    given = true;
    pending = null;
  }

  /** The control plane was asked on other grounds. */
  void heard(boolean answered) {
    given |= answered;
  }

  /** INVARIANT: looked at before the view that is decided by is taken: that is then at least as new as the answer. */
  void take() {
    CompletableFuture<RouteSource.Answer> answer = pending;
    if (answer != null && answer.isDone()) {
      pending = null;
      given |= !answer.isCompletedExceptionally() && answer.join().answered();
    }
  }

  /** Whether it was heard, as of the last {@link #take}. */
  boolean isGiven() {
    return given;
  }
}
