package dev.lanekeeper.controlplane;

import dev.lanekeeper.client.RouteJson;
import dev.lanekeeper.model.RouteTable;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A watcher that comes back whenever it is cut off, and notes what it saw. Checks that nothing is missing or repeated. */
final class Watching implements AutoCloseable {

  private final URI root;
  private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Thread thread;
  private final List<String> faults = new CopyOnWriteArrayList<>();
  private final List<Long> resets = new CopyOnWriteArrayList<>();
  private volatile RouteTable table = RouteTable.EMPTY;
  private final AtomicInteger currents = new AtomicInteger();
  private volatile long asOf;
  private volatile boolean closed;
  private volatile @Nullable InputStream open;

  Watching(URI root) {
    this.root = root;
    this.thread = Thread.ofVirtual().start(this::run);
  }

  private void run() {
    while (!closed) {
      try {
        follow();
      } catch (IOException cutOff) {
        pause();
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void follow() throws IOException, InterruptedException {
    HttpResponse<InputStream> response = http.send(
        HttpRequest.newBuilder(root.resolve("/v1/routes/watch?after=" + table.revision())).build(),
        HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream in = response.body();
        BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      open = in;
      String event = "";
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("event: ")) {
          event = line.substring(7);
        } else if (line.startsWith("data: ")) {
          take(event, line.substring(6).getBytes(StandardCharsets.UTF_8));
        }
      }
    }
  }

  private void take(String event, byte[] data) throws IOException {
    try {
      switch (event) {
        case "reset" -> {
          table = RouteJson.readTable(data).table();
          resets.add(table.revision());
        }
        case "change" -> table = table.with(RouteJson.readChange(data));
        case "current" -> {
          RouteJson.Current current = RouteJson.readCurrent(data);
          if (current.revision() != table.revision()) {
            faults.add("current " + current.revision() + " at " + table.revision());
          }
          asOf = current.asOfMillis();
          currents.incrementAndGet();
        }
        default -> faults.add("event " + event);
      }
    } catch (IllegalArgumentException | dev.lanekeeper.client.RouteFormatException e) {
      faults.add(event + " at " + table.revision() + ": " + e.getMessage());
      throw new IOException(e);
    }
  }

  RouteTable table() {
    return table;
  }

  long asOf() {
    return asOf;
  }

  /** How often it was told what is current. */
  int currents() {
    return currents.get();
  }

  List<String> faults() {
    return new ArrayList<>(faults);
  }

  List<Long> resets() {
    return new ArrayList<>(resets);
  }

  @Override
  public void close() throws IOException {
    closed = true;
    InputStream in = open;
    if (in != null) {
      in.close();
    }
    thread.interrupt();
  }
}
