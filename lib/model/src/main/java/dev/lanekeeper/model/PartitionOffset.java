package dev.lanekeeper.model;

/**
 * A place in a partition of a topic.
 *
 * @param cluster name of the cluster document
 * @param topic name of the topic
 * @param topicId the broker's id of the topic, never reused; empty where the broker has none
 * @param partition from 0
 * @param offset from 0
 */
public record PartitionOffset(String cluster, String topic, String topicId, int partition, long offset) {

  /**
   * Checks the range.
   *
   * @throws IllegalArgumentException if the topic is empty or a number negative
   */
  public PartitionOffset {
    if (topic.isEmpty() || partition < 0 || offset < 0) {
      throw new IllegalArgumentException("offset: " + topic + "-" + partition + "@" + offset
          + " (expected: a topic, a partition and an offset, neither negative)");
    }
  }
}
