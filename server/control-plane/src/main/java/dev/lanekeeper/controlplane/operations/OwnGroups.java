package dev.lanekeeper.controlplane.operations;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.controlplane.kafka.GroupBroker;
import dev.lanekeeper.controlplane.lifecycle.GroupReads;
import dev.lanekeeper.controlplane.lifecycle.Life;
import dev.lanekeeper.controlplane.lifecycle.Start;
import dev.lanekeeper.controlplane.store.Catalog;
import dev.lanekeeper.controlplane.store.Reading;
import dev.lanekeeper.kafka.RedeliveredRecord;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/**
 * The groups that a life of an override may have, and what is to be read in each: those of its birth, those of its service now,
 * what its processes reported, and what the broker lists.
 *
 * <p>INVARIANT: only groups that bear this life's own id; a report is no reason to touch anybody else's.
 */
final class OwnGroups {

  /**
   * One group.
   *
   * @param cluster where it is
   * @param name as the broker knows it
   * @param topics what its workload may have read
   * @param starts where it was to begin
   */
  record Own(ClusterDocument cluster, String name, Set<String> topics, List<Start> starts) {

    /** The group of the baseline whose counterpart it is. */
    String baseline() {
      String counterpart = Incarnation.baselineGroup(name);
      return RedeliveredRecord.isGroup(counterpart) ? RedeliveredRecord.readFor(counterpart) : counterpart;
    }
  }

  private final Life life;
  private final Catalog catalog;
  private final Clusters clusters;
  private final String suffix;
  private final Map<String, Map<String, Set<String>>> topics = new TreeMap<>();

  private OwnGroups(Life life, Catalog catalog, Clusters clusters) {
    this.life = life;
    this.catalog = catalog;
    this.clusters = clusters;
    this.suffix = Incarnation.GROUP_INFIX + life.incarnation();
  }

  /** The groups of a life, by cluster and name. Asks the broker. */
  static List<Own> of(Life life, Catalog catalog, Clusters clusters, GroupBroker broker, Duration patience) {
    return new OwnGroups(life, catalog, clusters).find(broker, patience);
  }

  /** Those of which one knows without asking the broker, and of them what is known to be read. */
  static List<Own> known(Life life, Catalog catalog, Clusters clusters) {
    OwnGroups known = new OwnGroups(life, catalog, clusters);
    known.addKnown();
    return known.found((cluster, groups) -> Map.of());
  }

  /** Groups by where they are: what is asked of all of them a cluster is asked once. */
  static Map<ClusterDocument, List<Own>> byCluster(List<Own> groups) {
    return groups.stream().collect(Collectors.groupingBy(Own::cluster, LinkedHashMap::new, Collectors.toList()));
  }

  /** What the broker knows groups by. */
  static Set<String> names(List<Own> groups) {
    return groups.stream().map(Own::name).collect(Collectors.toSet());
  }

  /**
   * The topics that applications of Kafka Streams of these ids have for themselves: between their parts, and for their state.
   *
   * @param groups of the cluster
   */
  static Set<String> internalTopics(ClusterDocument cluster, List<Own> groups, GroupBroker broker, Duration patience) {
    Set<String> topics = new TreeSet<>(broker.topicsBeginning(cluster, "", patience));
    topics.removeIf(topic -> groups.stream().noneMatch(group -> topic.startsWith(group.name() + "-")));
    return topics;
  }

  /** Who is in groups. */
  static Map<Own, List<GroupBroker.Member>> members(List<Own> groups, GroupBroker broker, Duration patience) {
    Map<Own, List<GroupBroker.Member>> members = new LinkedHashMap<>();
    byCluster(groups).forEach((cluster, own) -> {
      Map<String, List<GroupBroker.Member>> answer = broker.members(cluster, names(own), patience);
      own.forEach(group -> members.put(group, answer.getOrDefault(group.name(), List.of())));
    });
    return members;
  }

  private void addKnown() {
    life.reads().forEach(this::add);
    List<GroupReads> now =
        life.target() instanceof Target.Workload ? Consumption.of(catalog, life.service()).reads() : List.of();
    now.forEach(this::add);
    for (Reading reading : catalog.inventory()) {
      if (reading.isConsumer() && reading.incarnation().equals(life.incarnation().id())) {
        addReported(reading);
      }
    }
  }

  private List<Own> find(GroupBroker broker, Duration patience) {
    addKnown();
    topics.forEach((cluster, groups) -> broker.groupsEndingWith(clusters.named(cluster), suffix, patience)
        .forEach(listed -> groups.computeIfAbsent(listed, key -> new TreeSet<>())));
    addHandedOver(broker, patience);
    return found((cluster, groups) -> broker.topicsCommitted(cluster, groups, patience));
  }

  /** {@code committedOf}: in which topics groups of a cluster have committed, by group. */
  private List<Own> found(BiFunction<ClusterDocument, Set<String>, Map<String, Set<String>>> committedOf) {
    List<Own> found = new ArrayList<>();
    topics.forEach((cluster, groups) -> {
      ClusterDocument document = clusters.named(cluster);
      Map<String, Set<String>> committed = committedOf.apply(document, groups.keySet());
      groups.forEach((group, read) -> {
        Set<String> all = new TreeSet<>(read);
        all.addAll(committed.getOrDefault(group, Set.of()));
        found.add(new Own(document, group, all, startsOf(cluster, group)));
      });
    });
    return found;
  }

  private void add(GroupReads reads) {
    topics.computeIfAbsent(reads.cluster(), key -> new TreeMap<>())
        .computeIfAbsent(life.incarnation().groupFor(reads.group()), key -> new TreeSet<>()).addAll(reads.topics());
  }

  private void addReported(Reading reading) {
    String cluster = Consumption.clusterOf(catalog, reading.bootstrap());
    if (cluster != null && clusters.find(cluster) != null && reading.group().endsWith(suffix)) {
      topics.computeIfAbsent(cluster, key -> new TreeMap<>())
          .computeIfAbsent(reading.group(), key -> new TreeSet<>()).add(reading.topic());
    }
  }

  /**
   * What was handed over to its workload, since it stood before the place where that began, stands in other topics, which it reads in
   * groups apart. By what is there, not by the table: a service that was removed is not in it any more.
   */
  private void addHandedOver(GroupBroker broker, Duration patience) {
    topics.forEach((cluster, groups) -> {
      Set<String> there =
          broker.topicsBeginning(clusters.named(cluster), RedeliveredRecord.topicPrefix(life.service()), patience);
      for (Start start : life.starts()) {
        String topic = RedeliveredRecord.topic(life.service(), start.group(), start.topic());
        if (start.cluster().equals(cluster) && there.contains(topic)) {
          groups.computeIfAbsent(life.incarnation().groupFor(RedeliveredRecord.groupFor(start.group())),
              key -> new TreeSet<>()).add(topic);
        }
      }
    });
  }

  private List<Start> startsOf(String cluster, String group) {
    return life.starts().stream().filter(start -> start.cluster().equals(cluster)
        && life.incarnation().groupFor(start.group()).equals(group)).toList();
  }
}
