package dev.lanekeeper.kafka;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Makes clients that read what is handed over again, with the settings by which the application's consumer reaches its broker. They
 * are classic members of their group, whatever the application's is: an undertaker can keep such members out.
 */
final class HandoverClient {

  /** What the client ids of such consumers begin with: no gate stands before them. */
  static final String CLIENT_ID = "lanekeeper-redelivered";

  private static final Set<String> NOT_TAKEN_OVER = Set.of(StandIns.KEYS, StandIns.VALUES, StandIns.INTERCEPTORS,
      "metric.reporters", "group.instance.id", "group.remote.assignor", "group.protocol",
      "partition.assignment.strategy");
  private static final String SESSION = "session.timeout.ms";
  /** The client's own. */
  private static final long USUAL_SESSION_MILLIS = 45_000;
  private static final AtomicLong MADE = new AtomicLong();

  private HandoverClient() {}

  /**
   * A consumer.
   *
   * @param consumer the settings of the application's
   * @param group to read in
   */
  static Consumer<byte[], byte[]> open(Map<String, ?> consumer, String group) {
    return new KafkaConsumer<>(settings(consumer, group), new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  static Map<String, Object> settings(Map<String, ?> consumer, String group) {
    Map<String, Object> settings = new HashMap<>(consumer);
    settings.keySet().removeAll(NOT_TAKEN_OVER);
    if (isLong(ClientIds.text(settings.get(SESSION)))) {
      settings.remove(SESSION); // members that come back under their name may be away for long; this one has none
      settings.remove("heartbeat.interval.ms");
    }
    settings.put(ClientIds.GROUP, group);
    settings.put("client.id", CLIENT_ID + "-" + MADE.incrementAndGet());
    settings.put("enable.auto.commit", "false");
    settings.put("auto.offset.reset", "earliest");
    settings.put("isolation.level", "read_committed");
    settings.put("allow.auto.create.topics", "false");
    return settings;
  }

  private static boolean isLong(String session) {
    try {
      return !session.isEmpty() && Long.parseLong(session) > USUAL_SESSION_MILLIS;
    } catch (NumberFormatException unreadable) {
      return false; // the client says so
    }
  }

  /** Whether a consumer with these settings is one of ours. */
  static boolean isOne(Map<String, ?> config) {
    return ClientIds.text(config.get("client.id")).startsWith(CLIENT_ID);
  }
}
