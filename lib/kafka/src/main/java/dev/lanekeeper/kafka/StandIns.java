package dev.lanekeeper.kafka;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * Classes of ours that stand in a client's settings in the place of what the application named there. The client makes and
 * configures them; they find their gate in the settings, put back what the application gave, and make that as the client
 * would.
 */
final class StandIns {

  static final String INTERCEPTORS = "interceptor.classes";
  static final String KEYS = "key.deserializer";
  static final String VALUES = "value.deserializer";

  /** Another copy of this library may stand in the same settings under a name of its own: an agent's. */
  private static final String GATE = StandIns.class.getName() + ".gate";
  private static final String GIVEN = StandIns.class.getName() + ".given.";

  private StandIns() {}

  /** The settings with {@code standIns}, by their keys, and the gate that these will look for. */
  static Map<String, Object> put(Map<String, ?> config, Object gate, Map<String, Object> standIns) {
    Map<String, Object> changed = new HashMap<>(config);
    changed.put(GATE, gate);
    standIns.forEach((key, standIn) -> {
      changed.put(GIVEN + key, config.get(key));
      changed.put(key, standIn);
    });
    return changed;
  }

  /**
   * Takes the gate out of the settings with which the client configures a stand-in, and puts back what it stands for. They
   * are the client's copy for this call; what is looked up in them the client does not report as unused.
   *
   * @throws KafkaException if there is no gate: somebody else than the client made the stand-in
   */
  static <G> G restore(Map<String, ?> configs, Class<G> type) {
    @SuppressWarnings("unchecked") // the client's own, which holds whatever the application put there
    Map<String, Object> settings = (Map<String, Object>) configs;
    Object gate = settings.get(GATE);
    if (!type.isInstance(gate)) {
      throw new KafkaException("lanekeeper: " + GATE + ": " + gate + " (expected: a " + type.getSimpleName() + ")");
    }
    for (String key : List.copyOf(settings.keySet())) {
      if (key.startsWith(GIVEN)) {
        settings.put(key.substring(GIVEN.length()), settings.get(key));
        settings.remove(key);
      }
    }
    settings.remove(GATE);
    return type.cast(gate);
  }

  /** The entries of a setting that is a list: the names or classes in it. */
  static List<?> entries(@Nullable Object setting) {
    if (setting instanceof List<?> list) {
      return list;
    }
    String text = ClientIds.text(setting);
    return text.isEmpty() ? List.of() : List.of(text.split("\\s*,\\s*", -1));
  }

  /** A setting that is a list, with one more class at its end. */
  static Object withLast(@Nullable Object setting, Class<?> last) {
    if (setting instanceof String text && text.contains("${")) {
      return text + "," + last.getName(); // the client looks up only in texts what that stands for
    }
    List<Object> entries = new ArrayList<>(entries(setting));
    entries.add(last);
    return entries;
  }

  /**
   * What a setting names, made; not configured yet.
   *
   * @param named a class or its name
   * @throws KafkaException if it cannot be made
   */
  static <T> T make(@Nullable Object named, Class<T> type) {
    try {
      Class<?> found = named instanceof Class<?> given
          ? given
          : Class.forName(ClientIds.text(named), true, Utils.getContextOrKafkaClassLoader());
      return Utils.newInstance(found.asSubclass(type));
    } catch (ClassNotFoundException | ClassCastException unknown) {
      throw new KafkaException(named + " is not an instance of " + type.getName(), unknown);
    }
  }
}
