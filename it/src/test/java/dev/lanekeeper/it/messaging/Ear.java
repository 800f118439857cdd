package dev.lanekeeper.it.messaging;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.lanekeeper.kafka.RecordTags;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.WireNames;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

/** Hears what a mill says, without Lanekeeper: in a topic, and by calls. Reads what else it writes as it stands there. */
final class Ear implements AutoCloseable {

  private final HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
  private final Queue<Said> said = new ConcurrentLinkedQueue<>();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final KafkaConsumer<String, String> consumer;
  private final Thread reading;
  private final String out;
  private final Map<String, String> others;

  /**
   * Opens it.
   *
   * @param out where the mill says what it does
   * @param others topics whose values are messages themselves, each with what it means that one stands there
   */
  Ear(String bootstrap, String out, Map<String, String> others) throws IOException {
    this.out = out;
    this.others = others;
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/said", this::called);
    server.start();
    consumer = new KafkaConsumer<>(Map.of("bootstrap.servers", bootstrap, "auto.offset.reset", "earliest"),
        new StringDeserializer(), new StringDeserializer());
    reading = Thread.ofPlatform().name("ear").start(this::read);
  }

  /** Where it is called. */
  int port() {
    return server.getAddress().getPort();
  }

  /** What was said so far. */
  List<Said> said() {
    failures.forEach(failure -> {
      throw new AssertionError(failure);
    });
    return List.copyOf(said);
  }

  private void called(HttpExchange exchange) throws IOException {
    var headers = new RecordHeaders();
    exchange.getRequestHeaders().forEach((name, values) -> values
        .forEach(value -> headers.add(name, value.getBytes(StandardCharsets.UTF_8))));
    String query = exchange.getRequestURI().getRawQuery().replaceFirst("^said=", "");
    said.add(Said.of("call", URLDecoder.decode(query, StandardCharsets.UTF_8),
        RecordTags.read(headers, WireNames.STANDARD)));
    try (exchange) {
      exchange.sendResponseHeaders(200, -1);
    }
  }

  private void read() {
    try (consumer) {
      var topics = new java.util.ArrayList<>(others.keySet());
      topics.add(out);
      consumer.assign(topics.stream().map(topic -> new TopicPartition(topic, 0)).toList());
      consumer.seekToBeginning(List.of());
      while (true) {
        consumer.poll(Duration.ofMillis(100)).forEach(message -> said.add(heard(message)));
      }
    } catch (WakeupException closed) {
      // as it should be
    } catch (RuntimeException failure) {
      failures.add(failure);
    }
  }

  private Said heard(ConsumerRecord<String, String> message) {
    Carried carried = RecordTags.read(message.headers(), WireNames.STANDARD);
    @Nullable String step = others.get(message.topic());
    return Said.of(message.topic(), step == null ? message.key() + " " + message.value() : step + " " + message.value(),
        carried);
  }

  @Override
  public void close() {
    server.stop(0);
    consumer.wakeup();
    try {
      reading.join();
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }
}
