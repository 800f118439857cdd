package dev.lanekeeper.kafka;

import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.Self;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.common.KafkaException;

/**
 * The settings of an application of Kafka Streams. All that it has follows from its application id: its group, the topics between its
 * parts and for its state, its directories and transactional ids. Under test the application id is the workload's own, and so is the
 * rest. Its clients are told which application they belong to.
 */
public final class StreamsSettings {

  /** What clients are told: their application's id, as the broker knows it. */
  static final String APPLICATION = "lanekeeper.streams.application";

  private static final String ID = "application.id";
  private static final String GROUP_PROTOCOL = "group.protocol";
  /** Of main, restore and global consumers, and of producers. */
  private static final List<String> CLIENTS = List.of("consumer.", "producer.");

  private StreamsSettings() {}

  /**
   * The settings in the place of the application's own.
   *
   * @return {@code given} where it names no application: Kafka Streams refuses that by itself
   * @throws KafkaException if this process belongs to a tenant and has no incarnation
   */
  public static Map<?, ?> of(Self self, Map<?, ?> given) {
    String id = ClientIds.text(given.get(ID));
    if (id.isEmpty()) {
      return given;
    }
    Map<Object, Object> changed = new HashMap<>(given);
    if (!self.isBaseline()) {
      Incarnation incarnation = ClientIds.bound(self);
      if (!id.endsWith(incarnation.groupFor(""))) {
        id = incarnation.groupFor(id);
        changed.put(ID, id);
      }
      if (isOfTheBroker(given)) {
        changed.put(GROUP_PROTOCOL, "classic");
      }
    }
    for (String client : CLIENTS) {
      changed.put(client + APPLICATION, id);
    }
    return changed;
  }

  /** The settings of a client without what the client itself does not know; the very same where there is nothing of it. */
  @SuppressWarnings("unchecked") // the client only reads them
  static Map<String, Object> plain(Map<String, ?> config) {
    if (!config.containsKey(APPLICATION)) {
      return (Map<String, Object>) config;
    }
    Map<String, Object> plain = new HashMap<>(config);
    plain.remove(APPLICATION);
    return plain;
  }

  /** Whether the broker is to say who reads what: then Kafka Streams makes consumers of a kind that no gate can stand before. */
  public static boolean isOfTheBroker(Map<?, ?> given) {
    return ClientIds.text(given.get(GROUP_PROTOCOL)).toLowerCase(Locale.ROOT).equals("streams");
  }
}
