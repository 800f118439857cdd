package dev.lanekeeper.controlplane.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes records once, however often it is asked to, also where who asked died in between and another process asks again.
 *
 * <p>The records and a mark that they were written, an offset of a group of that name, are one transaction. Its transactional id is
 * that name, too: whoever begins has first ended what another one had begun, and then sees whether the mark is there.
 */
final class WrittenOnce {

  /** For records of the largest size over a slow line. */
  private static final int TRANSACTION_MILLIS = 20_000;

  private final String where;
  private final Properties properties;
  private final Properties groupProperties;

  /**
   * Under a name.
   *
   * @param where the cluster, for messages
   * @param properties of clients
   */
  WrittenOnce(String where, String name, Properties properties) {
    this.where = where;
    this.groupProperties = new Properties();
    this.groupProperties.putAll(properties);
    this.groupProperties.put(ConsumerConfig.GROUP_ID_CONFIG, name);
    this.groupProperties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    this.groupProperties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    this.properties = new Properties();
    this.properties.putAll(properties);
    this.properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, name);
    this.properties.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, TRANSACTION_MILLIS);
    this.properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    this.properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, TRANSACTION_MILLIS / 2);
    this.properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, TRANSACTION_MILLIS);
    this.properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, TRANSACTION_MILLIS);
    this.properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Sizes.LARGEST);
    this.properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, Sizes.PRODUCER_BUFFER);
  }

  /**
   * Writes them, unless that was done.
   *
   * @param records at least one
   * @param wanted is asked once whoever began before can no longer write; false: nothing is written
   * @throws BrokerException refused: nothing was written, and will not be; unreachable: perhaps it was
   */
  void write(List<ProducerRecord<byte[], byte[]>> records, BooleanSupplier wanted) {
    TopicPartition mark = new TopicPartition(records.get(0).topic(), 0);
    String what = "write " + records.size() + " records to " + records.get(0).topic();
    try (var writer =
        new Writer(new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer()));
        var group = new Group(
            new KafkaConsumer<>(groupProperties, new ByteArrayDeserializer(), new ByteArrayDeserializer()))) {
      writer.client.initTransactions();
      // INVARIANT: asked in between: whoever begins later ends this transaction, and whoever began before has written or never will.
      if (isWritten(group.client, mark) || !wanted.getAsBoolean()) {
        return;
      }
      begin(writer.client, records, mark, group.client.groupMetadata(), what);
      writer.client.commitTransaction();
    } catch (BrokerException said) {
      throw said;
    } catch (KafkaException e) {
      throw BrokerException.unreachable(where, what, e);
    }
  }

  private void begin(KafkaProducer<byte[], byte[]> writer, List<ProducerRecord<byte[], byte[]>> records,
      TopicPartition mark, ConsumerGroupMetadata group, String what) {
    writer.beginTransaction();
    try {
      List<Future<RecordMetadata>> sent = records.stream().map(writer::send).toList();
      writer.flush();
      for (Future<RecordMetadata> each : sent) {
        if (each.state() == Future.State.FAILED && each.exceptionNow() instanceof KafkaException refused) {
          throw refused;
        }
      }
      writer.sendOffsetsToTransaction(Map.of(mark, new OffsetAndMetadata(1)), group);
    } catch (RetriableException | InterruptException | ProducerFencedException | InvalidProducerEpochException e) {
      throw BrokerException.unreachable(where, what, e);
    } catch (KafkaException e) {
      // Not committed: the broker aborts it if this producer does not come to it.
      throw BrokerException.refused(where, what, e);
    }
  }

  private static boolean isWritten(KafkaConsumer<?, ?> group, TopicPartition mark) {
    return group.committed(Set.of(mark), Duration.ofMillis(TRANSACTION_MILLIS)).get(mark) != null;
  }

  private static <T extends AutoCloseable> void closed(T client, Closer<T> closer) {
    boolean interrupted = Thread.interrupted(); // else nothing would be closed
    try {
      closer.close(client);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private interface Closer<T> {
    void close(T client);
  }

  private record Writer(KafkaProducer<byte[], byte[]> client) implements AutoCloseable {
    @Override
    public void close() {
      closed(client, producer -> producer.close(Duration.ofSeconds(1)));
    }
  }

  /** The group that is the mark; nobody joins it. */
  private record Group(KafkaConsumer<byte[], byte[]> client) implements AutoCloseable {
    @Override
    public void close() {
      closed(client, consumer -> consumer.close(CloseOptions.timeout(Duration.ZERO)));
    }
  }
}
