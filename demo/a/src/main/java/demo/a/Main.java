package demo.a;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executors;

/**
 * Service A: takes an order ({@code GET /order?id=..}) and has B place it.
 *
 * <p>Settings, from the environment: {@code PORT}, {@code VERSION} (default {@code A}), {@code B_URL}.
 */
public final class Main {
  private static final int THREADS = 32;
  private static final int OK = 200;
  private static final int BAD_GATEWAY = 502;

  private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String version;
  private final String b;

  private Main(String version, String b) {
    this.version = version;
    this.b = b;
  }

  /**
   * Serves until the process is ended.
   *
   * @throws IOException if the port is taken
   */
  public static void main(String[] args) throws IOException {
    int port = Integer.parseInt(System.getenv("PORT"));
    var a = new Main(System.getenv().getOrDefault("VERSION", "A"), Objects.requireNonNull(System.getenv("B_URL")));
    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.setExecutor(Executors.newFixedThreadPool(THREADS));
    server.createContext("/order", a::order);
    server.start();
    System.out.println(a.version + " listens on " + port);
  }

  private void order(HttpExchange exchange) throws IOException {
    var request = HttpRequest.newBuilder(URI.create(b + "/place?" + exchange.getRequestURI().getRawQuery()))
        .timeout(Duration.ofSeconds(20)).build();
    try {
      var answer = client.send(request, BodyHandlers.ofString());
      answer(exchange, answer.statusCode(), self() + ",\"calls\":" + answer.body() + "}");
    } catch (IOException failed) {
      answer(exchange, BAD_GATEWAY, self() + ",\"error\":" + quoted(String.valueOf(failed.getMessage())) + "}");
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      answer(exchange, BAD_GATEWAY, self() + "}");
    }
  }

  private void answer(HttpExchange exchange, int status, String json) throws IOException {
    if (status != OK) {
      System.out.println(version + " answers " + status + " " + json);
    }
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, body.length);
    try (var out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  private String self() {
    return "{\"service\":\"A\",\"version\":" + quoted(version);
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
  }
}
