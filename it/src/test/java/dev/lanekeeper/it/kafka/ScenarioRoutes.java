package dev.lanekeeper.it.kafka;

import dev.lanekeeper.model.Change;
import dev.lanekeeper.model.Handover;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.OverrideLife;
import dev.lanekeeper.model.PartitionOffset;
import dev.lanekeeper.model.RouteSource;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.RouteView;
import dev.lanekeeper.model.Service;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.Target;
import dev.lanekeeper.model.Tenancy;
import dev.lanekeeper.model.TenantLife;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;

/** A control plane in memory with one data plane, which may be cut off from it. */
final class ScenarioRoutes implements RouteSource {

  static final ServiceName SERVICE = ServiceName.of("C");

  private final AtomicLong revisions = new AtomicLong();
  private volatile RouteTable published = RouteTable.EMPTY;
  private volatile RouteView view = RouteView.NOTHING;
  private volatile boolean reachable = true;

  Stamp begin(String tenancy, String incarnation, List<PartitionOffset> starts) {
    long revision = revisions.incrementAndGet();
    Tenancy name = new Tenancy(tenancy);
    return publish(new TenantLife(name, revision, OverrideLife.OPEN), OverrideLife.served(new Incarnation(incarnation),
        SERVICE, name, revision, OverrideLife.OPEN, new Target.Workload(), starts));
  }

  void end(String tenancy) {
    OverrideLife life = published.override(SERVICE, new Tenancy(tenancy));
    if (life == null) {
      throw new AssertionError("no override: " + tenancy);
    }
    long revision = revisions.incrementAndGet();
    publish(new TenantLife(life.tenancy(), life.from(), revision), life.endedAt(revision));
  }

  /** Records of a topic are handed over to a group again through one of our own. */
  void handOver(Handover handover) {
    long revision = revisions.incrementAndGet();
    Service present = published.service(SERVICE);
    publish(new Change(revision, seal(revision), revision, List.of(), List.of(),
        List.of((present == null ? new Service(SERVICE, List.of(), false) : present).with(handover)), List.of(),
        List.of(), null));
  }

  private static int seal(long revision) {
    return Long.hashCode(revision * 0x9e3779b97f4a7c15L);
  }

  private Stamp publish(TenantLife tenant, OverrideLife override) {
    long revision = revisions.get();
    return publish(new Change(revision, seal(revision), revision, List.of(tenant), List.of(override), List.of(),
        List.of(), List.of(), null));
  }

  private Stamp publish(Change change) {
    published = published.with(change);
    if (reachable) {
      view = new RouteView(published, Long.MAX_VALUE, false);
    }
    return change.stamp();
  }

  void cutOff() {
    reachable = false;
    view = new RouteView(view.table(), view.asOfMillis(), true);
  }

  void reconnect() {
    reachable = true;
    view = new RouteView(published, Long.MAX_VALUE, false);
  }

  @Override
  public RouteView view() {
    return view;
  }

  @Override
  public Answer ask(Duration patience) {
    return new Answer(view, reachable);
  }

  @Override
  public CompletionStage<Answer> askLater(Duration patience) {
    return CompletableFuture.completedFuture(ask(patience));
  }
}
