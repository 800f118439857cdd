package dev.lanekeeper.agent;

import dev.lanekeeper.model.RouteSource;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.RouteView;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The source of a process that was given no control plane: it knows nothing, and says so at once. */
final class NoControlPlane implements RouteSource {

  private static final RouteView NOTHING = new RouteView(RouteTable.EMPTY, 0, true);

  @Override
  public RouteView view() {
    return NOTHING;
  }

  @Override
  public Answer ask(Duration patience) {
    return new Answer(NOTHING, false);
  }

  @Override
  public CompletionStage<Answer> askLater(Duration patience) {
    return CompletableFuture.completedFuture(ask(patience));
  }
}
