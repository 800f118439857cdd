package dev.lanekeeper.controlplane.store;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.api.Document;
import dev.lanekeeper.api.Documents;
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
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.Tenancy;
import dev.lanekeeper.model.TenantLife;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

  private final Statements statements;
  private final long nowMillis;
  private final int seal;
  private final Ledger ledger;
  private final Catalog before;
  private final CatalogChange changed;
  private final List<CatalogEdit> edits = new ArrayList<>();
  private long revision;
  private final List<TenantLife> tenantLives = new ArrayList<>();
  private final List<OverrideLife> overrideLives = new ArrayList<>();
  private final List<Service> changedServices = new ArrayList<>();
  private final List<ServiceName> removedServices = new ArrayList<>();
  private final List<Instances> instances = new ArrayList<>();
  private @Nullable Environment changedEnvironment;
  private @Nullable Change change;
  private boolean kept;

  Transaction(Handle handle, Catalog before, long nowMillis, int seal) {
    this.statements = new Statements(handle);
    this.before = before;
    this.changed = new CatalogChange(before);
    this.nowMillis = nowMillis;
    this.seal = seal;
    this.ledger = new Ledger(statements, nowMillis);
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

  /** The revision of this transaction; the first call raises the counter. */
  public long revision() {
    if (revision == 0) {
      revision = statements.executeReturning("UPDATE counter SET revision = revision + 1,"
          + " time = CASE WHEN time < ? THEN ? ELSE time END WHERE id = 1 RETURNING revision", nowMillis, nowMillis);
    }
    return revision;
  }

  /**
   * Begins an epoch, with a revision that changes nothing else: those of before are lost as far as the log does not hold them.
   *
   * @param epoch later than that of the newest revision
   * @return the revision of this transaction
   */
  public long beginEpoch(int epoch) {
    if (revision != 0 || epoch <= Stamp.epochOf(before.table().revision())) {
      throw new IllegalArgumentException("epoch: " + epoch + " after revision " + newestRevision()
          + " (expected: a later one, in a transaction of its own)");
    }
    revision = statements.executeReturning("UPDATE counter SET revision = ?,"
        + " time = CASE WHEN time < ? THEN ? ELSE time END WHERE id = 1 RETURNING revision",
        (long) epoch << Stamp.EPOCH_SHIFT, nowMillis, nowMillis);
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
    changed.put(document);
    edits.add(CatalogEdit.of(document));
    write(document);
  }

  private void write(Document document) {
    statements.execute("INSERT INTO documents (kind, key, body) VALUES (?, ?, ?)"
        + " ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body", document.kind(), document.key(),
        Documents.writeJson(document));
  }

  /** Registers a tenant, or keeps what is new about it. */
  public void put(RegisteredTenant tenant) {
    changed.put(tenant);
    edits.add(CatalogEdit.of(tenant));
    write(tenant.document());
    statements.execute("INSERT INTO tenants (tenancy, from_revision, expires_at) VALUES (?, ?, ?) ON CONFLICT (tenancy)"
        + " DO UPDATE SET from_revision = excluded.from_revision, expires_at = excluded.expires_at",
        tenant.document().key(), tenant.from(), tenant.expiresAtMillis());
  }

  /** Forgets that a tenant is registered. */
  public void remove(Tenancy tenancy) {
    changed.remove(tenancy);
    edits.add(CatalogEdit.without(tenancy));
    statements.execute("DELETE FROM documents WHERE kind = ? AND key = ?", TenantDocument.KIND, tenancy.text());
    statements.execute("DELETE FROM tenants WHERE tenancy = ?", tenancy.text());
  }

  /**
   * Forgets a service: its document, what was reported of its baseline, and, in the route table, what data planes need to
   * know of it.
   */
  public void remove(ServiceName service) {
    changed.remove(service);
    edits.add(CatalogEdit.without(service));
    statements.execute("DELETE FROM documents WHERE kind = ? AND key = ?", ServiceDocument.KIND, service.folded());
    changed.removeReadings(reading -> reading.incarnation().isEmpty() && reading.service().equals(service))
        .forEach(reading -> edits.add(CatalogEdit.without(reading)));
    statements.execute("DELETE FROM inventory WHERE lower(service) = ? AND incarnation = ''", service.folded());
    if (before.table().service(service) != null) {
      revision();
      removedServices.add(service);
    }
  }

  /** Forgets a cluster. */
  public void removeCluster(String name) {
    changed.removeCluster(name);
    edits.add(CatalogEdit.withoutCluster(name));
    statements.execute("DELETE FROM documents WHERE kind = ? AND key = ?", ClusterDocument.KIND, name);
  }

  /** Adds a line to the inventory, or says that it was seen again. */
  public void put(Reading reading) {
    changed.put(reading);
    edits.add(CatalogEdit.of(reading));
    statements.execute("INSERT INTO inventory (service, incarnation, bootstrap, consumers, topic, seen_at)"
        + " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (service, incarnation, bootstrap, consumers, topic)"
        + " DO UPDATE SET seen_at = excluded.seen_at", reading.service().text(), reading.incarnation(),
        reading.bootstrap(), reading.group(), reading.topic(), nowMillis);
  }

  /** Forgets what the processes of an override reported. */
  public void forgetReadings(String incarnation) {
    Set<Reading> gone = changed.removeReadings(reading -> reading.incarnation().equals(incarnation));
    if (!gone.isEmpty()) {
      gone.forEach(reading -> edits.add(CatalogEdit.without(reading)));
      statements.execute("DELETE FROM inventory WHERE incarnation = ?", incarnation);
    }
  }

  /** Says that it is settled whose a record is that was in doubt. */
  public void resolved(ServiceName service, String id) {
    statements.execute("DELETE FROM resolved WHERE time < ?", nowMillis - RESOLVED_KEPT.toMillis());
    statements.execute("INSERT INTO resolved (service, id, time) VALUES (?, ?, ?) ON CONFLICT (service, id) DO NOTHING",
        service.folded(), id, nowMillis);
  }

  /** Whether that is settled. */
  public boolean isResolved(ServiceName service, String id) {
    return statements.query("SELECT count(*) FROM resolved WHERE service = ? AND id = ?").bind(0, service.folded())
        .bind(1, id).mapTo(Integer.class).one() > 0;
  }

  /** Keeps an announcement. */
  public void put(StoredAnnouncement announcement) {
    changed.put(announcement);
    edits.add(CatalogEdit.of(announcement));
    statements.execute("INSERT INTO announcements (instance, incarnation, workload, address) VALUES (?, ?, ?, ?)"
        + " ON CONFLICT (instance) DO UPDATE SET incarnation = excluded.incarnation, workload = excluded.workload,"
        + " address = excluded.address", announcement.instance(), announcement.incarnation().id(),
        announcement.workload(), announcement.address() == null ? null : announcement.address().toString());
  }

  /** Forgets an announcement. */
  public void removeAnnouncement(String instance) {
    changed.removeAnnouncement(instance);
    edits.add(CatalogEdit.withoutAnnouncement(instance));
    statements.execute("DELETE FROM announcements WHERE instance = ?", instance);
  }

  /** Writes the revision down, if there is one. Returns what will be known once this is committed. */
  Catalog finish() {
    RouteTable table = before.table();
    if (revision != 0) {
      Change written = new Change(revision, seal, nowMillis, tenantLives, overrideLives, changedServices,
          removedServices, instances, changedEnvironment);
      table = table.with(written);
      statements.execute("INSERT INTO changes (revision, seal, time, payload) VALUES (?, ?, ?, ?)", revision, seal,
          nowMillis,
          new String(RouteJson.writeChange(written), StandardCharsets.UTF_8));
      change = written;
    }
    return changed.with(table);
  }

  /** What was published; null if nothing was. */
  @Nullable
  Change change() {
    return change;
  }

  /** What became another in the catalog beside the route table, in the order in which it did. */
  List<CatalogEdit> edits() {
    return edits;
  }

  /** Whether it wrote anything. */
  boolean wrote() {
    return statements.wrote();
  }

  /** Whether the revision of this transaction, with its seal, is one of these. */
  boolean isAmong(List<Change> changes) {
    Change own = change;
    return own != null && changes.stream().anyMatch(one -> one.stamp().equals(own.stamp()));
  }

  /** Says that all of it is on disk. */
  void kept() {
    kept = true;
  }

  /** Whether all of it is known to be on disk. */
  boolean isKept() {
    return kept;
  }
}
