package dev.lanekeeper.perf;

import dev.lanekeeper.model.RouteSource;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.RouteView;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A route source whose one table is current for ever. */
final class FixedRoutes implements RouteSource {

  private final RouteView view;

  FixedRoutes(RouteTable table) {
    view = new RouteView(table, Long.MAX_VALUE, false);
  }

  @Override
  public RouteView view() {
    return view;
  }

  @Override
  public Answer ask(Duration patience) {
    return new Answer(view, true);
  }

  @Override
  public CompletionStage<Answer> askLater(Duration patience) {
    return CompletableFuture.completedFuture(ask(patience));
  }
}
