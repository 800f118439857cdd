package dev.lanekeeper.kafka;

import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.Self;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * The settings that clients of a workload under test get instead of the application's: ids of their own, since equal ids
 * would fence the baseline, the classic group protocol, no offset reset of their own, and no commits that nobody sees; and, where the application sets none, a
 * receive buffer that the system sizes: such a consumer passes over nearly all that it reads, and would wait for the network with the
 * client's own 64 KiB. The baseline keeps its settings.
 */
final class ClientIds {

  static final String GROUP = "group.id";

  private static final String AUTO_COMMIT = "enable.auto.commit";
  private static final String GROUP_PROTOCOL = "group.protocol";
  private static final String CLIENT = "client.id";
  private static final String RECEIVE_BUFFER = "receive.buffer.bytes";
  private static final int SIZED_BY_THE_SYSTEM = -1;
  private static final List<String> OF_CONSUMERS = List.of(GROUP, "group.instance.id", CLIENT);
  private static final List<String> OF_PRODUCERS = List.of("transactional.id", CLIENT);
  private static final Pattern STREAMS_CLIENT =
      Pattern.compile(".+-StreamThread-\\d+(-\\d+_\\d+)?-((restore-)?consumer|producer)|.+-global-consumer");

  private ClientIds() {}

  /**
   * The settings of a consumer.
   *
   * @return {@code config} itself at the baseline
   * @throws KafkaException if this process is a tenant's and has no incarnation, or the consumer is one of Kafka Streams whose
   *     application has not been given an id of its own
   */
  static Map<String, ?> consumer(Self self, Map<String, ?> config) {
    if (self.isBaseline()) {
      return config;
    }
    Incarnation incarnation = bound(self);
    refuseStreams(self, config);
    Map<String, Object> changed = suffixed(incarnation, config, OF_CONSUMERS);
    if (Clients.CHOOSES_GROUP_PROTOCOL) {
      changed.put(GROUP_PROTOCOL, "classic");
    }
    changed.remove("group.remote.assignor");
    changed.put("auto.offset.reset", "none");
    changed.put(AUTO_COMMIT, "false"); // which does not say what is claimed
    changed.putIfAbsent(RECEIVE_BUFFER, SIZED_BY_THE_SYSTEM);
    return changed;
  }

  /** Whether the application leaves commits to its client. */
  static boolean commitsByClient(Map<String, ?> config) {
    return !text(config.get(GROUP)).isEmpty() && !text(config.get(AUTO_COMMIT)).equalsIgnoreCase("false");
  }

  /**
   * The settings of a producer.
   *
   * @return {@code config} itself at the baseline
   * @throws KafkaException if this process is a tenant's and has no incarnation
   */
  static Map<String, ?> producer(Self self, Map<String, ?> config) {
    return self.isBaseline() ? config : suffixed(bound(self), config, OF_PRODUCERS);
  }

  /**
   * The incarnation of a tenant's process.
   *
   * @throws KafkaException if it has none
   */
  static Incarnation bound(Self self) {
    Incarnation incarnation = self.incarnation();
    if (incarnation == null) {
      throw new KafkaException(
          "lanekeeper: incarnation: none (expected: the one that the control plane gives to " + self.service()
              + " of tenancy " + self.tenancy() + "). Apply a Tenant document with overrides." + self.service()
              + ": { workload: {} }, see that the control plane can be reached, and start this process again");
    }
    return incarnation;
  }

  private static Map<String, Object> suffixed(Incarnation incarnation, Map<String, ?> config, List<String> ids) {
    Map<String, Object> changed = new HashMap<>(config);
    for (String id : ids) {
      String value = text(changed.get(id));
      if (!value.isEmpty() && !value.endsWith(incarnation.groupFor(""))) {
        changed.put(id, incarnation.groupFor(value));
      }
    }
    return changed;
  }

  /** A setting as text; empty where there is none. */
  static String text(@Nullable Object value) {
    if (value instanceof Collection<?> several) {
      return String.join(",", several.stream().map(String::valueOf).toList());
    }
    return value == null ? "" : value.toString().trim();
  }

  private static void refuseStreams(Self self, Map<String, ?> config) {
    if (isStreams(config) && !config.containsKey(StreamsSettings.APPLICATION)) {
      throw refused(self, "Kafka Streams without an application id of its own",
          "its state and its internal topics would be shared with the baseline");
    }
  }

  /** Whether a consumer is one of Kafka Streams, which assigns by a plan of its own what its members read. */
  static boolean isStreams(Map<String, ?> config) {
    boolean streams =
        config.containsKey(StreamsSettings.APPLICATION) || STREAMS_CLIENT.matcher(text(config.get(CLIENT))).matches()
            || text(config.get(GROUP_PROTOCOL)).toLowerCase(Locale.ROOT).equals("streams")
            || text(config.get("partition.assignment.strategy")).contains("StreamsPartitionAssignor");
    for (String key : config.keySet()) {
      streams |= key.startsWith("__") && key.endsWith(".instance__");
    }
    return streams;
  }

  static KafkaException refused(Self self, String what, String why) {
    return new KafkaException("lanekeeper: " + what + " in " + self.service() + " for tenancy " + self.tenancy()
        + " (expected: a consumer that subscribes in a group): " + why
        + ". Use subscribe() with a group.id, or leave this service to the baseline");
  }
}
