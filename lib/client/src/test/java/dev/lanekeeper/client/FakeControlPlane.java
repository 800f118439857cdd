package dev.lanekeeper.client;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.lanekeeper.model.RouteTable;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A control plane on a real socket, with faults to order. Its store survives {@link #kill}. */
final class FakeControlPlane implements AutoCloseable {

  private static final long BEAT_MILLIS = 50;

  /** What is sent in the place of the next change. */
  volatile @Nullable String insteadOfChange;
  volatile long answerDelayMillis;
  volatile boolean silent;
  volatile boolean trickle;
  volatile boolean unknownFields;
  volatile int watchStatus = 200;
  volatile @Nullable String announceProblem;
  volatile String incarnation = "c3k9x";
  final List<String> requests = new CopyOnWriteArrayList<>();
  final List<String> bodies = new CopyOnWriteArrayList<>();
  final List<String> authorizations = new CopyOnWriteArrayList<>();
  private final int port;
  private int history;
  private long newest;
  private @Nullable HttpServer server;
  private @Nullable ExecutorService threads;

  FakeControlPlane(long newest) throws IOException {
    this.newest = newest;
    this.port = start(0);
  }

  private int start(int wanted) throws IOException {
    HttpServer started = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted), 50);
    ExecutorService pool = Executors.newCachedThreadPool(work -> {
      Thread thread = new Thread(work, "fake-control-plane");
      thread.setDaemon(true);
      return thread;
    });
    started.setExecutor(pool);
    started.createContext("/", this::handle);
    started.start();
    server = started;
    threads = pool;
    return started.getAddress().getPort();
  }

  URI root() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** Ends it at once: connections are reset, new ones refused. */
  void kill() {
    HttpServer running = server;
    ExecutorService pool = threads;
    server = null;
    if (running != null && pool != null) {
      running.stop(0);
      pool.shutdownNow();
    }
  }

  void restart() throws IOException {
    start(port);
  }

  synchronized void commit() {
    newest++;
    notifyAll();
  }

  /** The store is replaced by another one. */
  synchronized void replace(long revision) {
    history++;
    newest = revision;
    notifyAll();
  }

  synchronized long newest() {
    return newest;
  }

  synchronized RouteTable table() {
    return Tables.table(newest, history);
  }

  private static long asOf() {
    return Tables.BEGIN + 100_000_000 + System.nanoTime() / 1_000_000;
  }

  private synchronized byte[] current() {
    return RouteJson.writeCurrent(new RouteJson.Current(newest, asOf()));
  }

  private void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().toString();
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    requests.add(exchange.getRequestMethod() + " " + path);
    if (!body.isEmpty()) {
      bodies.add(body);
    }
    authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
    try (exchange) {
      if (path.startsWith("/v1/routes/watch")) {
        watch(exchange, Long.parseLong(path.substring(path.indexOf('=') + 1)));
      } else if (path.equals("/v1/routes/current")) {
        byte[] answer = current();
        TimeUnit.MILLISECONDS.sleep(answerDelayMillis);
        reply(exchange, 200, new String(answer, StandardCharsets.UTF_8));
      } else if (path.equals("/v1/announcements")) {
        announcement(exchange);
      } else {
        reply(exchange, 200, "{\"revision\":" + newest() + "}");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void announcement(HttpExchange exchange) throws IOException {
    String problem = announceProblem;
    if (problem != null) {
      reply(exchange, 404, problem);
    } else {
      reply(exchange, 200, "{\"incarnation\":\"" + incarnation + "\",\"revision\":1,\"new\":{\"a\":[1]}}");
    }
  }

  private static void reply(HttpExchange exchange, int status, String json) throws IOException {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private void watch(HttpExchange exchange, long after) throws IOException, InterruptedException {
    if (watchStatus != 200) {
      reply(exchange, watchStatus, "{\"status\":503,\"code\":\"starting\",\"detail\":\"not yet\",\"next\":\"wait\"}");
      return;
    }
    exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    OutputStream out = exchange.getResponseBody();
    long sent = after;
    if (after == 0 || after > newest()) {
      sent = newest();
      send(out, "reset", RouteJson.writeTable(table(), asOf()));
    }
    while (true) {
      sent = changes(out, sent);
      if (!silent) {
        send(out, "current", current());
      }
      synchronized (this) {
        if (newest == sent) {
          wait(BEAT_MILLIS);
        }
      }
    }
  }

  private long changes(OutputStream out, long from) throws IOException, InterruptedException {
    long sent = from;
    while (sent < newest() && !silent) {
      sent++;
      String instead = insteadOfChange;
      insteadOfChange = null;
      if (instead != null) {
        out.write(instead.getBytes(StandardCharsets.UTF_8));
        out.flush();
      } else {
        send(out, "change", RouteJson.writeChange(Tables.change(sent, history)));
      }
    }
    return sent;
  }

  private void send(OutputStream out, String type, byte[] data) throws IOException, InterruptedException {
    String json = new String(data, StandardCharsets.UTF_8);
    if (unknownFields) {
      json = json.replace("{", "{\"of-the-next-version\":[{\"x\":1}],");
    }
    byte[] event = ("id: 1\nevent: " + type + "\ndata: " + json + "\n\n").getBytes(StandardCharsets.UTF_8);
    if (!trickle) {
      out.write(event);
      out.flush();
      return;
    }
    for (byte one : event) {
      out.write(one);
      out.flush();
      TimeUnit.MILLISECONDS.sleep(trickle ? 60 : 0);
    }
  }

  @Override
  public void close() {
    kill();
  }
}
