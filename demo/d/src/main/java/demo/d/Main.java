package demo.d;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/**
 * Service D: keeps what it is handed. {@code POST /receive?id=..} keeps the body under the order's id; {@code GET
 * /received?id=..} answers all that was kept under it, in order of arrival, as a JSON array; {@code GET /received} answers
 * everything, as an object of such arrays.
 *
 * <p>Settings, from the environment: {@code PORT}, {@code VERSION} (default {@code D}).
 */
public final class Main {
  private static final int THREADS = 8;
  private static final int OK = 200;

  private final Map<String, List<String>> received = new ConcurrentHashMap<>();
  private final String version;

  private Main(String version) {
    this.version = version;
  }

  /**
   * Serves until the process is ended.
   *
   * @throws IOException if the port is taken
   */
  public static void main(String[] args) throws IOException {
    int port = Integer.parseInt(System.getenv("PORT"));
    var d = new Main(System.getenv().getOrDefault("VERSION", "D"));
    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.setExecutor(Executors.newFixedThreadPool(THREADS));
    server.createContext("/receive", d::receive);
    server.createContext("/received", d::received);
    server.start();
    System.out.println(d.version + " listens on " + port);
  }

  private void receive(HttpExchange exchange) throws IOException {
    String from = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    String entry = "{\"service\":\"D\",\"version\":" + quoted(version) + ",\"from\":" + from + "}";
    received.computeIfAbsent(id(exchange), unused -> new CopyOnWriteArrayList<>()).add(entry);
    answer(exchange, "{\"service\":\"D\",\"version\":" + quoted(version) + "}");
  }

  private void received(HttpExchange exchange) throws IOException {
    if (exchange.getRequestURI().getQuery() != null) {
      answer(exchange, received.getOrDefault(id(exchange), List.of()).toString());
      return;
    }
    answer(exchange, received.entrySet().stream().map(order -> quoted(order.getKey()) + ":" + order.getValue())
        .collect(Collectors.joining(",\n", "{", "}")));
  }

  private static String id(HttpExchange exchange) {
    return exchange.getRequestURI().getQuery().replaceFirst("^id=", "");
  }

  private static void answer(HttpExchange exchange, String json) throws IOException {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(OK, body.length);
    try (var out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
