package dev.lanekeeper.controlplane.operations;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.controlplane.lifecycle.GroupReads;
import dev.lanekeeper.controlplane.lifecycle.Life;
import dev.lanekeeper.controlplane.lifecycle.Stage;
import dev.lanekeeper.controlplane.lifecycle.Start;
import dev.lanekeeper.controlplane.store.Catalog;
import dev.lanekeeper.kafka.RedeliveredRecord;
import dev.lanekeeper.model.Handover;
import dev.lanekeeper.model.Service;
import dev.lanekeeper.model.ServiceName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Every group of every service that may meet a message: those of the baselines, and of the workloads under test whose overrides are
 * not over.
 *
 * @param groups who reads what
 * @param unknown who reads where no Cluster document tells how to ask; for people
 */
record Readers(List<Reader> groups, List<String> unknown) {

  Readers {
    groups = List.copyOf(groups);
    unknown = List.copyOf(unknown);
  }

  /**
   * One group.
   *
   * @param starts below which nothing is its own; empty: of a group of a baseline
   */
  record Reader(ClusterDocument cluster, String group, Set<String> topics, List<Start> starts) {

    Reader {
      topics = Set.copyOf(topics);
      starts = List.copyOf(starts);
    }

    /**
     * From where on what stands there concerns it. One that has lost its offsets reads a partition from its beginning, also what stands
     * below its start there, which is not its own; unless the topic was made anew, and the start is one of the old topic.
     */
    Start concerned(Start position) {
      return starts.stream().filter(start -> start.topic().equals(position.topic())
          && start.topicId().equals(position.topicId()) && start.partition() == position.partition()
          && start.offset() > position.offset()).findFirst().map(start -> position.at(start.offset())).orElse(position);
    }
  }

  /**
   * Of all services.
   *
   * <p>INVARIANT: a workload under test reads not only what its service read at its birth: what its service reads since, and what its
   * own processes reported, its undertaker reads, too.
   */
  static Readers of(Catalog catalog, List<Life> lives) {
    List<Reader> groups = new ArrayList<>();
    List<String> unknown = new ArrayList<>();
    for (ServiceName service : catalog.serviceNames()) {
      Consumption consumption = Consumption.of(catalog, service);
      consumption.reads().forEach(reads -> add(groups, catalog, reads));
      consumption.unknown().forEach(reads -> unknown.add("group " + reads.group() + " of " + service + " reads "
          + reads.topics() + " on " + reads.cluster() + ", of which no Cluster document tells"));
    }
    Clusters clusters = Clusters.of(catalog, List.of());
    lives.stream().filter(life -> isReading(life.stage()))
        .flatMap(life -> OwnGroups.known(life, catalog, clusters).stream())
        .forEach(own -> groups.add(new Reader(own.cluster(), own.name(), own.topics(), own.starts())));
    return new Readers(groups, unknown);
  }

  private static boolean isReading(Stage stage) {
    return switch (stage) {
      case Stage.Live _,Stage.Ending _,Stage.Taken _,Stage.Undertaking _,Stage.Closing _,Stage.Fenced _ -> true;
      case Stage.Intended _,Stage.Measured _,Stage.Placed _,Stage.Deleting _,Stage.Ended _ -> false;
    };
  }

  private static void add(List<Reader> groups, Catalog catalog, GroupReads reads) {
    ClusterDocument cluster = catalog.clusters().get(reads.cluster());
    if (cluster != null) {
      groups.add(new Reader(cluster, reads.group(), Set.copyOf(reads.topics()), List.of()));
    }
  }

  /** Who reads the topics through which records were handed over, wherever they may be. */
  static Readers ofHandovers(Catalog catalog) {
    List<Reader> groups = new ArrayList<>();
    for (Service service : catalog.table().content().services()) {
      for (Handover handover : service.handovers()) {
        catalog.clusters().values()
            .forEach(cluster -> groups.add(new Reader(cluster, RedeliveredRecord.groupFor(handover.group()),
                Set.of(handover.topic()), List.of())));
      }
    }
    return new Readers(groups, List.of());
  }

  /** What is read at all, by cluster. */
  Map<ClusterDocument, Set<String>> topics() {
    Map<String, Set<String>> byName = new TreeMap<>();
    Map<ClusterDocument, Set<String>> topics = new java.util.LinkedHashMap<>();
    for (Reader reader : groups) {
      Set<String> all = byName.computeIfAbsent(reader.cluster.name(), key -> new TreeSet<>());
      all.addAll(reader.topics);
      topics.put(reader.cluster, all);
    }
    return topics;
  }
}
