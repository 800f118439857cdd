package dev.lanekeeper.agent;

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
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;

/** The route stream with a table that is set by hand, after a delay. */
final class StubControlPlane implements AutoCloseable {

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private volatile RouteTable table;
  private volatile long delayMillis;
  private final AtomicReference<String> report = new AtomicReference<>("");
  private final List<String> hops = new CopyOnWriteArrayList<>();

  StubControlPlane(RouteTable table, Duration delay) throws IOException {
    this.table = table;
    this.delayMillis = delay.toMillis();
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/v1/routes", this::table);
    server.createContext("/v1/routes/current", exchange -> answer(exchange, current()));
    server.createContext("/v1/routes/watch", this::watch);
    server.createContext("/v1/data-planes", this::report);
    server.createContext("/v1/traces", this::hops);
    server.start();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Another table, for whoever connects from now on. */
  void serve(RouteTable newTable) {
    table = newTable;
  }

  /** Another delay. */
  void delay(Duration delay) {
    delayMillis = delay.toMillis();
  }

  /** The last report of the data plane; empty if there was none. */
  String lastReport() {
    return report.get();
  }

  private byte[] current() {
    return RouteJson.writeCurrent(new RouteJson.Current(table.revision(), System.currentTimeMillis()));
  }

  private void table(HttpExchange exchange) throws IOException {
    delay();
    answer(exchange, RouteJson.writeTable(table, System.currentTimeMillis()));
  }

  private void report(HttpExchange exchange) throws IOException {
    report.set(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    answer(exchange, ("{\"revision\":" + table.revision() + "}").getBytes(StandardCharsets.UTF_8));
  }

  private void hops(HttpExchange exchange) throws IOException {
    hops.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    answer(exchange, "{}".getBytes(StandardCharsets.UTF_8));
  }

  /** All that was told of traced requests. */
  String hops() {
    return String.join("\n", hops);
  }

  private void watch(HttpExchange exchange) throws IOException {
    delay();
    exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream out = exchange.getResponseBody()) {
      event(out, "reset", RouteJson.writeTable(table, System.currentTimeMillis()));
      while (!Thread.currentThread().isInterrupted()) {
        event(out, "current", current());
        pause(200);
      }
    } catch (IOException gone) {
      exchange.close();
    }
  }

  private void event(OutputStream out, String name, byte[] data) throws IOException {
    out.write(("id: " + table.revision() + "\nevent: " + name + "\ndata: ").getBytes(StandardCharsets.UTF_8));
    out.write(data);
    out.write("\n\n".getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private void delay() {
    pause(delayMillis);
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void answer(HttpExchange exchange, byte[] body) throws IOException {
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
