package dev.lanekeeper.storm.reading;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;

/** A poll loop: notes what it was given, takes its time now and then, and commits. */
public final class Reading implements Runnable {

  private static final String OURS = "lanekeeper.";
  private static final Duration POLL = Duration.ofMillis(200);
  private static final int LONGEST_WORK_MILLIS = 30;

  private final Consumer<byte[], byte[]> consumer;
  private final List<String> topics;
  private final Path journals;
  private final String instance;
  private volatile boolean ended;

  /** A loop around a consumer, which it closes. */
  public Reading(Consumer<byte[], byte[]> consumer, List<String> topics, Path journals, String instance) {
    this.consumer = consumer;
    this.topics = topics;
    this.journals = journals;
    this.instance = instance;
  }

  /** The settings of a consumer in a group. */
  public static Map<String, Object> settings(String bootstrap, String group, String client) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", bootstrap);
    settings.put("group.id", group);
    settings.put("client.id", client);
    settings.put("auto.offset.reset", "earliest");
    settings.put("enable.auto.commit", "false");
    settings.put("session.timeout.ms", 6_000);
    settings.put("heartbeat.interval.ms", 1_500);
    settings.put("metadata.max.age.ms", 5_000);
    settings.put("reconnect.backoff.max.ms", 500);
    // Many consumers read one broker: each of them asks less often than it could.
    settings.put("fetch.min.bytes", 131_072);
    settings.put("fetch.max.wait.ms", 400);
    return settings;
  }

  /** The id that a message bears in the beginning of its value. */
  public static long id(byte[] value) {
    return ByteBuffer.wrap(value).getLong();
  }

  /** Reads until it is stopped, or its consumer fails. */
  @Override
  public void run() {
    try (consumer; Journal journal = new Journal(journals, consumer.groupMetadata().groupId(), instance)) {
      consumer.subscribe(topics);
      while (!ended) {
        ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
        for (ConsumerRecord<byte[], byte[]> record : records) {
          journal.add(new Journal.Entry(id(record.value()), System.currentTimeMillis(), record.offset(),
              record.partition(), record.topic().startsWith(OURS)));
        }
        journal.flush();
        if (!records.isEmpty()) {
          work();
          commit();
        }
      }
    } catch (WakeupException stopped) {
      // and closed
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A process that is killed just here has processed what it has not committed. */
  private static void work() {
    if (ThreadLocalRandom.current().nextInt(4) == 0) {
      try {
        Thread.sleep(ThreadLocalRandom.current().nextInt(LONGEST_WORK_MILLIS));
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void commit() {
    try {
      consumer.commitSync();
    } catch (CommitFailedException | RebalanceInProgressException | TimeoutException notNow) {
      say("could not commit: " + notNow);
    }
  }

  private void say(String what) {
    System.err.println(System.currentTimeMillis() + " " + instance + " " + what);
  }

  /** Has the loop end. Any thread. */
  public void stop() {
    ended = true;
    consumer.wakeup();
  }

  /** What a consumer that failed says. */
  public static String text(KafkaException failure) {
    StringBuilder text = new StringBuilder(failure.toString());
    for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
      text.append(" <- ").append(cause);
    }
    return text.toString();
  }
}
