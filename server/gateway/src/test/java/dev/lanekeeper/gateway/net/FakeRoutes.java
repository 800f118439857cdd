package dev.lanekeeper.gateway.net;

import dev.lanekeeper.gateway.routing.Egress;
import dev.lanekeeper.model.Hop;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.Instances;
import dev.lanekeeper.model.OverrideLife;
import dev.lanekeeper.model.RevisionLog;
import dev.lanekeeper.model.RouteSource;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.RouteView;
import dev.lanekeeper.model.Self;
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
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A table that a test makes: tenant 123 overrides service B by a workload, tenant {@code gone} has ended. */
final class FakeRoutes implements RouteSource {

  static final ServiceName B = ServiceName.of("B");
  static final Tenancy TENANT = new Tenancy("123");
  static final Incarnation LIFE = new Incarnation("b1");

  private volatile RouteView view = RouteView.NOTHING;
  /** What the control plane has, and tells who asks. */
  volatile RouteView newest = RouteView.NOTHING;
  volatile boolean answers = true;
  /** What those who trace a request were told. */
  final List<Hop> told = new CopyOnWriteArrayList<>();

  static FakeRoutes withWorkloadAt(String host, String... addresses) {
    FakeRoutes routes = new FakeRoutes();
    RevisionLog log = RevisionLog.EMPTY.append(1, 7, 1_000).append(2, 8, 2_000);
    List<URI> at = List.of(addresses).stream().map(URI::create).toList();
    routes.newest = new RouteView(RouteTable.of(new RouteTable.Content(0, log,
        List.of(new TenantLife(TENANT, 1, OverrideLife.OPEN), new TenantLife(new Tenancy("gone"), 1, 2)),
        List.of(OverrideLife.served(LIFE, B, TENANT, 1, OverrideLife.OPEN, new Target.Workload(), List.of())),
        List.of(new Service(B, List.of(host), false)), List.of(new Instances(LIFE, at)), List.of())), 5_000, false);
    return routes.deliver();
  }

  FakeRoutes deliver() {
    view = newest;
    return this;
  }

  /** Nothing was received yet. */
  FakeRoutes empty() {
    view = RouteView.NOTHING;
    return this;
  }

  @Override
  public void tell(Hop hop) {
    told.add(hop);
  }

  @Override
  public RouteView view() {
    return view;
  }

  @Override
  public Answer ask(Duration patience) {
    if (answers) {
      deliver();
    }
    return new Answer(view, answers);
  }

  @Override
  public CompletionStage<Answer> askLater(Duration patience) {
    return CompletableFuture.supplyAsync(() -> ask(patience));
  }

  /** The outgoing calls of a workload of {@link #B}. {@code own}: its tenancy; null: its baseline's. */
  static Egress egress(FakeRoutes routes, @Nullable Tenancy own) {
    return new Egress(routes, Duration.ofSeconds(1), () -> new Self(B, own, null), own);
  }
}
