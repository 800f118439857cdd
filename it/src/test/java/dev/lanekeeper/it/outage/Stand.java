package dev.lanekeeper.it.outage;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * What the test plays itself, without Lanekeeper: D, which keeps what it is handed, and the redirected tenant's B, which copies
 * the header {@code baggage} from the request to its message by hand.
 */
final class Stand implements AutoCloseable {
  private static final int OK = 200;
  private static final int UNAVAILABLE = 503;
  private static final String BAGGAGE = "baggage";

  private final HttpServer d = server();
  private final HttpServer b = server();
  private final KafkaProducer<String, String> producer;
  private final String topic;
  private final Map<String, List<String>> handed = new ConcurrentHashMap<>();
  private final List<String> placed = new CopyOnWriteArrayList<>();

  /**
   * Opens both.
   *
   * @throws IOException if no port is free
   */
  Stand(String bootstrap, String topic) throws IOException {
    this.topic = topic;
    Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap, "client.id", "stand");
    producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
    d.createContext("/receive", this::receive);
    b.createContext("/place", this::place);
    d.start();
    b.start();
  }

  private static HttpServer server() throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    return server;
  }

  /** Where D is. */
  URI d() {
    return root(d);
  }

  /** Where the redirected tenant's B is. */
  URI b() {
    return root(b);
  }

  private static URI root(HttpServer server) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** What D was handed under an order's id, in order of arrival. */
  List<String> handed(String id) {
    return List.copyOf(handed.getOrDefault(id, List.of()));
  }

  /** All that D was handed, by id. */
  Map<String, List<String>> handed() {
    return new TreeMap<>(handed);
  }

  /** The ids of the orders that this B placed. */
  List<String> placed() {
    return List.copyOf(placed);
  }

  private void receive(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    handed.computeIfAbsent(id(exchange), id -> new CopyOnWriteArrayList<>()).add(body);
    answer(exchange, OK, "{}");
  }

  private void place(HttpExchange exchange) throws IOException {
    String id = id(exchange);
    placed.add(id);
    String order = Lane.order("B-redirected");
    var message = new ProducerRecord<>(topic, id, order);
    String baggage = String.join(",", exchange.getRequestHeaders().getOrDefault(BAGGAGE, List.of()));
    message.headers().add(BAGGAGE, baggage.getBytes(StandardCharsets.US_ASCII));
    try {
      producer.send(message).get();
      answer(exchange, OK, order);
    } catch (ExecutionException failed) {
      answer(exchange, UNAVAILABLE, failed.toString());
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      answer(exchange, UNAVAILABLE, stopped.toString());
    }
  }

  private static String id(HttpExchange exchange) {
    return exchange.getRequestURI().getQuery().replaceFirst("^id=", "");
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, body.length);
    try (exchange) {
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    b.stop(0);
    d.stop(0);
    producer.close();
  }
}
