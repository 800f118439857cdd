package dev.lanekeeper.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Writes with a producer of its own, made when it is first needed, with the settings by which the consumer reaches its broker. */
final class KafkaRecordWriter implements RecordWriter {

  /** What the client ids of such producers begin with: no gate stands before them. */
  static final String CLIENT_ID = "lanekeeper-quarantine";

  private static final Set<String> NOT_TAKEN_OVER = Set.of("key.serializer", "value.serializer", "interceptor.classes",
      "transactional.id", "client.id", "metric.reporters", "partitioner.class", "acks", "enable.idempotence");
  private static final AtomicLong MADE = new AtomicLong();

  private final Map<String, Object> settings = new HashMap<>();
  private final Duration patience;
  private @Nullable KafkaProducer<byte[], byte[]> producer;

  KafkaRecordWriter(Map<String, ?> consumer, Duration patience) {
    this.patience = patience;
    // What neither knows is for what a setting names (config.providers, callbacks of logins), and for the producer's as well.
    Set<String> known = ProducerConfig.configNames();
    Set<String> ofConsumers = ConsumerConfig.configNames();
    consumer.forEach((name, value) -> {
      if ((known.contains(name) || !ofConsumers.contains(name)) && !NOT_TAKEN_OVER.contains(name)) {
        settings.put(name, value);
      }
    });
    int millis = Math.max(1, (int) patience.toMillis());
    settings.put("client.id", CLIENT_ID + "-" + MADE.incrementAndGet());
    settings.put("acks", "all");
    settings.put("linger.ms", 0);
    settings.put("max.block.ms", millis);
    settings.put("request.timeout.ms", millis);
    settings.put("delivery.timeout.ms", millis);
    // What the consumer could read it can write: what is too large is for the broker to say.
    settings.put("max.request.size", Integer.MAX_VALUE);
    settings.put("buffer.memory", (long) Integer.MAX_VALUE);
  }

  /** Whether a producer with these settings is one of ours. */
  static boolean isOne(Map<String, ?> config) {
    return ClientIds.text(config.get("client.id")).startsWith(CLIENT_ID);
  }

  @Override
  public Pending begin(ProducerRecord<byte[], byte[]> record) {
    KafkaProducer<byte[], byte[]> writer = producer;
    if (writer == null) {
      writer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
      producer = writer;
    }
    Future<RecordMetadata> sent = writer.send(record);
    return new Pending() {
      @Override
      public boolean isDone() {
        return sent.isDone();
      }

      @Override
      public void await() {
        arrived(sent, record.topic());
      }
    };
  }

  private void arrived(Future<RecordMetadata> sent, String topic) {
    try {
      sent.get(2 * patience.toMillis() + 1, TimeUnit.MILLISECONDS);
    } catch (ExecutionException failed) {
      throw failed.getCause() instanceof KafkaException cause ? cause : new KafkaException(failed);
    } catch (TimeoutException slow) {
      throw new org.apache.kafka.common.errors.TimeoutException("no answer to a record for " + topic, slow);
    } catch (InterruptedException interrupted) {
      throw new InterruptException(interrupted);
    }
  }

  @Override
  public void close() {
    KafkaProducer<byte[], byte[]> given = producer;
    producer = null;
    if (given != null) {
      given.close(Duration.ZERO);
    }
  }
}
