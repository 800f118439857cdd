package dev.lanekeeper.perf;

import dev.lanekeeper.model.Environment;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.OverrideLife;
import dev.lanekeeper.model.RevisionLog;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.Service;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Target;
import dev.lanekeeper.model.Tenancy;
import dev.lanekeeper.model.TenantLife;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Route tables of the size that the figures are promised for. */
public final class Tables {

  /** Tenants in the table of every benchmark, unless it says otherwise. */
  public static final int TENANTS = 10_000;

  private Tables() {}

  /** The name of tenant {@code i}: of one segment, or of three. */
  public static Tenancy tenancy(int i) {
    return new Tenancy(i % 2 == 0 ? "t" + i : "shop/testing/TID" + i);
  }

  /** The incarnation of tenant {@code i}. */
  public static Incarnation incarnation(int i) {
    return new Incarnation("i" + i);
  }

  /**
   * A table in which tenant {@code i} of {@code tenants} was registered with revision {@code i + 1}, with one override
   * of one service.
   */
  public static RouteTable table(int tenants, ServiceName service, RandomGenerator random) {
    RevisionLog log = RevisionLog.EMPTY;
    List<TenantLife> lives = new ArrayList<>();
    List<OverrideLife> overrides = new ArrayList<>();
    for (int i = 0; i < tenants; i++) {
      long revision = i + 1L;
      log = log.append(revision, random.nextInt(), 1_000L * revision);
      lives.add(new TenantLife(tenancy(i), revision, OverrideLife.OPEN));
      overrides.add(OverrideLife.served(incarnation(i), service, tenancy(i), revision, OverrideLife.OPEN,
          new Target.Workload(), List.of()));
    }
    return RouteTable.of(new RouteTable.Content(0, log, lives, overrides,
        List.of(new Service(service, List.of("c.internal:8080"), false)), List.of(), List.of(Environment.STAGING)));
  }
}
