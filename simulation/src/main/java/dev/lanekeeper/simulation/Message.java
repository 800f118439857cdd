package dev.lanekeeper.simulation;

import dev.lanekeeper.model.Stamp;
import org.apache.kafka.common.TopicPartition;

/**
 * A message that was sent.
 *
 * @param id stands in its value
 * @param tenancy as it was written; empty: untagged
 * @param stamp as it was written; none: it had none
 * @param partition where it stands
 * @param offset where it stands
 * @param timestampMillis it bears
 * @param appendedNanos when it was appended
 */
record Message(int id, String tenancy, Stamp stamp, TopicPartition partition, long offset, long timestampMillis,
    long appendedNanos) {

  boolean isTagged() {
    return !tenancy.isEmpty();
  }
}
