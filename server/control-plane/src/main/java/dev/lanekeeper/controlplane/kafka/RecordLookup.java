package dev.lanekeeper.controlplane.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** Reads single records, with a consumer that is in no group and fetches nothing beside. */
final class RecordLookup {

  private final Properties properties;

  RecordLookup(Properties properties) {
    this.properties = new Properties();
    this.properties.putAll(properties);
    this.properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    this.properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    this.properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted");
    this.properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
    this.properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
    this.properties.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 1);
    this.properties.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 1);
  }

  /**
   * The record at this place of a topic that exists; null if there is none any more.
   *
   * @throws org.apache.kafka.common.KafkaException if the cluster refuses, or does not answer in time
   */
  @Nullable
  ConsumerRecord<byte[], byte[]> find(TopicPartition partition, long offset, Duration patience) {
    try (var consumer =
        new Closing(new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer()))) {
      return find(consumer.client, partition, offset, patience);
    } catch (OffsetOutOfRangeException deleted) {
      return null;
    }
  }

  private static @Nullable ConsumerRecord<byte[], byte[]> find(KafkaConsumer<byte[], byte[]> client,
      TopicPartition partition, long offset, Duration patience) {
    client.assign(List.of(partition));
    Long end = client.endOffsets(Set.of(partition), patience).get(partition);
    if (end == null || offset >= end) {
      return null;
    }
    client.seek(partition, offset);
    ConsumerRecords<byte[], byte[]> read = client.poll(patience);
    if (!read.isEmpty()) {
      ConsumerRecord<byte[], byte[]> first = read.records(partition).get(0);
      return first.offset() == offset ? first : null; // the log was compacted
    }
    if (client.position(partition, patience) > offset) {
      return null; // there stands what is no record
    }
    throw new TimeoutException(partition + "@" + offset + " was not read within " + patience);
  }

  private record Closing(KafkaConsumer<byte[], byte[]> client) implements AutoCloseable {
    @Override
    public void close() {
      client.close(CloseOptions.timeout(Duration.ZERO));
    }
  }
}
