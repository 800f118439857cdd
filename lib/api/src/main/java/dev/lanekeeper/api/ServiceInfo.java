package dev.lanekeeper.api;

import java.util.List;

/**
 * A service of the inventory.
 *
 * @param name its name
 * @param hosts under which calls reach its baseline; empty where no document tells
 * @param outside whether it stands outside the environment
 * @param documented whether there is a Service document; otherwise data planes have reported it
 * @param consumes what its baseline consumes, as documented and as reported
 */
public record ServiceInfo(String name, List<String> hosts, boolean outside, boolean documented,
    List<Consumes> consumes) {

  /** Copies the lists. */
  public ServiceInfo {
    hosts = List.copyOf(hosts);
    consumes = List.copyOf(consumes);
  }

  /**
   * What one group of the baseline consumes.
   *
   * @param cluster the name of its Cluster document, or the bootstrap servers where there is none
   * @param group the consumer group
   * @param topics what it reads
   */
  public record Consumes(String cluster, String group, List<String> topics) {

    /** Copies the list. */
    public Consumes {
      topics = List.copyOf(topics);
    }
  }
}
