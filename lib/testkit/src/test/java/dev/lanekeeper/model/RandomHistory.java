package dev.lanekeeper.model;

import dev.lanekeeper.testkit.Seeded;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A random life of an environment: tenants and overrides that come, go and come again, one change after the other. */
final class RandomHistory {

  static final List<ServiceName> SERVICES = List.of("A", "B", "C").stream().map(ServiceName::of).toList();
  static final List<String> TENANCIES = List.of("123", "nobody", "shop/testing", "shop/testing/T1", "shop/testing/T1/x",
      "shop/production", "a/b/c", "a/b", "long-name-of-a-product/long-name-of-a-class/1");
  static final String TOPIC = "orders";
  static final int PARTITIONS = 2;
  /** Every fence is beyond this offset. */
  static final long BELOW_FENCES = 9;

  private final Seeded random;
  private final Map<Tenancy, TenantLife> tenants = new HashMap<>();
  private final Map<String, OverrideLife> overrides = new HashMap<>();
  private final List<OverrideLife> ended = new ArrayList<>();
  private final List<Change> changes = new ArrayList<>();
  private long revision;
  private long millis = 1_000;

  RandomHistory(Seeded random, int length) {
    this.random = random;
    for (int i = 0; i < length; i++) {
      changes.add(next());
    }
  }

  /** The changes, oldest first. */
  List<Change> changes() {
    return changes;
  }

  /** The table after each change; the first is empty. */
  List<RouteTable> tables() {
    List<RouteTable> tables = new ArrayList<>(List.of(RouteTable.EMPTY));
    changes.forEach(change -> tables.add(tables.get(tables.size() - 1).with(change)));
    return tables;
  }

  private Change next() {
    boolean restored = revision > 0 && random.oneIn(60);
    revision = restored ? (Stamp.epochOf(revision) + 1L) << Stamp.EPOCH_SHIFT : revision + 1;
    millis += random.below(3) * 10L;
    List<TenantLife> tenantChanges = new ArrayList<>();
    List<OverrideLife> overrideChanges = new ArrayList<>();
    switch (random.below(5)) {
      case 0, 1 -> begin(tenantChanges, overrideChanges);
      case 2 -> end(tenantChanges, overrideChanges);
      case 3 -> replaceOverride(overrideChanges);
      default -> bury(overrideChanges);
    }
    Environment environment = random.oneIn(10)
        ? new Environment(revision, "p" + revision, random.oneOf(List.of(Policy.STAGING, Policy.PRODUCTION)), List.of(),
            WireNames.STANDARD)
        : null;
    ServiceName service = random.oneOf(SERVICES);
    List<Service> services = random.oneIn(5)
        ? List.of(new Service(service, List.of(service.folded() + ":" + (1 + random.below(3))), random.oneIn(2)))
        : List.of();
    List<ServiceName> removed = random.oneIn(9) ? List.of(random.oneOf(SERVICES)) : List.of();
    return new Change(revision, random.anyInt(), millis, tenantChanges, overrideChanges, services, removed, instances(),
        environment);
  }

  private void begin(List<TenantLife> tenantChanges, List<OverrideLife> overrideChanges) {
    Tenancy tenancy = new Tenancy(random.oneOf(TENANCIES));
    if (tenancy.text().equals("nobody") || tenants.containsKey(tenancy)) {
      return;
    }
    TenantLife life = new TenantLife(tenancy, revision, OverrideLife.OPEN);
    tenants.put(tenancy, life);
    tenantChanges.add(life);
    SERVICES.stream().filter(service -> random.oneIn(2))
        .forEach(service -> overrideChanges.add(override(service, tenancy)));
  }

  private OverrideLife override(ServiceName service, Tenancy tenancy) {
    Incarnation incarnation = new Incarnation("i" + revision + service.folded() + random.below(1_000_000));
    Target target =
        random.oneOf(List.of(new Target.Workload(), new Target.Workload(), new Target.Mock(null, "0" + revision, null),
            new Target.Redirect(URI.create("http://127.0.0.1:" + (1_000 + random.below(9))))));
    OverrideLife life =
        OverrideLife.served(incarnation, service, tenancy, revision, OverrideLife.OPEN, target, List.of());
    overrides.put(key(life), life);
    return life;
  }

  private static String key(OverrideLife life) {
    return life.service().folded() + " " + life.tenancy();
  }

  private void end(List<TenantLife> tenantChanges, List<OverrideLife> overrideChanges) {
    Tenancy tenancy = new Tenancy(random.oneOf(TENANCIES));
    TenantLife life = tenants.remove(tenancy);
    if (life != null) {
      tenantChanges.add(life.endedAt(revision));
      overrides.values().stream().filter(override -> override.tenancy().equals(tenancy)).toList()
          .forEach(override -> overrideChanges.add(ended(override)));
    }
  }

  private OverrideLife ended(OverrideLife life) {
    overrides.remove(key(life));
    OverrideLife end = life.endedAt(revision);
    ended.add(end);
    return end;
  }

  private void replaceOverride(List<OverrideLife> overrideChanges) {
    if (overrides.isEmpty()) {
      return;
    }
    OverrideLife life = random.oneOf(List.copyOf(overrides.values()));
    overrideChanges.add(ended(life));
    if (random.oneIn(2)) {
      overrideChanges.add(override(life.service(), life.tenancy()));
    }
  }

  /** Takes an ended life some phases on. */
  private void bury(List<OverrideLife> overrideChanges) {
    if (ended.isEmpty()) {
      return;
    }
    int index = random.below(ended.size());
    OverrideLife life = ended.get(index);
    OverrideLife next = switch (life.phase()) {
      case SERVED -> random.oneIn(3) ? life.fencedAt(fence()) : life.taken();
      case TAKEN -> life.closing();
      case CLOSING, FENCED -> life.fencedAt(fence());
    };
    ended.set(index, next);
    if (next.fence() != null) {
      ended.remove(index);
    }
    overrideChanges.add(next);
  }

  private List<PartitionOffset> fence() {
    List<PartitionOffset> fence = new ArrayList<>();
    for (int partition = 0; partition < PARTITIONS; partition++) {
      fence.add(new PartitionOffset("default", TOPIC, "", partition, BELOW_FENCES + 1 + random.below(5)));
    }
    return fence;
  }

  private List<Instances> instances() {
    if (overrides.isEmpty() || !random.oneIn(3)) {
      return List.of();
    }
    List<URI> addresses =
        random.oneIn(3) ? List.of() : List.of(URI.create("http://127.0.0.1:" + (2_000 + random.below(9))));
    return List.of(new Instances(random.oneOf(List.copyOf(overrides.values())).incarnation(), addresses));
  }
}
