package demo.b;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Service B: places an order ({@code GET /place?id=..}): publishes it to the topic {@code orders} under its id, and answers when
 * the broker has it.
 *
 * <p>Settings, from the environment: {@code PORT}, {@code VERSION} (default {@code B}), {@code KAFKA} ({@code host:port}).
 */
public final class Main {
  private static final int THREADS = 32;
  private static final int OK = 200;
  private static final int UNAVAILABLE = 503;
  private static final String TOPIC = "orders";

  private final String version;
  private final Producer<String, String> producer;

  private Main(String version, Producer<String, String> producer) {
    this.version = version;
    this.producer = producer;
  }

  /**
   * Serves until the process is ended.
   *
   * @throws IOException if the port is taken
   */
  public static void main(String[] args) throws IOException {
    int port = Integer.parseInt(System.getenv("PORT"));
    var b = new Main(System.getenv().getOrDefault("VERSION", "B"), producer(System.getenv("KAFKA")));
    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.setExecutor(Executors.newFixedThreadPool(THREADS));
    server.createContext("/place", b::place);
    server.start();
    System.out.println(b.version + " listens on " + port);
  }

  private static Producer<String, String> producer(String kafka) {
    var settings = Map.<String, Object>of("bootstrap.servers", kafka, "client.id", "b", "acks", "all");
    return new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
  }

  private void place(HttpExchange exchange) throws IOException {
    String id = exchange.getRequestURI().getQuery().replaceFirst("^id=", "");
    String self = "{\"service\":\"B\",\"version\":" + quoted(version) + "}";
    try {
      producer.send(new ProducerRecord<>(TOPIC, id, self)).get();
      answer(exchange, OK, self);
    } catch (ExecutionException failed) {
      System.out.println(version + " could not publish " + id + ": " + failed.getCause());
      answer(exchange, UNAVAILABLE, self);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      answer(exchange, UNAVAILABLE, self);
    }
  }

  private static void answer(HttpExchange exchange, int status, String json) throws IOException {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, body.length);
    try (var out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
