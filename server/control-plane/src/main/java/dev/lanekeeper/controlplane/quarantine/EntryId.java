package dev.lanekeeper.controlplane.quarantine;

import dev.lanekeeper.api.ProblemCode;
import dev.lanekeeper.kafka.QuarantinedRecord;
import dev.lanekeeper.model.ServiceName;
import org.apache.kafka.common.TopicPartition;

/**
 * Where a record stands that was put aside: {@code cluster/service/partition/offset}.
 *
 * @param cluster the name of its Cluster document
 * @param service in whose quarantine
 * @param partition of the quarantine
 * @param offset in the quarantine
 */
public record EntryId(String cluster, ServiceName service, int partition, long offset) {

  /**
   * Reads one.
   *
   * @param field for the message
   * @throws dev.lanekeeper.api.ProblemException if it is none
   */
  public static EntryId parse(String field, String text) {
    String[] parts = text.split("/", -1);
    try {
      if (parts.length == 4 && !parts[0].isEmpty() && parts[2].matches("[0-9]{1,9}")
          && parts[3].matches("[0-9]{1,18}")) {
        return new EntryId(parts[0], ServiceName.of(parts[1]), Integer.parseInt(parts[2]), Long.parseLong(parts[3]));
      }
    } catch (IllegalArgumentException noService) {
      throw malformed(field, text);
    }
    throw malformed(field, text);
  }

  private static RuntimeException malformed(String field, String text) {
    return ProblemCode.MALFORMED_REQUEST.exception(field,
        "\"" + text + "\" (expected: cluster/service/partition/offset, as in default/c/0/42)",
        "take it from: lanekeeper quarantine list");
  }

  /** The partition of the quarantine. */
  public TopicPartition place() {
    return new TopicPartition(QuarantinedRecord.topic(service), partition);
  }

  @Override
  public String toString() {
    return cluster + "/" + service.folded() + "/" + partition + "/" + offset;
  }
}
