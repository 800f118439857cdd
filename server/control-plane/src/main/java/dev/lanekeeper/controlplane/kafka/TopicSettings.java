package dev.lanekeeper.controlplane.kafka;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.TopicConfig;
import org.jspecify.annotations.Nullable;

/** How topics of ours are to be, and what a topic that is otherwise would do to what stands in it. Pure. */
final class TopicSettings {

  /** How long records that were put aside, or are handed over, are kept. */
  static final Duration KEPT = Duration.ofDays(14);
  /**
   * Records are deleted by whole segments: one stands there as much longer as a segment takes. INVARIANT: by more than what they are kept
   * it must not be, or it would be decided anew when nobody knows any more that it was.
   */
  static final Duration SEGMENT = Duration.ofDays(1);

  private TopicSettings() {}

  /** Of a quarantine. By the broker's clock it is told how long ago a record was put aside. */
  static Map<String, String> ofQuarantine() {
    Map<String, String> settings = ofHandover();
    settings.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");
    return settings;
  }

  /** Of a topic through which records are handed over. */
  static Map<String, String> ofHandover() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE);
    settings.put(TopicConfig.RETENTION_MS_CONFIG, "" + KEPT.toMillis());
    settings.put(TopicConfig.SEGMENT_MS_CONFIG, "" + SEGMENT.toMillis());
    settings.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, "" + Sizes.LARGEST);
    return settings;
  }

  /** What to try for a new topic, one after the other where the cluster refuses: all, and less and less of what it may limit. */
  static List<Map<String, String>> attempts(Map<String, String> settings) {
    Map<String, String> withoutSize = new LinkedHashMap<>(settings);
    withoutSize.remove(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
    return List.of(settings, withoutSize,
        Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE), Map.of());
  }

  /** Whether a setting of a topic that is there has to be another one. */
  static boolean isAmiss(String name, @Nullable String present, String wanted) {
    if (present == null) {
      return false;
    }
    return switch (name) {
      case TopicConfig.MAX_MESSAGE_BYTES_CONFIG -> Long.parseLong(present) < Long.parseLong(wanted);
      case TopicConfig.RETENTION_MS_CONFIG ->
        Long.parseLong(present) >= 0 && Long.parseLong(present) < Long.parseLong(wanted);
      case TopicConfig.SEGMENT_MS_CONFIG -> Long.parseLong(present) > Long.parseLong(wanted);
      default -> !present.equals(wanted);
    };
  }

  /** What it means that a setting cannot be had; for people. */
  static String without(String name, String topic) {
    return switch (name) {
      case TopicConfig.MAX_MESSAGE_BYTES_CONFIG -> "records that are too large for topic " + topic
          + " stand in it by reference alone: set its " + name
          + " to that of the topics from which they come, and a little"
          + " more";
      case TopicConfig.CLEANUP_POLICY_CONFIG -> "topic " + topic
          + " is compacted, and records that were put aside may be lost: set its " + name + " to delete";
      default -> "topic " + topic + " does not keep records for as long as it should, no more and no less: set its "
          + name;
    };
  }
}
