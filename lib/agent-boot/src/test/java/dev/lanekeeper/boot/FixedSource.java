package dev.lanekeeper.boot;

import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.OverrideLife;
import dev.lanekeeper.model.RevisionLog;
import dev.lanekeeper.model.RouteSource;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.RouteView;
import dev.lanekeeper.model.Service;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Target;
import dev.lanekeeper.model.Tenancy;
import dev.lanekeeper.model.TenantLife;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A source that tests set by hand: {@code shop} is overridden for {@code 123}, {@code gone} has ended, {@code out} is outside. */
final class FixedSource implements RouteSource {

  static final RouteView VIEW = new RouteView(table("http://127.0.0.1:9102"), 5_000, false);

  volatile RouteView view = VIEW;
  volatile RouteView answer = VIEW;
  volatile boolean answers = true;
  volatile boolean broken;

  static RouteTable table(String redirect) {
    RevisionLog log = RevisionLog.EMPTY.append(1, 7, 1_000).append(2, 8, 2_000);
    return RouteTable.of(new RouteTable.Content(0, log,
        List.of(new TenantLife(new Tenancy("123"), 1, OverrideLife.OPEN), new TenantLife(new Tenancy("gone"), 1, 2)),
        List.of(
            OverrideLife.served(new Incarnation("i1"), ServiceName.of("shop"), new Tenancy("123"), 1, OverrideLife.OPEN,
                new Target.Redirect(URI.create(redirect)), List.of())),
        List.of(new Service(ServiceName.of("shop"), List.of("shop"), false),
            new Service(ServiceName.of("out"), List.of("out"), true)),
        List.of(), List.of()));
  }

  @Override
  public RouteView view() {
    if (broken) {
      throw new IllegalStateException("broken on purpose");
    }
    return view;
  }

  @Override
  public Answer ask(Duration patience) {
    if (answers) {
      view = answer;
    }
    return new Answer(view, answers);
  }

  @Override
  public CompletionStage<Answer> askLater(Duration patience) {
    return CompletableFuture.completedFuture(ask(patience));
  }
}
