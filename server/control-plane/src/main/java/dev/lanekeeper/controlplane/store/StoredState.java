package dev.lanekeeper.controlplane.store;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.api.Document;
import dev.lanekeeper.api.EnvironmentDocument;
import dev.lanekeeper.api.ServiceDocument;
import dev.lanekeeper.api.TenantDocument;
import dev.lanekeeper.client.RouteFormatException;
import dev.lanekeeper.client.RouteJson;
import dev.lanekeeper.model.Change;
import dev.lanekeeper.model.Environment;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.Instances;
import dev.lanekeeper.model.OverrideLife;
import dev.lanekeeper.model.RevisionLog;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.Service;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.Tenancy;
import dev.lanekeeper.model.TenantLife;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Reads what a store holds when it is opened, for the first time or again. */
final class StoredState {

  private final Handle handle;

  StoredState(Handle handle) {
    this.handle = handle;
  }

  /** The log, oldest first. */
  List<Change> changes() {
    return handle.createQuery("SELECT payload FROM changes ORDER BY revision")
        .map((row, context) -> change(row.getString(1)))
        .list();
  }

  /** The log up to a revision, oldest first. */
  List<Change> changesUpTo(long revision) {
    return handle.createQuery("SELECT payload FROM changes WHERE revision <= ? ORDER BY revision").bind(0, revision)
        .map((row, context) -> change(row.getString(1))).list();
  }

  /**
   * The log after a revision, oldest first.
   *
   * @throws StoreException if that revision is not in it: then it is the log of another store
   */
  List<Change> changesAfter(Stamp known) {
    List<Change> changes = handle.createQuery("SELECT payload FROM changes WHERE revision >= ? ORDER BY revision")
        .bind(0, known.revision()).map((row, context) -> change(row.getString(1))).list();
    if (known.isNone()) {
      return changes;
    }
    if (changes.isEmpty() || !changes.get(0).stamp().equals(known)) {
      throw new StoreException("store: " + known + " is not in its log any more (expected: the log as it was; if it was"
          + " restored, start the control plane anew)", null);
    }
    return changes.subList(1, changes.size());
  }

  /** The newest time that was given with a revision, ms since 1970. */
  long lastMillis() {
    return handle.createQuery("SELECT time FROM counter WHERE id = 1").mapTo(Long.class).one();
  }

  private static Change change(String payload) {
    try {
      return RouteJson.readChange(payload.getBytes(StandardCharsets.UTF_8));
    } catch (RouteFormatException e) {
      throw new StoreException("changes: a payload that this version cannot read", e);
    }
  }

  /** The fold of a log: the same as applying one change after the other, but without a table for each. */
  static RouteTable fold(List<Change> changes) {
    RevisionLog log = RevisionLog.EMPTY;
    Map<List<Object>, TenantLife> tenants = new LinkedHashMap<>();
    Map<Incarnation, OverrideLife> overrides = new LinkedHashMap<>();
    Map<ServiceName, Service> services = new LinkedHashMap<>();
    Map<Incarnation, Instances> instances = new LinkedHashMap<>();
    List<Environment> environments = new ArrayList<>();
    long floor = 0;
    for (Change change : changes) {
      floor = Math.max(floor, change.floor());
      log = log.append(change.revision(), change.seal(), change.commitMillis());
      change.tenants().forEach(life -> tenants.put(List.of(life.tenancy(), life.from()), life));
      change.overrides().forEach(life -> overrides.put(life.incarnation(), life));
      change.removedServices().forEach(services::remove);
      change.services().forEach(service -> services.put(service.name(), service));
      change.instances().forEach(entry -> instances.put(entry.incarnation(), entry));
      Environment environment = change.environment();
      if (environment != null) {
        environments.add(environment);
      }
    }
    instances.values().removeIf(entry -> entry.addresses().isEmpty());
    return RouteTable.of(new RouteTable.Content(0, log, List.copyOf(tenants.values()), List.copyOf(overrides.values()),
        List.copyOf(services.values()), List.copyOf(instances.values()), environments)).forgetting(floor);
  }

  /** All that decisions are made from. */
  Catalog catalog(RouteTable table) {
    Map<ServiceName, ServiceDocument> services = new HashMap<>();
    Map<String, ClusterDocument> clusters = new HashMap<>();
    Map<String, TenantDocument> documents = new HashMap<>();
    EnvironmentDocument environment = EnvironmentDocument.STAGING;
    for (Document document : documents()) {
      switch (document) {
        case ServiceDocument service -> services.put(service.name(), service);
        case ClusterDocument cluster -> clusters.put(cluster.name(), cluster);
        case EnvironmentDocument only -> environment = only;
        case TenantDocument tenant -> documents.put(tenant.key(), tenant);
      }
    }
    return new Catalog(table, services, clusters, environment, tenants(documents), inventory(), announcements());
  }

  private List<Document> documents() {
    return handle.createQuery("SELECT body FROM documents")
        .map((row, context) -> CatalogEdit.document(row.getString(1))).list();
  }

  private Map<Tenancy, RegisteredTenant> tenants(Map<String, TenantDocument> documents) {
    Map<Tenancy, RegisteredTenant> tenants = new HashMap<>();
    handle.createQuery("SELECT tenancy, from_revision, expires_at FROM tenants").map((row, context) -> {
      TenantDocument document = documents.get(row.getString(1));
      if (document == null) {
        throw new StoreException("tenants: " + row.getString(1) + " has no document", null);
      }
      long expires = row.getLong(3);
      @Nullable Long expiresAt = row.wasNull() ? null : expires;
      return new RegisteredTenant(document, row.getLong(2), expiresAt);
    }).forEach(tenant -> tenants.put(tenant.document().tenancy(), tenant));
    return tenants;
  }

  private Set<Reading> inventory() {
    return new HashSet<>(
        handle.createQuery("SELECT service, incarnation, bootstrap, consumers, topic, handovers FROM inventory")
            .map((row, context) -> new Reading(ServiceName.of(row.getString(1)), row.getString(2), row.getString(3),
                row.getString(4), row.getString(5), row.getInt(6) != 0))
            .list());
  }

  private Map<String, StoredAnnouncement> announcements() {
    Map<String, StoredAnnouncement> announcements = new HashMap<>();
    handle.createQuery("SELECT instance, incarnation, workload, address FROM announcements").map((row, context) -> {
      String address = row.getString(4);
      return new StoredAnnouncement(row.getString(1), new Incarnation(row.getString(2)), row.getString(3),
          address == null ? null : URI.create(address));
    }).forEach(announcement -> announcements.put(announcement.instance(), announcement));
    return announcements;
  }
}
