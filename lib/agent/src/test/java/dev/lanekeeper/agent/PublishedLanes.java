package dev.lanekeeper.agent;

import dev.lanekeeper.boot.ContextSource;
import dev.lanekeeper.boot.Lanes;
import dev.lanekeeper.model.Environment;
import dev.lanekeeper.model.Policy;
import dev.lanekeeper.model.RevisionLog;
import dev.lanekeeper.model.RouteSource;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.RouteView;
import dev.lanekeeper.model.WireNames;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** This process as a data plane with tables of the test's, until it is closed. */
public final class PublishedLanes implements AutoCloseable {

  private final RouteSource sourceBefore = Lanes.source();
  private final ContextSource contextBefore = Lanes.context();
  private final Tables tables = new Tables();

  private PublishedLanes(RouteView view, ContextSource context) {
    show(view);
    Lanes.publish(tables, () -> null, context, Duration.ofMillis(50));
  }

  /** A view. */
  public static PublishedLanes of(RouteView view) {
    return new PublishedLanes(view, Lanes.context());
  }

  /** An environment with names of its own. */
  public static PublishedLanes named(WireNames names) {
    return of(view(names));
  }

  /** The standard names, and another source of requests. */
  public static PublishedLanes with(ContextSource context) {
    return new PublishedLanes(view(WireNames.STANDARD), context);
  }

  /** Names that begin with a word. */
  public static WireNames names(String word) {
    return new WireNames(List.of(word), word + "-rev", word + "-overrides", List.of("X-" + word));
  }

  /** A view of a table with nothing but these names. */
  public static RouteView view(WireNames names) {
    Environment environment = new Environment(1, "test", Policy.STAGING, List.of("svc.cluster.local"), names);
    return new RouteView(RouteTable.of(new RouteTable.Content(0, RevisionLog.EMPTY.append(1, 0xabc, 1000), List.of(),
        List.of(), List.of(), List.of(), List.of(environment))), 2000, false);
  }

  /** From now on it has this view. */
  public void show(RouteView view) {
    tables.view = view;
    tables.answer = view;
  }

  /** From the next question on it has this view. */
  public void answer(RouteView view) {
    tables.answer = view;
  }

  private static final class Tables implements RouteSource {

    private volatile RouteView view = RouteView.NOTHING;
    private volatile RouteView answer = RouteView.NOTHING;

    @Override
    public RouteView view() {
      return view;
    }

    @Override
    public Answer ask(Duration patience) {
      view = answer;
      return new Answer(view, true);
    }

    @Override
    public CompletionStage<Answer> askLater(Duration patience) {
      return CompletableFuture.completedFuture(ask(patience));
    }
  }

  @Override
  public void close() {
    Lanes.publish(sourceBefore, () -> null, contextBefore, Duration.ofSeconds(2));
  }
}
