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

  /** As they are to be: what is brought stands for what the catalog has. */
  static Clusters of(Catalog catalog, List<Document> brought) {
    Map<String, ClusterDocument> byName = new HashMap<>(catalog.clusters());
    byName.putAll(byName(brought));
    return new Clusters(byName);
  }

  /** As they are: what was brought once stands for those that the catalog does not have. */
  static Clusters asTheyAre(Catalog catalog, List<Document> brought) {
    Map<String, ClusterDocument> byName = byName(brought);
    byName.putAll(catalog.clusters());
    return new Clusters(byName);
  }

  private static Map<String, ClusterDocument> byName(List<Document> documents) {
    Map<String, ClusterDocument> byName = new HashMap<>();
    for (Document document : documents) {
      if (document instanceof ClusterDocument cluster) {
        byName.put(cluster.name(), cluster);
      }
    }
    return byName;
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
