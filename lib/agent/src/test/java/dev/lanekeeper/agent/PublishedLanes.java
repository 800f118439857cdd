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

/** This process as a data plane with a table of the test's, until it is closed. */
final class PublishedLanes implements AutoCloseable {

  private final RouteSource before = Lanes.source();
  private final ContextSource contextBefore = Lanes.context();

  private PublishedLanes(WireNames names, ContextSource context) {
    Environment environment = new Environment(1, "test", Policy.STAGING, List.of(), names);
    RouteTable table = RouteTable.of(new RouteTable.Content(0, RevisionLog.EMPTY.append(1, 0xabc, 1000), List.of(),
        List.of(), List.of(), List.of(), List.of(environment)));
    Lanes.publish(new Fixed(new RouteView(table, 2000, false)), () -> null, context, Duration.ofMillis(50));
  }

  /** An environment that names its tenancy, and the stamp, otherwise. */
  static PublishedLanes named(String member, String stampMember) {
    return new PublishedLanes(new WireNames(List.of(member), stampMember, member + "-overrides", List.of()),
        Lanes.context());
  }

  /** The standard names, and another source of requests. */
  static PublishedLanes with(ContextSource context) {
    return new PublishedLanes(WireNames.STANDARD, context);
  }

  private record Fixed(RouteView view) implements RouteSource {

    @Override
    public Answer ask(Duration patience) {
      return new Answer(view, true);
    }

    @Override
    public CompletionStage<Answer> askLater(Duration patience) {
      return CompletableFuture.completedFuture(ask(patience));
    }
  }

  @Override
  public void close() {
    Lanes.publish(before, () -> null, contextBefore, Duration.ofSeconds(2));
  }
}
