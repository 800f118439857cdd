package dev.lanekeeper.controlplane.rest;

import dev.lanekeeper.api.DataPlaneInfo;
import dev.lanekeeper.api.Durations;
import dev.lanekeeper.api.ProblemCode;
import dev.lanekeeper.api.ReadyInfo;
import dev.lanekeeper.api.ServiceDocument;
import dev.lanekeeper.api.ServiceInfo;
import dev.lanekeeper.api.StatusInfo;
import dev.lanekeeper.api.TenantInfo;
import dev.lanekeeper.client.RouteJson;
import dev.lanekeeper.controlplane.lifecycle.GroupReads;
import dev.lanekeeper.controlplane.operations.Consumption;
import dev.lanekeeper.controlplane.operations.Floor;
import dev.lanekeeper.controlplane.operations.Operations;
import dev.lanekeeper.controlplane.operations.Sweeper;
import dev.lanekeeper.controlplane.planes.DataPlanes;
import dev.lanekeeper.controlplane.planes.Staleness;
import dev.lanekeeper.controlplane.routes.RouteFeed;
import dev.lanekeeper.controlplane.store.Catalog;
import dev.lanekeeper.controlplane.store.Ledger;
import dev.lanekeeper.controlplane.store.RegisteredTenant;
import dev.lanekeeper.controlplane.store.Store;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.OverrideLife;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Target;
import dev.lanekeeper.model.Tenancy;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Puts together what people look at.
 *
 * <p><b>Threads.</b> Any.
 */
public final class Overview {

  /** What is at work by itself. */
  public record Background(Floor floor, Sweeper sweeper) {}

  private static final Duration PAUSE = Duration.ofMillis(100);

  private final Store store;
  private final DataPlanes dataPlanes;
  private final RouteFeed feed;
  private final Operations operations;
  private final Background background;
  private final String version;
  private final long startedAtMillis;

  /** An overview of a store. */
  public Overview(Store store, DataPlanes dataPlanes, RouteFeed feed, Operations operations,
      Background background,
      String version, long startedAtMillis) {
    this.background = background;
    this.store = store;
    this.dataPlanes = dataPlanes;
    this.feed = feed;
    this.operations = operations;
    this.version = version;
    this.startedAtMillis = startedAtMillis;
  }

  List<TenantInfo> tenants() {
    Catalog catalog = store.catalog();
    Consuming consuming = new Consuming();
    return catalog.tenants().values().stream()
        .sorted(java.util.Comparator.comparing(tenant -> tenant.document().tenancy()))
        .map(tenant -> info(catalog, tenant, consuming)).toList();
  }

  /** Whose processes have joined groups: asked for once, however many overrides are looked at, and only if it matters. */
  private final class Consuming {
    private @Nullable Set<String> known;

    boolean is(Incarnation incarnation) {
      Set<String> asked = known == null ? dataPlanes.consuming() : known;
      known = asked;
      return asked.contains(incarnation.id());
    }
  }

  TenantInfo tenant(Tenancy tenancy) {
    Catalog catalog = store.catalog();
    return info(catalog, registered(catalog, tenancy), new Consuming());
  }

  private static RegisteredTenant registered(Catalog catalog, Tenancy tenancy) {
    RegisteredTenant tenant = catalog.tenants().get(tenancy);
    if (tenant == null) {
      throw ProblemCode.TENANT_UNKNOWN.exception("tenancy " + tenancy + " is not registered",
          "apply a Tenant document; lanekeeper get tenants lists those that are registered");
    }
    return tenant;
  }

  private TenantInfo info(Catalog catalog, RegisteredTenant tenant, Consuming consuming) {
    Duration ttl = tenant.document().ttl();
    List<TenantInfo.LiveOverride> overrides = live(catalog, tenant.document().tenancy()).stream()
        .map(life -> override(catalog, life, consuming)).toList();
    return new TenantInfo(tenant.document().key(), tenant.from(), ttl == null ? null : Durations.format(ttl),
        tenant.expiresAtMillis(), tenant.document().labels(), overrides);
  }

  private static List<OverrideLife> live(Catalog catalog, Tenancy tenancy) {
    return catalog.table().overrides(tenancy).stream().filter(life -> life.to() == OverrideLife.OPEN).toList();
  }

  private TenantInfo.LiveOverride override(Catalog catalog, OverrideLife life, Consuming consuming) {
    List<String> addresses = switch (life.target()) {
      case Target.Workload _ -> catalog.table().addresses(life.incarnation()).stream().map(URI::toString).toList();
      case Target.Redirect(URI address) -> List.of(address.toString());
      case Target.Mock _ -> List.of();
    };
    String kind = switch (life.target()) {
      case Target.Workload _ -> "workload";
      case Target.Redirect _ -> "redirect";
      case Target.Mock _ -> "mock";
    };
    List<String> groups = life.target() instanceof Target.Workload
        ? Consumption.of(catalog, life.service()).reads().stream().map(GroupReads::group).distinct()
            .map(life.incarnation()::groupFor).toList()
        : List.of();
    return new TenantInfo.LiveOverride(life.service().text(), life.incarnation().id(), kind, addresses, groups,
        isReady(catalog, life, consuming));
  }

  private static boolean isReady(Catalog catalog, OverrideLife life, Consuming consuming) {
    return !(life.target() instanceof Target.Workload) || !catalog.table().addresses(life.incarnation()).isEmpty()
        || consuming.is(life.incarnation());
  }

  /** Waits until every workload override of a tenant has an instance. */
  ReadyInfo awaitReady(Tenancy tenancy, Duration timeout) throws InterruptedException {
    long end = System.nanoTime() + timeout.toNanos();
    while (true) {
      Catalog catalog = store.catalog();
      registered(catalog, tenancy);
      Consuming consuming = new Consuming();
      List<String> waiting = live(catalog, tenancy).stream().filter(life -> !isReady(catalog, life, consuming))
          .map(life -> life.service().text()).toList();
      if (waiting.isEmpty()) {
        return new ReadyInfo(tenancy.text(), true, waiting);
      }
      if (System.nanoTime() - end >= 0) {
        throw ProblemCode.TENANT_NOT_READY.exception("overrides." + waiting.getFirst(),
            "tenancy " + tenancy + ": no instance of " + String.join(", ", waiting) + " after "
                + Durations.format(timeout) + " (expected: an announced address, or a consumer that has joined)",
            "start it: lanekeeper run --service " + waiting.getFirst() + " --tenancy " + tenancy + " -- COMMAND");
      }
      Thread.sleep(PAUSE);
    }
  }

  List<ServiceInfo> services() {
    Catalog catalog = store.catalog();
    return catalog.serviceNames().stream().map(name -> info(catalog, name)).toList();
  }

  ServiceInfo service(ServiceName name) {
    Catalog catalog = store.catalog();
    if (!catalog.knows(name)) {
      throw ProblemCode.NOT_FOUND.exception("service " + name + ": no such service",
          "lanekeeper get services lists those that there are");
    }
    return info(catalog, name);
  }

  private static ServiceInfo info(Catalog catalog, ServiceName name) {
    ServiceDocument document = catalog.services().get(name);
    Consumption consumption = Consumption.of(catalog, name);
    List<ServiceInfo.Consumes> consumes = new ArrayList<>();
    consumption.reads().forEach(reads -> consumes.add(consumes(reads)));
    consumption.unknown().forEach(reads -> consumes.add(consumes(reads)));
    return document == null
        ? new ServiceInfo(name.text(), List.of(), false, false, consumes)
        : new ServiceInfo(document.name().text(), document.hosts(), document.outside(), true, consumes);
  }

  private static ServiceInfo.Consumes consumes(GroupReads reads) {
    return new ServiceInfo.Consumes(reads.cluster(), reads.group(), reads.topics());
  }

  StatusInfo status() {
    RouteJson.Current current = store.current();
    Catalog catalog = store.catalog();
    int overrides = catalog.tenants().keySet().stream().mapToInt(tenancy -> live(catalog, tenancy).size()).sum();
    int ending = store.read(ledger -> ledger.dying().size());
    int running = store.read(Ledger::countRunning);
    Map<String, Long> counters = new TreeMap<>(dataPlanes.counters());
    List<DataPlaneInfo> planes = dataPlanes.all();
    return new StatusInfo(version, current.revision(), current.asOfMillis(), startedAtMillis,
        catalog.environment().profile(), catalog.tenants().size(), overrides, ending, catalog.serviceNames().size(),
        feed.watchers(), running, waiting(), catalog.table().floor(), background.floor().heldBack(),
        background.sweeper().leftOver(), Staleness.warnings(planes), planes, store.info(), counters);
  }

  private List<String> waiting() {
    return Stream.concat(operations.waiting().stream(), background.sweeper().burying().stream()).toList();
  }
}
