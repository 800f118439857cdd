package dev.lanekeeper.controlplane.quarantine;

import dev.lanekeeper.api.ProblemCode;
import dev.lanekeeper.kafka.QuarantinedRecord;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Up to where quarantines are still to be looked at, as a text between two pages. It says nothing of what is newer: that is no part of
 * the listing that it belongs to.
 *
 * @param places by cluster and partition
 */
record Cursor(Map<String, Map<TopicPartition, Long>> places) {

  /** As a text; null where nothing is left. */
  @Nullable
  String text() {
    StringBuilder text = new StringBuilder();
    places.forEach((cluster, partitions) -> partitions.forEach((partition, offset) -> text
        .append(text.isEmpty() ? "" : " ").append(cluster).append('/')
        .append(partition.topic().substring(QuarantinedRecord.TOPIC_PREFIX.length())).append('/')
        .append(partition.partition()).append('/').append(offset)));
    return text.isEmpty()
        ? null
        : Base64.getUrlEncoder().withoutPadding().encodeToString(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Reads a text.
   *
   * @throws dev.lanekeeper.api.ProblemException if it is none
   */
  static Cursor parse(String text) {
    Map<String, Map<TopicPartition, Long>> places = new HashMap<>();
    String decoded;
    try {
      decoded = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException broken) {
      throw ProblemCode.MALFORMED_REQUEST.exception("after", "\"" + text + "\" (expected: next of the page before)",
          "leave it out to begin with the newest");
    }
    for (String part : decoded.split(" ", -1)) {
      EntryId id = EntryId.parse("after", part);
      places.computeIfAbsent(id.cluster(), key -> new HashMap<>()).put(id.place(), id.offset());
    }
    return new Cursor(places);
  }
}
