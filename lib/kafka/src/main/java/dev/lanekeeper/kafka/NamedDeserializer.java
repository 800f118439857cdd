package dev.lanekeeper.kafka;

import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/** Makes a deserializer that the settings name, as the client would. */
final class NamedDeserializer {

  private NamedDeserializer() {}

  /**
   * The deserializer, configured.
   *
   * @return null if the settings name none
   * @throws KafkaException if it cannot be made
   */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // as unchecked as in the client
  static <T> @Nullable Deserializer<T> of(Map<String, ?> config, boolean ofKeys) {
    Object named = config.get(ofKeys ? "key.deserializer" : "value.deserializer");
    if (named == null) {
      return null;
    }
    try {
      Class<?> type = named instanceof Class<?> given
          ? given
          : Class.forName(named.toString().trim(), true, Utils.getContextOrKafkaClassLoader());
      Deserializer<T> made = (Deserializer<T>) Utils.newInstance(type.asSubclass(Deserializer.class));
      made.configure(config, ofKeys);
      return made;
    } catch (ClassNotFoundException | ClassCastException unknown) {
      throw new KafkaException("Failed to construct kafka consumer: " + named + " is no deserializer", unknown);
    }
  }
}
