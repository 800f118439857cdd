package dev.lanekeeper.cli.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;

/**
 * The wire between C and D, with a window: passes every request on as it came, and remembers its headers. So the demo can show
 * what D was sent, though D looks at no header.
 */
final class Tap implements AutoCloseable {
  private static final int BAD_GATEWAY = 502;
  /** Hop by hop (RFC 9110, section 7.6.1), or set by the client itself. */
  private static final Set<String> OF_THE_HOP =
      Set.of("connection", "content-length", "expect", "host", "http2-settings", "transfer-encoding", "upgrade");

  private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Map<String, Map<String, String>> seen = new ConcurrentHashMap<>();
  private final HttpServer server;
  private final URI target;

  /**
   * Opens it.
   *
   * @param target where requests go
   * @throws IOException if no port is free
   */
  Tap(URI target) throws IOException {
    this.target = target;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::pass);
    server.start();
  }

  /** Where it listens. */
  int port() {
    return server.getAddress().getPort();
  }

  /** The headers that came with a request, by name in lower case; empty if none came. */
  Map<String, String> headersOf(String pathAndQuery) {
    return seen.getOrDefault(pathAndQuery, Map.of());
  }

  private void pass(HttpExchange exchange) throws IOException {
    var path = exchange.getRequestURI();
    var request = HttpRequest.newBuilder(target.resolve(path)).method(exchange.getRequestMethod(),
        BodyPublishers.ofByteArray(exchange.getRequestBody().readAllBytes()));
    var headers = new TreeMap<String, String>();
    for (Map.Entry<String, List<String>> header : exchange.getRequestHeaders().entrySet()) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      headers.put(name, String.join(", ", header.getValue()));
      if (!OF_THE_HOP.contains(name)) {
        header.getValue().forEach(value -> request.header(name, value));
      }
    }
    seen.put(path.toString(), headers);
    try (exchange) {
      var answer = client.send(request.build(), BodyHandlers.ofByteArray());
      exchange.sendResponseHeaders(answer.statusCode(), answer.body().length == 0 ? -1 : answer.body().length);
      exchange.getResponseBody().write(answer.body());
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      exchange.sendResponseHeaders(BAD_GATEWAY, -1);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    client.shutdownNow();
  }
}
