package dev.lanekeeper.controlplane.operations;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.api.ServiceDocument;
import dev.lanekeeper.controlplane.lifecycle.GroupReads;
import dev.lanekeeper.controlplane.store.Catalog;
import dev.lanekeeper.controlplane.store.Reading;
import dev.lanekeeper.model.ServiceName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the baseline of a service consumes: as documented, and as its data planes reported.
 *
 * @param reads its groups on clusters of which there is a document
 * @param unknown groups on bootstrap servers, or clusters, of which there is none; {@link GroupReads#cluster} holds these
 */
public record Consumption(List<GroupReads> reads, List<GroupReads> unknown) {

  /** Copies the lists. */
  public Consumption {
    reads = List.copyOf(reads);
    unknown = List.copyOf(unknown);
  }

  private record Key(String cluster, String group) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      int byCluster = cluster.compareTo(other.cluster);
      return byCluster != 0 ? byCluster : group.compareTo(other.group);
    }
  }

  /** What a service consumes. */
  public static Consumption of(Catalog catalog, ServiceName service) {
    Map<Key, Set<String>> known = new TreeMap<>();
    Map<Key, Set<String>> unknown = new TreeMap<>();
    ServiceDocument document = catalog.services().get(service);
    if (document != null) {
      for (ServiceDocument.Consumption consumption : document.consumes()) {
        boolean there = catalog.clusters().containsKey(consumption.cluster());
        for (String group : consumption.groups()) {
          add(there ? known : unknown, consumption.cluster(), group, consumption.topics());
        }
      }
    }
    for (Reading reading : catalog.inventory()) {
      if (reading.isConsumer() && reading.incarnation().isEmpty() && reading.service().equals(service)) {
        String cluster = clusterOf(catalog, reading.bootstrap());
        add(cluster == null ? unknown : known, cluster == null ? reading.bootstrap() : cluster, reading.group(),
            List.of(reading.topic()));
      }
    }
    return new Consumption(reads(known), reads(unknown));
  }

  /** Who says that a service consumes, and what: its document, data planes that reported, or both. For people. */
  static String sources(Catalog catalog, ServiceName service) {
    List<String> sources = new ArrayList<>();
    ServiceDocument document = catalog.services().get(service);
    if (document != null) {
      document.consumes().forEach(consumption -> sources.add("its Service document says that it reads "
          + consumption.topics() + " in " + consumption.groups() + " on " + consumption.cluster()));
    }
    catalog.inventory().stream()
        .filter(reading -> reading.isConsumer() && reading.incarnation().isEmpty() && reading.service().equals(service))
        .map(reading -> "a data plane reported that it reads " + reading.topic() + " in group " + reading.group()
            + " on " + reading.bootstrap())
        .sorted().forEach(sources::add);
    return String.join("; ", sources);
  }

  private static void add(Map<Key, Set<String>> groups, String cluster, String group, List<String> topics) {
    groups.computeIfAbsent(new Key(cluster, group), key -> new TreeSet<>()).addAll(topics);
  }

  private static List<GroupReads> reads(Map<Key, Set<String>> groups) {
    List<GroupReads> reads = new ArrayList<>();
    groups.forEach((key, topics) -> reads.add(new GroupReads(key.cluster(), key.group(), List.copyOf(topics))));
    return reads;
  }

  /** The Cluster document that shares a server with these; null if there is none. */
  static @Nullable String clusterOf(Catalog catalog, String bootstrap) {
    Set<String> servers = new TreeSet<>();
    Arrays.stream(bootstrap.split(",")).forEach(server -> servers.add(normal(server)));
    return catalog.clusters().values().stream()
        .filter(cluster -> cluster.servers().stream().map(Consumption::normal).anyMatch(servers::contains))
        .map(ClusterDocument::name).sorted().findFirst().orElse(null);
  }

  private static String normal(String server) {
    String lower = server.strip().toLowerCase(Locale.ROOT);
    return lower.startsWith("localhost:") ? lower.replaceFirst("localhost", "127.0.0.1") : lower;
  }

  /**
   * Whether a group reads a topic.
   *
   * @param clusters whether it may be there, by the names of Cluster documents; where there is no document, it may
   */
  boolean hasReads(String group, String topic, Predicate<String> clusters) {
    return reads.stream().anyMatch(
        each -> each.group().equals(group) && each.topics().contains(topic) && clusters.test(each.cluster()))
        || unknown.stream().anyMatch(each -> each.group().equals(group) && each.topics().contains(topic));
  }

  /**
   * Whether a group reads what is handed over to it of a topic, as far as is known: processes of it may have reported that they do not.
   * On whatever cluster: one may have several documents, and be named by other servers than they have.
   *
   * @param incarnation the override whose group it is; empty: the baseline's
   */
  static boolean takesHandovers(Catalog catalog, ServiceName service, String incarnation, String group, String topic) {
    return catalog.inventory().stream()
        .noneMatch(reading -> !reading.handovers() && reading.incarnation().equals(incarnation)
            && reading.group().equals(group) && reading.topic().equals(topic) && reading.service().equals(service));
  }

  /** Whether it consumes anything at all. */
  public boolean isAny() {
    return !reads.isEmpty() || !unknown.isEmpty();
  }
}
