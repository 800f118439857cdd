package dev.lanekeeper.controlplane.store;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.api.Document;
import dev.lanekeeper.api.EnvironmentDocument;
import dev.lanekeeper.api.ServiceDocument;
import dev.lanekeeper.api.TenantDocument;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Tenancy;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What a catalog becomes. Copies only what changes. Belongs to one thread. */
final class CatalogChange {

  private final Catalog before;
  private @Nullable Map<ServiceName, ServiceDocument> services;
  private @Nullable Map<String, ClusterDocument> clusters;
  private @Nullable EnvironmentDocument environment;
  private @Nullable Map<Tenancy, RegisteredTenant> tenants;
  private @Nullable Set<Reading> inventory;
  private @Nullable Map<String, StoredAnnouncement> announcements;

  CatalogChange(Catalog before) {
    this.before = before;
  }

  /** Adds a document that is not a tenant's. */
  void put(Document document) {
    switch (document) {
      case ServiceDocument service -> services().put(service.name(), service);
      case ClusterDocument cluster -> clusters().put(cluster.name(), cluster);
      case EnvironmentDocument only -> environment = only;
      case TenantDocument _ -> throw new IllegalArgumentException("a tenant is registered, not kept");
    }
  }

  void remove(ServiceName service) {
    services().remove(service);
  }

  void removeCluster(String name) {
    clusters().remove(name);
  }

  void put(RegisteredTenant tenant) {
    tenants().put(tenant.document().tenancy(), tenant);
  }

  void remove(Tenancy tenancy) {
    tenants().remove(tenancy);
  }

  void put(Reading reading) {
    inventory().remove(reading.with(!reading.handovers()));
    inventory().add(reading);
  }

  void remove(Reading reading) {
    inventory().remove(reading);
    inventory().remove(reading.with(!reading.handovers()));
  }

  /** Removes readings, and returns them. */
  Set<Reading> removeReadings(Predicate<Reading> which) {
    Set<Reading> gone = new HashSet<>();
    for (Reading reading : inventory == null ? before.inventory() : inventory) {
      if (which.test(reading)) {
        gone.add(reading);
      }
    }
    if (!gone.isEmpty()) {
      inventory().removeAll(gone);
    }
    return gone;
  }

  void put(StoredAnnouncement announcement) {
    announcements().put(announcement.instance(), announcement);
  }

  void removeAnnouncement(String instance) {
    announcements().remove(instance);
  }

  private Map<ServiceName, ServiceDocument> services() {
    Map<ServiceName, ServiceDocument> changed = services == null ? new HashMap<>(before.services()) : services;
    services = changed;
    return changed;
  }

  private Map<String, ClusterDocument> clusters() {
    Map<String, ClusterDocument> changed = clusters == null ? new HashMap<>(before.clusters()) : clusters;
    clusters = changed;
    return changed;
  }

  private Map<Tenancy, RegisteredTenant> tenants() {
    Map<Tenancy, RegisteredTenant> changed = tenants == null ? new HashMap<>(before.tenants()) : tenants;
    tenants = changed;
    return changed;
  }

  private Set<Reading> inventory() {
    Set<Reading> changed = inventory == null ? new HashSet<>(before.inventory()) : inventory;
    inventory = changed;
    return changed;
  }

  private Map<String, StoredAnnouncement> announcements() {
    Map<String, StoredAnnouncement> changed =
        announcements == null ? new HashMap<>(before.announcements()) : announcements;
    announcements = changed;
    return changed;
  }

  /** The catalog after it, with this table. */
  Catalog with(RouteTable table) {
    return new Catalog(table, services == null ? before.services() : services,
        clusters == null ? before.clusters() : clusters, environment == null ? before.environment() : environment,
        tenants == null ? before.tenants() : tenants, inventory == null ? before.inventory() : inventory,
        announcements == null ? before.announcements() : announcements);
  }
}
