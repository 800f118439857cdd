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

  private static final Duration BREATH = Duration.ofMillis(100);

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

  /**
   * Whether any record that was committed stands in a range of a partition.
   *
   * @throws org.apache.kafka.common.KafkaException if the cluster refuses, or does not answer in time
   */
  boolean isAny(TopicPartition partition, long from, long to, Duration patience) {
    Properties committed = new Properties();
    committed.putAll(properties);
    committed.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    try (var consumer =
        new Closing(new KafkaConsumer<>(committed, new ByteArrayDeserializer(), new ByteArrayDeserializer()))) {
      KafkaConsumer<byte[], byte[]> client = consumer.client;
      client.assign(List.of(partition));
      Long beginning = client.beginningOffsets(Set.of(partition), patience).get(partition);
      long position = Math.max(from, beginning == null ? from : beginning);
      if (position >= to) {
        return false;
      }
      client.seek(partition, position);
      long deadline = System.nanoTime() + patience.toNanos();
      while (System.nanoTime() - deadline < 0) {
        ConsumerRecords<byte[], byte[]> read = client.poll(BREATH);
        if (!read.isEmpty()) {
          return read.records(partition).get(0).offset() < to;
        }
        if (client.position(partition, patience) >= to) {
          return false;
        }
      }
      return true; // a transaction that is open, say: what it has written may come to be read
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
