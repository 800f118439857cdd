package dev.lanekeeper.controlplane.store;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.api.EnvironmentDocument;
import dev.lanekeeper.api.ServiceDocument;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Tenancy;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * All that decisions are made from, as of one moment. Immutable.
 *
 * @param table the route table
 * @param services the Service documents
 * @param clusters the Cluster documents
 * @param environment the Environment document, or what holds without one
 * @param tenants who is registered
 * @param inventory what data planes reported
 * @param announcements the instances of workloads under test, by the id of their process
 */
public record Catalog(RouteTable table, Map<ServiceName, ServiceDocument> services,
    Map<String, ClusterDocument> clusters,
    EnvironmentDocument environment, Map<Tenancy, RegisteredTenant> tenants, Set<Reading> inventory,
    Map<String, StoredAnnouncement> announcements) {

  /** Whether a service has a document, or its baseline was ever seen. */
  public boolean knows(ServiceName service) {
    return services.containsKey(service)
        || inventory.stream().anyMatch(reading -> reading.incarnation().isEmpty() && reading.service().equals(service));
  }

  /** Every service that {@link #knows} is true of, by name. */
  public Set<ServiceName> serviceNames() {
    Set<ServiceName> names = new TreeSet<>(services.keySet());
    inventory.stream().filter(reading -> reading.incarnation().isEmpty())
        .forEach(reading -> names.add(reading.service()));
    return names;
  }
}
