package dev.lanekeeper.boot;

import dev.lanekeeper.model.Hop;
import dev.lanekeeper.model.RouteSource;
import dev.lanekeeper.model.RouteView;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The source before there is one: the first request may race the start. It waits for its successor and asks that. */
final class PendingSource implements RouteSource {

  private static final Answer NOTHING = new Answer(RouteView.NOTHING, false);

  private final CompletableFuture<RouteSource> successor = new CompletableFuture<>();

  void publish(RouteSource source) {
    successor.complete(source);
  }

  @Override
  public RouteView view() {
    return RouteView.NOTHING;
  }

  @Override
  public void tell(Hop hop) {
    RouteSource next = successor.getNow(null);
    if (next != null) {
      next.tell(hop);
    }
  }

  @Override
  public Answer ask(Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    try {
      RouteSource next = successor.get(patience.toNanos(), TimeUnit.NANOSECONDS);
      return next.ask(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return NOTHING;
    } catch (ExecutionException | TimeoutException late) {
      return NOTHING;
    }
  }

  @Override
  public CompletionStage<Answer> askLater(Duration patience) {
    return successor.thenCompose(next -> next.askLater(patience)).completeOnTimeout(NOTHING, patience.toNanos(),
        TimeUnit.NANOSECONDS);
  }
}
