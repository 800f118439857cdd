package dev.lanekeeper.kafka;

import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.RouteSource;
import dev.lanekeeper.model.Self;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Makes consumers and producers that keep to their lane, for services that run without the agent.
 *
 * {@snippet :
 * RouteSource routes = ...;
 * Consumer<String, Order> orders = LaneKafka.consumer(routes, self, config, new StringDeserializer(), new OrderDeserializer());
 * orders.subscribe(List.of("orders"));
 * }
 */
public final class LaneKafka {

  private LaneKafka() {}

  /**
   * A consumer.
   *
   * @param keys null if the settings name it
   * @param values null if the settings name it
   * @throws KafkaException if the client cannot be made; if this process belongs to a tenant and has no incarnation
   */
  public static <K, V> LaneConsumer<K, V> consumer(RouteSource source, Self self, Map<String, ?> config,
      @Nullable Deserializer<K> keys, @Nullable Deserializer<V> values) {
    return consumer(source, self, config, keys, values, GateSettings.STANDARD);
  }

  /** The same with settings of the gate. */
  public static <K, V> LaneConsumer<K, V> consumer(RouteSource source, Self self, Map<String, ?> config,
      @Nullable Deserializer<K> keys, @Nullable Deserializer<V> values, GateSettings settings) {
    ConsumerGate gate = ConsumerGate.of(source, self, config, settings);
    Deserializer<K> gatedKeys = gate.keys(keys);
    Deserializer<V> gatedValues = gate.values(values);
    return new LaneConsumer<>(new KafkaConsumer<>(gate.config(), gatedKeys, gatedValues), gate);
  }

  /**
   * A producer.
   *
   * @param context tag and stamp of the request that the current thread serves; {@link Carried#NOTHING} if untagged
   * @param keys null if the settings name it
   * @param values null if the settings name it
   * @throws KafkaException if the client cannot be made; if this process belongs to a tenant and has no incarnation
   */
  public static <K, V> LaneProducer<K, V> producer(RouteSource source, Self self, Map<String, ?> config,
      Supplier<Carried> context, @Nullable Serializer<K> keys, @Nullable Serializer<V> values) {
    ProducerGate gate = ProducerGate.of(source, self, config, context, GateSettings.STANDARD);
    return new LaneProducer<>(new KafkaProducer<>(gate.config(), keys, values), gate);
  }

  /** Whether a client with these settings is made by a gate, for itself: no gate is to stand before it. */
  public static boolean isOwn(Map<String, ?> client) {
    return KafkaRecordWriter.isOne(client) || HandoverClient.isOne(client);
  }

  /**
   * Before a consumer of a share group is made.
   *
   * @throws KafkaException if this process belongs to a tenant: a share group has no partitions to start from and to drain
   */
  public static void beforeShareConsumer(Self self) {
    if (!self.isBaseline()) {
      throw ClientIds.refused(self, "a share consumer",
          "records of a share group have no owner that could be kept apart");
    }
  }
}
