package dev.lanekeeper.perf;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.lanekeeper.client.RouteJson;
import dev.lanekeeper.model.RouteTable;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A route stream that never changes: one table, and every second the news that it is current.
 *
 * <p>Each watcher has a virtual thread until it goes away.
 */
final class StaticRoutes implements AutoCloseable {

  private final RouteTable table;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  private StaticRoutes(RouteTable table, HttpServer server) {
    this.table = table;
    this.server = server;
  }

  /** Starts to serve a table on loopback. */
  static StaticRoutes serve(RouteTable table) throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    StaticRoutes routes = new StaticRoutes(table, server);
    server.setExecutor(routes.threads);
    server.createContext("/v1/routes/watch", routes::watch);
    server.createContext("/v1/routes/current", exchange -> answer(exchange, routes.current()));
    server.createContext("/v1/routes", exchange -> answer(exchange, routes.whole()));
    server.createContext("/", exchange -> answer(exchange, "{\"revision\":0}".getBytes(StandardCharsets.UTF_8)));
    server.start();
    return routes;
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private byte[] whole() {
    return RouteJson.writeTable(table, System.currentTimeMillis());
  }

  private byte[] current() {
    return RouteJson.writeCurrent(new RouteJson.Current(table.revision(), System.currentTimeMillis()));
  }

  private static void answer(HttpExchange exchange, byte[] body) throws IOException {
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private void watch(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
      exchange.sendResponseHeaders(200, 0);
      OutputStream out = exchange.getResponseBody();
      event(out, "reset", whole());
      while (true) {
        event(out, "current", current());
        Thread.sleep(1000);
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  private static void event(OutputStream out, String name, byte[] data) throws IOException {
    out.write(("event: " + name + "\ndata: ").getBytes(StandardCharsets.UTF_8));
    out.write(data);
    out.write("\n\n".getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
