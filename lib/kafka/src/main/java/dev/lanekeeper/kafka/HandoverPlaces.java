package dev.lanekeeper.kafka;

import dev.lanekeeper.model.Handover;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Where the application finds records that are handed over again: under the name of the topic they came from, by which it tells them
 * from those of others, and in partitions that no topic has, so that their offsets are not taken for those of the topic itself.
 */
final class HandoverPlaces {

  /** The first of these partitions. */
  private static final int FIRST = 1_000_000_000;

  private final Map<String, String> origins = new HashMap<>();
  private final Map<String, String> topics = new HashMap<>();

  /** Whether a partition is one of those in which the application finds such records. */
  static boolean isOne(TopicPartition partition) {
    return partition.partition() >= FIRST;
  }

  /** Takes note of a topic through which such records come; it is kept: the application may speak of it later. */
  void add(Handover handover) {
    origins.put(handover.topic(), handover.origin());
    topics.put(handover.origin(), handover.topic());
  }

  /** Whether a partition is one of a topic through which such records come. */
  boolean isKnown(TopicPartition real) {
    return origins.containsKey(real.topic());
  }

  /** The partition as which the application sees one of a topic that is known. */
  TopicPartition shown(TopicPartition real) {
    return new TopicPartition(origins.getOrDefault(real.topic(), real.topic()), FIRST + real.partition());
  }

  /** The partition of which the application speaks; null if there is none. */
  @Nullable
  TopicPartition real(TopicPartition shown) {
    String topic = topics.get(shown.topic());
    return topic == null || !isOne(shown) ? null : new TopicPartition(topic, shown.partition() - FIRST);
  }
}
