package dev.lanekeeper.kafka;

import dev.lanekeeper.model.Change;
import dev.lanekeeper.model.Environment;
import dev.lanekeeper.model.Handover;
import dev.lanekeeper.model.Hop;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.OverrideLife;
import dev.lanekeeper.model.PartitionOffset;
import dev.lanekeeper.model.Policy;
import dev.lanekeeper.model.RouteSource;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.RouteView;
import dev.lanekeeper.model.Service;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.Target;
import dev.lanekeeper.model.Tenancy;
import dev.lanekeeper.model.TenantLife;
import dev.lanekeeper.model.WireNames;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A route source whose table is made by the test; a second, newer one may wait at the "control plane". */
final class FakeRoutes implements RouteSource {

  static final ServiceName SERVICE = ServiceName.of("C");
  static final Handover HANDOVER =
      new Handover("c", "orders", RedeliveredRecord.topic(SERVICE, "c", "orders"));

  private final @Nullable Environment environment;
  private RouteTable published = RouteTable.EMPTY;
  private long asOfMillis = 1_000_000;
  private volatile RouteView view = RouteView.NOTHING;
  volatile boolean reachable = true;
  volatile boolean silent;
  /** Whether who asks is told that nothing has changed. */
  volatile boolean unchanged;
  int questions;
  /** What those who trace a record were told. */
  final List<Hop> told = new ArrayList<>();
  /** What telling throws; null if it does not. */
  @Nullable Error failing;
  private long revision;

  FakeRoutes() {
    environment = null;
  }

  /** Of an environment with this policy. */
  FakeRoutes(Policy policy) {
    environment = new Environment(1, "production", policy, List.of(), WireNames.STANDARD);
  }

  /** Records of "orders" are handed over to group "c" again from now on; not delivered yet. */
  void redeliver() {
    redeliver(HANDOVER);
  }

  /** Records are handed over to the service again from now on, so; not delivered yet. */
  void redeliver(Handover... handovers) {
    revision++;
    Service service = new Service(SERVICE, List.of(), false, List.of(handovers));
    published = published.with(new Change(revision, 7, revision * 1000, List.of(), List.of(),
        List.of(service), List.of(), List.of(), null));
  }

  /** The override goes on to another phase; not delivered yet. */
  void turn(String tenancy, UnaryOperator<OverrideLife> phase) {
    revision++;
    OverrideLife life = published.overrides(new Tenancy(tenancy)).get(0);
    published = published.with(new Change(revision, 7, revision * 1000, List.of(), List.of(phase.apply(life)),
        List.of(), List.of(), List.of(), null));
  }

  /** Tag and stamp travel under other names from now on; not delivered yet. */
  void rename(WireNames names) {
    revision++;
    published = published.with(new Change(revision, 7, revision * 1000, List.of(), List.of(), List.of(), List.of(),
        List.of(), new Environment(revision, "staging", Environment.STAGING.policy(), List.of(), names)));
  }

  /** Of an environment in which tag and stamp travel under these names. */
  FakeRoutes(WireNames names) {
    environment = new Environment(1, "staging", Environment.STAGING.policy(), List.of(), names);
  }

  /** A change that the control plane has accepted and this process has heard of. */
  FakeRoutes deliver() {
    view = new RouteView(published, asOfMillis, false);
    return this;
  }

  void asOf(long millis) {
    asOfMillis = millis;
    deliver();
  }

  void outage() {
    reachable = false;
    view = new RouteView(view.table(), view.asOfMillis(), true);
  }

  void restored() {
    reachable = true;
    deliver();
  }

  /** The tenant overrides the service by a workload; not delivered yet. */
  Stamp begin(String tenancy, String incarnation, PartitionOffset... starts) {
    revision++;
    Tenancy name = new Tenancy(tenancy);
    return accept(new TenantLife(name, revision, OverrideLife.OPEN),
        OverrideLife.served(new Incarnation(incarnation), SERVICE, name,
            revision, OverrideLife.OPEN, new Target.Workload(), List.of(starts)));
  }

  /** The tenant ends, and its override; not delivered yet. */
  Stamp end(String tenancy) {
    revision++;
    Tenancy name = new Tenancy(tenancy);
    OverrideLife life = published.override(SERVICE, name);
    if (life == null) {
      throw new AssertionError("no override: " + tenancy);
    }
    return accept(new TenantLife(name, life.from(), revision), life.endedAt(revision));
  }

  private Stamp accept(TenantLife tenant, OverrideLife override) {
    Change change =
        new Change(revision, (int) (revision * 0x9e3779b9L), revision * 1000, List.of(tenant), List.of(override),
            List.of(), List.of(), List.of(), revision == 1 ? environment : null);
    published = published.with(change);
    return change.stamp();
  }

  @Override
  public void tell(Hop hop) {
    if (failing != null) {
      throw failing;
    }
    told.add(hop);
  }

  @Override
  public RouteView view() {
    return view;
  }

  @Override
  public Answer ask(Duration patience) {
    questions++;
    return answer();
  }

  private Answer answer() {
    if (!reachable || silent) {
      return new Answer(view, false);
    }
    if (!unchanged) {
      deliver();
    }
    return new Answer(view, true);
  }

  @Override
  public CompletionStage<Answer> askLater(Duration patience) {
    return CompletableFuture.completedFuture(answer());
  }
}
