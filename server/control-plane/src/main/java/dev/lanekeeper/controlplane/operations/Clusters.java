package dev.lanekeeper.controlplane.operations;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.api.Document;
import dev.lanekeeper.api.ProblemCode;
import dev.lanekeeper.controlplane.store.Catalog;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The Cluster documents that an operation works with: those that are kept, and those that it brings itself. */
final class Clusters {

  private final Map<String, ClusterDocument> byName;

  private Clusters(Map<String, ClusterDocument> byName) {
    this.byName = byName;
  }

  static Clusters of(Catalog catalog, List<Document> brought) {
    Map<String, ClusterDocument> byName = new HashMap<>(catalog.clusters());
    for (Document document : brought) {
      if (document instanceof ClusterDocument cluster) {
        byName.put(cluster.name(), cluster);
      }
    }
    return new Clusters(byName);
  }

  @Nullable
  ClusterDocument find(String name) {
    return byName.get(name);
  }

  ClusterDocument named(String name) {
    ClusterDocument cluster = byName.get(name);
    if (cluster == null) {
      throw ProblemCode.CLUSTER_UNKNOWN.exception("cluster " + name + ": no such document", "apply a Cluster document");
    }
    return cluster;
  }
}
