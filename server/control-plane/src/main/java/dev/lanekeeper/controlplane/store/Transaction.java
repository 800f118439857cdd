package dev.lanekeeper.controlplane.store;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.api.Document;
import dev.lanekeeper.api.ServiceDocument;
import dev.lanekeeper.api.TenantDocument;
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

  /**
   * For how long after a record was put aside it is known whether it is settled: longer than quarantines keep their records. Of what is
   * older nobody may conclude anything.
   */
  public static final Duration RESOLVED_KNOWN = Duration.ofDays(16);

  private final Rows rows;
  private final long nowMillis;
  private final int seal;
  private final Catalog before;
  private final CatalogChange changed;
  private final List<CatalogEdit> edits = new ArrayList<>();
  private long revision;
  private long floor;
  private final List<TenantLife> tenantLives = new ArrayList<>();
  private final List<OverrideLife> overrideLives = new ArrayList<>();
  private final List<Service> changedServices = new ArrayList<>();
  private final List<ServiceName> removedServices = new ArrayList<>();
  private final List<Instances> instances = new ArrayList<>();
  private @Nullable Environment changedEnvironment;
  private @Nullable Change change;
  private boolean kept;

  /** One whose rows are in tables of SQL. */
  Transaction(Handle handle, Catalog before, long nowMillis, int seal) {
    this(new SqlRows(handle, nowMillis), before, nowMillis, seal);
  }

  Transaction(Rows rows, Catalog before, long nowMillis, int seal) {
    this.rows = rows;
    this.before = before;
    this.changed = new CatalogChange(before);
    this.nowMillis = nowMillis;
    this.seal = seal;
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
    return rows.ledger();
  }

  /** What people did with records that were put aside. */
  public Disposals disposals() {
    return rows.disposals();
  }

  /** The revision of this transaction; the first call raises the counter. */
  public long revision() {
    if (revision == 0) {
      revision = rows.nextRevision();
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
    revision = rows.beginEpoch(epoch);
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

  /** Says that what had ended by a revision is forgotten. */
  public void forget(long newFloor) {
    floor = newFloor;
  }

  /** Keeps a document that is not a tenant's. */
  public void put(Document document) {
    changed.put(document);
    edits.add(CatalogEdit.of(document));
    rows.write(document);
  }

  /** Registers a tenant, or keeps what is new about it. */
  public void put(RegisteredTenant tenant) {
    changed.put(tenant);
    edits.add(CatalogEdit.of(tenant));
    rows.write(tenant.document());
    rows.write(tenant);
  }

  /** Forgets that a tenant is registered. */
  public void remove(Tenancy tenancy) {
    changed.remove(tenancy);
    edits.add(CatalogEdit.without(tenancy));
    rows.remove(TenantDocument.KIND, tenancy.text());
    rows.remove(tenancy);
  }

  /**
   * Forgets a service: its document, what was reported of its baseline, and, in the route table, what data planes need to
   * know of it.
   */
  public void remove(ServiceName service) {
    changed.remove(service);
    edits.add(CatalogEdit.without(service));
    rows.remove(ServiceDocument.KIND, service.folded());
    changed.removeReadings(reading -> reading.incarnation().isEmpty() && reading.service().equals(service))
        .forEach(reading -> edits.add(CatalogEdit.without(reading)));
    rows.removeReadings(service);
    if (before.table().service(service) != null) {
      revision();
      removedServices.add(service);
    }
  }

  /** Forgets a cluster. */
  public void removeCluster(String name) {
    changed.removeCluster(name);
    edits.add(CatalogEdit.withoutCluster(name));
    rows.remove(ClusterDocument.KIND, name);
  }

  /** Adds a line to the inventory, or says that it was seen again. */
  public void put(Reading reading) {
    changed.put(reading);
    edits.add(CatalogEdit.of(reading));
    rows.write(reading);
  }

  /** Forgets what the processes of an override reported. */
  public void forgetReadings(String incarnation) {
    Set<Reading> gone = changed.removeReadings(reading -> reading.incarnation().equals(incarnation));
    if (!gone.isEmpty()) {
      gone.forEach(reading -> edits.add(CatalogEdit.without(reading)));
      rows.removeReadings(incarnation);
    }
  }

  /** Says that it is settled whose a record is that was in doubt. */
  public void resolved(ServiceName service, String id) {
    rows.resolved(service, id);
  }

  /** Whether that is settled. If so, it is remembered as long as if it were settled now: of what is asked about there are copies yet. */
  public boolean isResolved(ServiceName service, String id) {
    return rows.isResolved(service, id);
  }

  /** Keeps an announcement. */
  public void put(StoredAnnouncement announcement) {
    changed.put(announcement);
    edits.add(CatalogEdit.of(announcement));
    rows.write(announcement);
  }

  /** Forgets an announcement. */
  public void removeAnnouncement(String instance) {
    changed.removeAnnouncement(instance);
    edits.add(CatalogEdit.withoutAnnouncement(instance));
    rows.removeAnnouncement(instance);
  }

  /** Writes the revision down, if there is one. Returns what will be known once this is committed. */
  Catalog finish() {
    RouteTable table = before.table();
    if (revision != 0) {
      Change written = new Change(revision, seal, nowMillis, tenantLives, overrideLives, changedServices,
          removedServices, instances, changedEnvironment, floor);
      table = table.with(written);
      rows.write(written);
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
    return rows.wrote();
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
