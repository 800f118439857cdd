package dev.lanekeeper.controlplane.lifecycle;

import java.util.List;

/**
 * What one consumer group of a service's baseline reads.
 *
 * @param cluster the name of the Cluster document
 * @param group the baseline's consumer group
 * @param topics names of topics, sorted
 */
public record GroupReads(String cluster, String group, List<String> topics) {

  /** Copies and sorts the topics. */
  public GroupReads {
    topics = topics.stream().sorted().distinct().toList();
  }
}
