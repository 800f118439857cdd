package dev.lanekeeper.it.outage;

import dev.lanekeeper.client.RouteFormatException;
import dev.lanekeeper.client.RouteJson;
import dev.lanekeeper.model.Stamp;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Watches the route stream without our client, and notes each event as it came. Cut off, it asks again for what comes after the
 * last revision that it has.
 */
final class Revisions implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT).build();
  private final URI root;
  private final Thread thread;
  private final List<Stamp> changes = new CopyOnWriteArrayList<>();
  private final List<Long> resets = new CopyOnWriteArrayList<>();
  private final List<String> faults = new CopyOnWriteArrayList<>();
  private final AtomicInteger cuts = new AtomicInteger();
  private volatile boolean closed;
  private volatile @Nullable InputStream open;
  private long newest;

  /** Begins to watch. */
  Revisions(URI root) {
    this.root = root;
    this.thread = Thread.ofVirtual().name("revisions").start(this::run);
  }

  /** The changes in order of arrival. */
  List<Stamp> changes() {
    return List.copyOf(changes);
  }

  /** The revisions of the whole tables that came. */
  List<Long> resets() {
    return List.copyOf(resets);
  }

  /** What could not be read. */
  List<String> faults() {
    return List.copyOf(faults);
  }

  /** How often the connection was lost, or not made. */
  int cuts() {
    return cuts.get();
  }

  private void run() {
    while (!closed) {
      try {
        follow();
      } catch (IOException cutOff) {
        cuts.incrementAndGet();
        LockSupport.parkNanos(PAUSE_NANOS);
      } catch (InterruptedException ended) {
        return;
      }
    }
  }

  private void follow() throws IOException, InterruptedException {
    var answer = client.send(HttpRequest.newBuilder(root.resolve("/v1/routes/watch?after=" + newest)).build(),
        BodyHandlers.ofInputStream());
    try (InputStream in = answer.body();
        BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      open = in;
      String event = "";
      String data = "";
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("event: ")) {
          event = line.substring("event: ".length());
        } else if (line.startsWith("data: ")) {
          data = line.substring("data: ".length());
        } else if (line.isEmpty()) {
          // Only now is the event whole (WHATWG HTML, 9.2.6).
          take(event, data.getBytes(StandardCharsets.UTF_8));
        }
      }
    }
    throw new IOException("the stream has ended");
  }

  private void take(String event, byte[] data) {
    try {
      switch (event) {
        case "reset" -> {
          newest = RouteJson.readTable(data).table().revision();
          resets.add(newest);
        }
        case "change" -> {
          Stamp change = RouteJson.readChange(data).stamp();
          newest = change.revision();
          changes.add(change);
        }
        case "current" -> {
          long revision = RouteJson.readCurrent(data).revision();
          if (revision != newest) {
            faults.add("current " + revision + " after " + newest);
          }
        }
        default -> faults.add("event " + event);
      }
    } catch (RouteFormatException malformed) {
      faults.add(event + " after " + newest + ": " + malformed.getMessage());
    }
  }

  @Override
  public void close() throws IOException {
    closed = true;
    InputStream in = open;
    if (in != null) {
      in.close();
    }
    thread.interrupt();
    client.shutdownNow();
  }
}
