package dev.lanekeeper.controlplane.operations;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.api.ProblemCode;
import dev.lanekeeper.api.Removed;
import dev.lanekeeper.api.ServiceDocument;
import dev.lanekeeper.controlplane.lifecycle.Life;
import dev.lanekeeper.controlplane.planes.DataPlanes;
import dev.lanekeeper.controlplane.store.Catalog;
import dev.lanekeeper.controlplane.store.Store;
import dev.lanekeeper.model.ServiceName;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Takes services and clusters out of the inventory. What was once reported is never forgotten by a clock: a true consumer
 * that is forgotten loses messages. So somebody must say that it was wrong, or is over.
 *
 * <p><b>Threads.</b> Any.
 */
public final class Removals {

  private final Store store;
  private final DataPlanes dataPlanes;

  /** Removals from a store. */
  public Removals(Store store, DataPlanes dataPlanes) {
    this.store = store;
    this.dataPlanes = dataPlanes;
  }

  /**
   * Forgets a service: its document, and all that was reported of its baseline.
   *
   * @throws dev.lanekeeper.api.ProblemException if there is none, or a tenant overrides it
   */
  public Removed service(ServiceName service) {
    return store.inTransaction(transaction -> {
      Catalog catalog = transaction.catalog();
      if (!catalog.knows(service)) {
        throw ProblemCode.NOT_FOUND.exception("service " + service + ": no such service",
            "lanekeeper get services lists those that there are");
      }
      List<String> overriding = catalog.tenants().keySet().stream()
          .filter(tenancy -> catalog.table().override(service, tenancy) != null).sorted().map(Object::toString)
          .toList();
      if (!overriding.isEmpty()) {
        throw ProblemCode.SERVICE_IN_USE.exception("service",
            service + ": overridden by " + overriding + " (expected: no tenant overrides it)",
            "delete these tenants, or apply them without the override");
      }
      transaction.remove(service);
      return new Removed(ServiceDocument.KIND, service.text(), transaction.newestRevision(),
          dataPlanes.baselines(service));
    });
  }

  /**
   * Forgets a cluster.
   *
   * @throws dev.lanekeeper.api.ProblemException if there is none, or a life in the ledger needs it
   */
  public Removed cluster(String name) {
    return store.inTransaction(transaction -> {
      Catalog catalog = transaction.catalog();
      if (!catalog.clusters().containsKey(name)) {
        throw ProblemCode.NOT_FOUND.exception("cluster " + name + ": no such cluster",
            "lanekeeper get clusters lists those that there are");
      }
      String needing = transaction.ledger().unended().stream().filter(entry -> needs(catalog, entry.life(), name))
          .map(entry -> entry.life().service() + " for " + entry.life().tenancy()).distinct().sorted()
          .collect(Collectors.joining(", "));
      if (!needing.isEmpty()) {
        throw ProblemCode.CLUSTER_IN_USE.exception("cluster",
            name + ": overrides have groups there: " + needing + " (expected: none that lives or is on its way out)",
            "delete these tenants and wait until their groups are gone: lanekeeper get operations");
      }
      transaction.removeCluster(name);
      return new Removed(ClusterDocument.KIND, name, transaction.newestRevision(), List.of());
    });
  }

  private static boolean needs(Catalog catalog, Life life, String cluster) {
    return life.reads().stream().anyMatch(reads -> reads.cluster().equals(cluster))
        || catalog.inventory().stream()
            .anyMatch(reading -> reading.isConsumer() && reading.incarnation().equals(life.incarnation().id())
                && cluster.equals(Consumption.clusterOf(catalog, reading.bootstrap())));
  }
}
