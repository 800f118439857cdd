package demo.c;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Service C: consumes the topic {@code orders} and hands each order to D. {@code GET /health} answers while it runs.
 *
 * <p>Settings, from the environment: {@code PORT}, {@code VERSION} (default {@code C}), {@code KAFKA} ({@code host:port}),
 * {@code D_URL}.
 */
public final class Main {
  private static final int OK = 200;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String version;
  private final String d;

  private Main(String version, String d) {
    this.version = version;
    this.d = d;
  }

  /**
   * Consumes until the process is ended.
   *
   * @throws IOException if the port is taken
   * @throws InterruptedException never: nobody interrupts the main thread
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    int port = Integer.parseInt(System.getenv("PORT"));
    var c = new Main(System.getenv().getOrDefault("VERSION", "C"), Objects.requireNonNull(System.getenv("D_URL")));
    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.createContext("/health", c::health);
    server.start();
    System.out.println(c.version + " listens on " + port);
    Thread main = Thread.currentThread();
    try (var consumer = consumer(System.getenv("KAFKA"))) {
      // Asked to end, it leaves its group, so that nobody has to wait for its session to run out.
      Runtime.getRuntime().addShutdownHook(new Thread(() -> {
        consumer.wakeup();
        await(main);
      }));
      c.consume(consumer);
    } catch (WakeupException ending) {
      System.out.println(c.version + " ends");
    }
  }

  private static void await(Thread thread) {
    try {
      thread.join(2_000);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private static Consumer<String, String> consumer(String kafka) {
    var settings = Map.<String, Object>of("bootstrap.servers", kafka, "group.id", "c", "client.id", "c",
        "enable.auto.commit", "false", "auto.offset.reset", "earliest", "metadata.max.age.ms", "5000");
    return new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
  }

  private void consume(Consumer<String, String> consumer) throws InterruptedException {
    consumer.subscribe(List.of("orders"));
    while (true) {
      var records = consumer.poll(Duration.ofMillis(200));
      for (var order : records) {
        handOver(order);
      }
      if (!records.isEmpty()) {
        consumer.commitSync();
      }
    }
  }

  private void handOver(ConsumerRecord<String, String> order) throws InterruptedException {
    String id = order.key();
    String body = "{\"service\":\"C\",\"version\":" + quoted(version) + ",\"from\":" + order.value() + "}";
    var request = HttpRequest.newBuilder(URI.create(d + "/receive?id=" + URLEncoder.encode(id, StandardCharsets.UTF_8)))
        .timeout(PATIENCE).POST(BodyPublishers.ofString(body)).build();
    try {
      var answer = client.send(request, BodyHandlers.ofString());
      if (answer.statusCode() != OK) {
        System.out.println(version + " could not hand over " + id + ": D answers " + answer.statusCode());
      }
    } catch (IOException failed) {
      System.out.println(version + " could not hand over " + id + ": " + failed);
    }
  }

  private void health(HttpExchange exchange) throws IOException {
    byte[] body = ("{\"service\":\"C\",\"version\":" + quoted(version) + "}").getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(OK, body.length);
    try (var out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
