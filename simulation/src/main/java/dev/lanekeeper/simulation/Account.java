package dev.lanekeeper.simulation;

import dev.lanekeeper.model.Incarnation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Every message that was sent, and who processed it. */
final class Account {

  /** By whom a message was processed that no override took away. */
  static final String BASELINE = "baseline";

  private final Map<Integer, Message> messages = new HashMap<>();
  private final Map<Integer, List<Processing>> processed = new HashMap<>();
  private final Map<String, Long> joined = new HashMap<>();
  private final Map<Long, Long> committed = new HashMap<>();
  private final Set<String> unconfirmed = new HashSet<>();
  private final Set<String> outOfGroup = new HashSet<>();

  /**
   * That somebody processed a message.
   *
   * @param by the baseline, or an incarnation
   * @param host the process
   * @param again whether it was handed over to it
   */
  record Processing(String by, String host, long atNanos, boolean again) {}

  void sent(Message message) {
    messages.put(message.id(), message);
  }

  void processed(int id, Processing processing) {
    processed.computeIfAbsent(id, key -> new ArrayList<>()).add(processing);
  }

  /** Whether a message was sent to where this record stands. */
  boolean stands(int id, ConsumerRecord<?, ?> record) {
    Message message = messages.get(id);
    return message != null && message.offset() == record.offset()
        && message.partition().partition() == record.partition();
  }

  /** A process of an override has been given partitions. */
  void joined(String incarnation, long atNanos) {
    joined.merge(incarnation, atNanos, Math::min);
  }

  /** When the first one was; for ever in the future if none. */
  long joinedNanos(String incarnation) {
    return joined.getOrDefault(incarnation, Long.MAX_VALUE);
  }

  /** A revision was committed. */
  void committed(long revision, long atNanos) {
    committed.put(revision, atNanos);
  }

  /** When it was. */
  long committedNanos(long revision) {
    return committed.getOrDefault(revision, Long.MAX_VALUE);
  }

  /** A member of the baseline whose table is older than its membership has read a record. */
  void readUnconfirmed(TopicPartition partition, long offset) {
    unconfirmed.add(partition + "@" + offset);
  }

  /** A workload that is out of its group, and has not heard of it, has read a record. */
  void readOutOfGroup(TopicPartition partition, long offset, Incarnation incarnation) {
    outOfGroup.add(partition + "@" + offset + " " + incarnation);
  }

  /** Whether one of this override has. */
  boolean isReadOutOfGroup(Message message, Incarnation incarnation) {
    return outOfGroup.contains(message.partition() + "@" + message.offset() + " " + incarnation);
  }

  /** Whether one has. */
  boolean isReadUnconfirmed(Message message) {
    return unconfirmed.contains(message.partition() + "@" + message.offset());
  }

  /** In the order in which they were sent. */
  List<Message> messages() {
    return messages.values().stream().sorted((a, b) -> Integer.compare(a.id(), b.id())).toList();
  }

  List<Processing> of(Message message) {
    return processed.getOrDefault(message.id(), List.of());
  }
}
