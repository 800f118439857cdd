package dev.lanekeeper.controlplane.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Browses with a Kafka consumer that assigns partitions itself. */
final class KafkaTopicBrowser implements TopicBrowser {

  private static final Duration POLL = Duration.ofMillis(100);
  /** What is fetched at once, but for a single record that is larger. */
  private static final int FETCH = 1024 * 1024;

  private final String where;
  private final Duration patience;
  private final KafkaConsumer<byte[], byte[]> consumer;

  /**
   * Browses a cluster.
   *
   * @param where the cluster, for messages
   * @param patience how long each answer may take
   */
  KafkaTopicBrowser(String where, Properties properties, Duration patience) {
    this.where = where;
    this.patience = patience;
    Properties own = new Properties();
    own.putAll(properties);
    own.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    own.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    own.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    own.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
    own.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH);
    own.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCH);
    consumer = new KafkaConsumer<>(own, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  @Override
  public Map<TopicPartition, Extent> extents(Set<String> topics) {
    try {
      List<TopicPartition> partitions = new ArrayList<>();
      consumer.listTopics(patience).forEach((topic, infos) -> {
        if (topics.contains(topic)) {
          for (PartitionInfo info : infos) {
            partitions.add(new TopicPartition(topic, info.partition()));
          }
        }
      });
      Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(partitions, patience);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, patience);
      Map<TopicPartition, Extent> extents = new HashMap<>();
      beginnings.forEach((partition, from) -> extents.put(partition,
          new Extent(from, Math.max(from, ends.getOrDefault(partition, from)))));
      return extents;
    } catch (KafkaException e) {
      throw failed("ask how far " + topics + " go", e);
    }
  }

  @Override
  public void read(TopicPartition partition, Extent part, Consumer<ConsumerRecord<byte[], byte[]>> taker) {
    String what = "read " + partition + " from " + part.from() + " to " + part.to();
    try {
      consumer.assign(Set.of(partition));
      consumer.seek(partition, part.from());
      long until = System.nanoTime() + patience.toNanos();
      while (consumer.position(partition, patience) < part.to()) {
        boolean some = false;
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          if (record.offset() < part.to()) {
            taker.accept(record);
          }
          some = true;
        }
        if (some) {
          until = System.nanoTime() + patience.toNanos();
        } else if (System.nanoTime() - until >= 0) {
          throw new TimeoutException("nothing came within " + patience);
        }
      }
    } catch (OffsetOutOfRangeException deletedMeanwhile) {
      // What was there is not there any more.
    } catch (KafkaException e) {
      throw failed(what, e);
    }
  }

  private BrokerException failed(String what, KafkaException e) {
    return e instanceof RetriableException || e instanceof org.apache.kafka.common.errors.InterruptException
        ? BrokerException.unreachable(where, what, e)
        : BrokerException.refused(where, what, e);
  }

  @Override
  public void close() {
    boolean interrupted = Thread.interrupted(); // else nothing would be closed
    try {
      consumer.close(CloseOptions.timeout(Duration.ZERO));
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
