package dev.lanekeeper.controlplane.lifecycle;

import dev.lanekeeper.model.PartitionOffset;

/**
 * Where a group of a workload under test begins to read a partition.
 *
 * @param cluster the name of the Cluster document
 * @param group the baseline's consumer group, from which the offset was read
 * @param topic name of the topic
 * @param topicId the broker's id of the topic
 * @param partition from 0
 * @param offset the first record that the workload may own
 */
public record Start(String cluster, String group, String topic, String topicId, int partition, long offset) {

  /** Another offset of the same partition. */
  public Start at(long otherOffset) {
    return new Start(cluster, group, topic, topicId, partition, otherOffset);
  }

  /** As it stands in the route table. */
  public PartitionOffset place() {
    return new PartitionOffset(cluster, topic, topicId, partition, offset);
  }
}
