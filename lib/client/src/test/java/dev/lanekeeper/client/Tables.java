package dev.lanekeeper.client;

import dev.lanekeeper.model.Change;
import dev.lanekeeper.model.Environment;
import dev.lanekeeper.model.Handover;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.Instances;
import dev.lanekeeper.model.OverrideLife;
import dev.lanekeeper.model.PartitionOffset;
import dev.lanekeeper.model.Policy;
import dev.lanekeeper.model.Residue;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.Service;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Target;
import dev.lanekeeper.model.Tenancy;
import dev.lanekeeper.model.TenantLife;
import dev.lanekeeper.model.WireNames;
import java.net.URI;
import java.util.List;
import java.util.Map;

/** Tables and changes to test with. */
public final class Tables {

  /** When the first revision was committed. */
  public static final long BEGIN = 1_790_000_000_000L;

  private Tables() {}

  /** The change that registers tenant {@code t<revision>}; its seal depends on revision and history. */
  public static Change change(long revision, int history) {
    return change(revision, history, List.of(new TenantLife(new Tenancy("t" + revision), revision, OverrideLife.OPEN)));
  }

  private static Change change(long revision, int history, List<TenantLife> tenants) {
    return new Change(revision, (int) (revision * 31 + history * 7919L), BEGIN + (revision & 0xffff) * 10, tenants,
        List.of(), List.of(), List.of(), List.of(), null);
  }

  /** The table after the changes 1 to {@code revision}. */
  public static RouteTable table(long revision, int history) {
    RouteTable table = RouteTable.EMPTY;
    for (long next = 1; next <= revision; next++) {
      table = table.with(change(next, history));
    }
    return table;
  }

  /** A table that has something of everything. */
  public static RouteTable full() {
    return table(3, 0).with(everything(4)).with(change((1L << 40) + 5, 1));
  }

  /** A change that has something of everything. */
  public static Change everything(long revision) {
    ServiceName service = ServiceName.of("Orders.v2");
    Tenancy tenancy = new Tenancy("shop/testing/TID~1");
    PartitionOffset start = new PartitionOffset("default", "orders", "AAAAAAAAAAAAAAAAAAAAAQ", 3, 17);
    return new Change(revision, -2, BEGIN + revision * 10, List.of(new TenantLife(tenancy, 2, revision)),
        List.of(
            OverrideLife.served(new Incarnation("a1"), service, tenancy, 2, revision, new Target.Workload(),
                List.of(start)).leaving(Residue.REDELIVER).fencedAt(List.of(start)),
            OverrideLife.served(new Incarnation("a2"), service, tenancy, revision, OverrideLife.OPEN,
                new Target.Redirect(URI.create("http://127.0.0.1:9102")), List.of()),
            OverrideLife.served(new Incarnation("a3"), ServiceName.of("b"), tenancy, 2, revision,
                new Target.Mock(ServiceName.of("a"), "0a", null),
                List.of()).closing()),
        List.of(new Service(service, List.of("orders:8080", "[::1]:80"), true)
            .with(new Handover("g", "orders", "lanekeeper.redelivered.orders.v2.0f3a"))),
        List.of(ServiceName.of("gone")),
        List.of(new Instances(new Incarnation("a1"), List.of(URI.create("https://host.internal:9103")))),
        new Environment(revision, "production",
            new Policy(Policy.Fallback.QUARANTINE, Policy.Fallback.REFUSE,
                Map.of(service, new Policy.Cells(null, Policy.Fallback.BASELINE)),
                Map.of(tenancy, new Policy.Cells(Policy.Fallback.REFUSE, null))),
            List.of(".svc"),
            new WireNames(List.of("sd-routing-key", "tenancy"), "rev", "over", List.of("X-A"))));
  }
}
