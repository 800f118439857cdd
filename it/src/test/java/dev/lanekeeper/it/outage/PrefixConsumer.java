package dev.lanekeeper.it.outage;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** A program that ends at the first value which does not begin with its prefix, and prints the others. It knows no Lanekeeper. */
final class PrefixConsumer {

  private PrefixConsumer() {}

  /**
   * Consumes until it is ended.
   *
   * @param arguments bootstrap servers, group, topic, prefix
   */
  public static void main(String[] arguments) {
    Map<String, Object> settings =
        Map.of("bootstrap.servers", arguments[0], "group.id", arguments[1], "enable.auto.commit",
            "false", "auto.offset.reset", "earliest");
    Deserializer<String> values = (topic, bytes) -> value(arguments[3], bytes);
    try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), values)) {
      consumer.subscribe(List.of(arguments[2]));
      while (true) {
        var records = consumer.poll(Duration.ofMillis(200));
        records.forEach(message -> System.out.println("got " + message.value()));
        if (!records.isEmpty()) {
          consumer.commitSync();
        }
      }
    }
  }

  private static String value(String prefix, byte[] bytes) {
    String value = new String(bytes, StandardCharsets.UTF_8);
    if (!value.startsWith(prefix)) {
      throw new SerializationException(value + " (expected: " + prefix + "...)");
    }
    return value;
  }
}
