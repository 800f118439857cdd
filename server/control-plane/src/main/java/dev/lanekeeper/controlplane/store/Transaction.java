package dev.lanekeeper.controlplane.store;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.api.Document;
import dev.lanekeeper.api.Documents;
import dev.lanekeeper.api.EnvironmentDocument;
import dev.lanekeeper.api.ServiceDocument;
import dev.lanekeeper.api.TenantDocument;
import dev.lanekeeper.client.RouteJson;
import dev.lanekeeper.model.Change;
import dev.lanekeeper.model.Environment;
import dev.lanekeeper.model.Instances;
import dev.lanekeeper.model.OverrideLife;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.Service;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Tenancy;
import dev.lanekeeper.model.TenantLife;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * One transaction of the store: all of it, or nothing. At most one revision, begun by {@link #revision}.
 *
 * <p><b>Threads.</b> The one that runs the transaction.
 */
public final class Transaction {

  /** Longer than quarantines keep their records. */
  private static final Duration RESOLVED_KEPT = Duration.ofDays(15);

  private final Handle handle;
  private final long nowMillis;
  private final int seal;
  private final Ledger ledger;
  private final Catalog before;
  private @Nullable Map<ServiceName, ServiceDocument> services;
  private @Nullable Map<String, ClusterDocument> clusters;
  private @Nullable EnvironmentDocument environment;
  private @Nullable Map<Tenancy, RegisteredTenant> tenants;
  private @Nullable Set<Reading> inventory;
  private long revision;
  private final List<TenantLife> tenantLives = new ArrayList<>();
  private final List<OverrideLife> overrideLives = new ArrayList<>();
  private final List<Service> changedServices = new ArrayList<>();
  private final List<ServiceName> removedServices = new ArrayList<>();
  private final List<Instances> instances = new ArrayList<>();
  private @Nullable Environment changedEnvironment;
  private final List<Runnable> onceKept = new ArrayList<>();
  private @Nullable Change change;
  private boolean kept;

  Transaction(Handle handle, Catalog before, long nowMillis, int seal) {
    this.handle = handle;
    this.before = before;
    this.nowMillis = nowMillis;
    this.seal = seal;
    this.ledger = new Ledger(handle, nowMillis);
  }

  /** What was known when the transaction began. */
  public Catalog catalog() {
    return before;
  }

  /** The store's clock, read after the lock was taken; ms since 1970. */
  public long nowMillis() {
    return nowMillis;
  }

  /** The operations, lives and steps. */
  public Ledger ledger() {
    return ledger;
  }

  /** What people did with records that were put aside. */
  public Disposals disposals() {
    return new Disposals(handle);
  }

  /** The revision of this transaction; the first call raises the counter. */
  public long revision() {
    if (revision == 0) {
      handle.execute("UPDATE counter SET revision = revision + 1, time = max(time, ?) WHERE id = 1", nowMillis);
      revision = handle.createQuery("SELECT revision FROM counter WHERE id = 1").mapTo(Long.class).one();
    }
    return revision;
  }

  /** The revision of this transaction, or the newest one before it. */
  public long newestRevision() {
    return revision == 0 ? before.table().revision() : revision;
  }

  /** Begins or ends a life of a tenant in the route table. */
  public void publish(TenantLife life) {
    tenantLives.add(life);
  }

  /** Begins or ends a life of an override in the route table. */
  public void publish(OverrideLife life) {
    overrideLives.add(life);
  }

  /** Says where a workload is now. */
  public void publish(Instances entry) {
    instances.add(entry);
  }

  /** Says what data planes need to know of a service. */
  public void publish(Service service) {
    changedServices.add(service);
  }

  /** Says what holds for the environment from this revision on. */
  public void publish(Environment newEnvironment) {
    changedEnvironment = newEnvironment;
  }

  /** Keeps a document that is not a tenant's. */
  public void put(Document document) {
    if (document instanceof ServiceDocument service) {
      services = services == null ? new HashMap<>(before.services()) : services;
      services.put(service.name(), service);
    } else if (document instanceof ClusterDocument cluster) {
      clusters = clusters == null ? new HashMap<>(before.clusters()) : clusters;
      clusters.put(cluster.name(), cluster);
    } else if (document instanceof EnvironmentDocument newEnvironment) {
      environment = newEnvironment;
    }
    write(document);
  }

  private void write(Document document) {
    handle.execute("INSERT OR REPLACE INTO documents (kind, key, body) VALUES (?, ?, ?)", document.kind(),
        document.key(),
        Documents.writeJson(document));
  }

  /** Registers a tenant, or keeps what is new about it. */
  public void put(RegisteredTenant tenant) {
    changedTenants().put(tenant.document().tenancy(), tenant);
    write(tenant.document());
    handle.execute("INSERT OR REPLACE INTO tenants (tenancy, from_revision, expires_at) VALUES (?, ?, ?)",
        tenant.document().key(), tenant.from(), tenant.expiresAtMillis());
  }

  /** Forgets that a tenant is registered. */
  public void remove(Tenancy tenancy) {
    changedTenants().remove(tenancy);
    handle.execute("DELETE FROM documents WHERE kind = ? AND key = ?", TenantDocument.KIND, tenancy.text());
    handle.execute("DELETE FROM tenants WHERE tenancy = ?", tenancy.text());
  }

  private Map<Tenancy, RegisteredTenant> changedTenants() {
    Map<Tenancy, RegisteredTenant> changed = tenants == null ? new HashMap<>(before.tenants()) : tenants;
    tenants = changed;
    return changed;
  }

  /**
   * Forgets a service: its document, what was reported of its baseline, and, in the route table, what data planes need to
   * know of it.
   */
  public void remove(ServiceName service) {
    services = services == null ? new HashMap<>(before.services()) : services;
    services.remove(service);
    handle.execute("DELETE FROM documents WHERE kind = ? AND key = ?", ServiceDocument.KIND, service.folded());
    Set<Reading> kept = new HashSet<>(inventory == null ? before.inventory() : inventory);
    kept.removeIf(reading -> reading.incarnation().isEmpty() && reading.service().equals(service));
    inventory = kept;
    handle.execute("DELETE FROM inventory WHERE lower(service) = ? AND incarnation = ''", service.folded());
    if (before.table().service(service) != null) {
      revision();
      removedServices.add(service);
    }
  }

  /** Forgets a cluster. */
  public void removeCluster(String name) {
    clusters = clusters == null ? new HashMap<>(before.clusters()) : clusters;
    clusters.remove(name);
    handle.execute("DELETE FROM documents WHERE kind = ? AND key = ?", ClusterDocument.KIND, name);
  }

  /** Adds a line to the inventory, or says that it was seen again. */
  public void put(Reading reading) {
    inventory = inventory == null ? new HashSet<>(before.inventory()) : inventory;
    inventory.add(reading);
    handle.execute("INSERT OR REPLACE INTO inventory (service, incarnation, bootstrap, consumers, topic, seen_at)"
        + " VALUES (?, ?, ?, ?, ?, ?)", reading.service().text(), reading.incarnation(), reading.bootstrap(),
        reading.group(), reading.topic(), nowMillis);
  }

  /** Forgets what the processes of an override reported. */
  public void forgetReadings(String incarnation) {
    Set<Reading> kept = new HashSet<>(inventory == null ? before.inventory() : inventory);
    if (kept.removeIf(reading -> reading.incarnation().equals(incarnation))) {
      inventory = kept;
      handle.execute("DELETE FROM inventory WHERE incarnation = ?", incarnation);
    }
  }

  /** Says that it is settled whose a record is that was in doubt. */
  public void resolved(ServiceName service, String id) {
    handle.execute("DELETE FROM resolved WHERE time < ?", nowMillis - RESOLVED_KEPT.toMillis());
    handle.execute("INSERT INTO resolved (service, id, time) VALUES (?, ?, ?) ON CONFLICT (service, id) DO NOTHING",
        service.folded(), id, nowMillis);
  }

  /** Whether that is settled. */
  public boolean isResolved(ServiceName service, String id) {
    return handle.createQuery("SELECT count(*) FROM resolved WHERE service = ? AND id = ?").bind(0, service.folded())
        .bind(1, id).mapTo(Integer.class).one() > 0;
  }

  /** Keeps an announcement. */
  public void put(StoredAnnouncement announcement) {
    handle.execute(
        "INSERT OR REPLACE INTO announcements (instance, incarnation, workload, address) VALUES (?, ?, ?, ?)",
        announcement.instance(), announcement.incarnation().id(), announcement.workload(),
        announcement.address() == null ? null : announcement.address().toString());
  }

  /** Forgets an announcement. */
  public void removeAnnouncement(String instance) {
    handle.execute("DELETE FROM announcements WHERE instance = ?", instance);
  }

  /**
   * Does something once what was written is on disk, before the next transaction begins: what is kept in memory beside the
   * store changes here. Must not block.
   */
  public void onceKept(Runnable action) {
    onceKept.add(action);
  }

  /** Writes the revision down, if there is one. Returns what will be known once this is committed. */
  Catalog finish() {
    RouteTable table = before.table();
    if (revision != 0) {
      Change written = new Change(revision, seal, nowMillis, tenantLives, overrideLives, changedServices,
          removedServices, instances, changedEnvironment);
      table = table.with(written);
      handle.execute("INSERT INTO changes (revision, seal, time, payload) VALUES (?, ?, ?, ?)", revision, seal,
          nowMillis,
          new String(RouteJson.writeChange(written), StandardCharsets.UTF_8));
      change = written;
    }
    return new Catalog(table, services == null ? before.services() : services,
        clusters == null ? before.clusters() : clusters, environment == null ? before.environment() : environment,
        tenants == null ? before.tenants() : tenants, inventory == null ? before.inventory() : inventory);
  }

  /** What was published; null if nothing was. */
  @Nullable
  Change change() {
    return change;
  }

  /** Whether the revision of this transaction, with its seal, is one of these. */
  boolean isAmong(List<Change> changes) {
    Change own = change;
    return own != null && changes.stream().anyMatch(one -> one.stamp().equals(own.stamp()));
  }

  /** Says that all of it is on disk. */
  void kept() {
    kept = true;
    onceKept.forEach(Runnable::run);
  }

  /** Whether all of it is known to be on disk. */
  boolean isKept() {
    return kept;
  }
}
