package dev.lanekeeper.kafka;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.apache.kafka.common.errors.RecordDeserializationException.DeserializationExceptionOrigin;
import org.jspecify.annotations.Nullable;

/**
 * What differs between the client versions that are supported, 3.0 to 4.3. Compiled against the newest: a method that names
 * what an older one does not have is called only after a look whether it is there.
 */
final class Clients {

  /** Since 4.0 polled records say where the consumer stands behind them. */
  static final boolean KNOWS_NEXT_OFFSETS = has(ConsumerRecords.class, "nextOffsets");
  /** Since 3.9 the exception brings the bytes that could not be deserialized. */
  static final boolean FAILS_WITH_BUFFERS = has(RecordDeserializationException.class, "keyBuffer");
  /** Since 3.7 a client can choose the protocol of its group. */
  static final boolean CHOOSES_GROUP_PROTOCOL = ConsumerConfig.configNames().contains("group.protocol");

  private Clients() {}

  private static boolean has(Class<?> type, String method, Class<?>... parameters) {
    try {
      type.getMethod(method, parameters);
      return true;
    } catch (NoSuchMethodException older) {
      return false;
    }
  }

  /** Where the consumer stands behind each partition of these records; empty where the client does not say. */
  static Map<TopicPartition, OffsetAndMetadata> nextOffsets(ConsumerRecords<?, ?> records) {
    return KNOWS_NEXT_OFFSETS ? records.nextOffsets() : Map.of();
  }

  @SuppressWarnings("deprecation") // all that 3.x has
  static <K, V> ConsumerRecords<K, V> records(Map<TopicPartition, List<ConsumerRecord<K, V>>> records,
      Map<TopicPartition, OffsetAndMetadata> nextOffsets) {
    return KNOWS_NEXT_OFFSETS ? new ConsumerRecords<>(records, nextOffsets) : new ConsumerRecords<>(records);
  }

  /** What the client itself throws when a deserializer fails. */
  @SuppressWarnings("deprecation") // all that clients before 3.9 have
  static RecordDeserializationException undecodable(ConsumerRecord<?, ?> record, boolean key, RuntimeException cause) {
    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
    String message = "Error deserializing " + (key ? "KEY" : "VALUE") + " for partition " + partition + " at offset "
        + record.offset() + ". If needed, please seek past the record to continue consumption.";
    return FAILS_WITH_BUFFERS
        ? new RecordDeserializationException(
            key ? DeserializationExceptionOrigin.KEY : DeserializationExceptionOrigin.VALUE,
            partition, record.offset(), record.timestamp(), record.timestampType(), buffer(record.key()),
            buffer(record.value()), record.headers(), message, cause)
        : new RecordDeserializationException(partition, record.offset(), message, cause);
  }

  private static @Nullable ByteBuffer buffer(@Nullable Object deferred) {
    return deferred instanceof Deferred bytes ? bytes.buffer() : null;
  }
}
