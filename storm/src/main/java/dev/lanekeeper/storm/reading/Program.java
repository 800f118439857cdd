package dev.lanekeeper.storm.reading;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A service that knows nothing of Lanekeeper: a consumer for each of its groups. */
public final class Program {

  private Program() {}

  /**
   * Reads until it is ended.
   *
   * @param arguments bootstrap servers; directory of journals; its own name; then for each group its name and the topics, with
   *     commas between
   */
  public static void main(String[] arguments) throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (int i = 3; i < arguments.length; i += 2) {
      var consumer = new KafkaConsumer<>(Reading.settings(arguments[0], arguments[i], arguments[2]),
          new ByteArrayDeserializer(), new ByteArrayDeserializer());
      var reading =
          new Reading(consumer, List.of(arguments[i + 1].split(",")), Path.of(arguments[1]), arguments[2]);
      threads.add(Thread.ofPlatform().name(arguments[i]).start(reading));
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }
}
