package dev.lanekeeper.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.client.RouteJson;
import dev.lanekeeper.controlplane.routes.RouteFeed;
import dev.lanekeeper.model.Change;
import dev.lanekeeper.model.RouteTable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class WatchTest {

  @TempDir
  @SuppressWarnings("NullAway.Init") private Path directory;

  private static String tenant(int i) {
    return "kind: Tenant\ntenancy: t" + i + "\n";
  }

  @Test
  void watchers_underWrites_eachSeeEachRevisionOnceInOrder() throws Exception {
    try (ControlPlane controlPlane = ControlPlane.builder(directory).port(0).tick(Duration.ofMillis(50)).start()) {
      ControlPlaneClient client = new ControlPlaneClient(controlPlane.uri(), null);
      List<Watching> watchers = new ArrayList<>();
      try (Stalled stalled = new Stalled(controlPlane.port())) {
        for (int i = 0; i < 300; i++) {
          if (i % 15 == 0) {
            watchers.add(new Watching(controlPlane.uri()));
          }
          client.applyYaml(tenant(i));
        }
        assertThat(stalled.isOpen()).isTrue();
        for (Watching watcher : watchers) {
          await().until(() -> watcher.table().revision() == 300);
          long seen = watcher.asOf();
          await().until(() -> watcher.asOf() > seen);
          assertThat(watcher.faults()).isEmpty();
          assertThat(watcher.resets()).as("one, at the beginning").hasSize(1);
        }
      } finally {
        for (Watching watcher : watchers) {
          watcher.close();
        }
      }
      await().until(() -> client.status().watchers() == 0);
    }
  }

  /** A client that asks for the stream and never reads it. */
  private static final class Stalled implements AutoCloseable {
    private final Socket socket;

    Stalled(int port) throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.getOutputStream()
          .write("GET /v1/routes/watch HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    boolean isOpen() {
      return !socket.isClosed();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private static Change change(long revision) {
    return new Change(revision, (int) revision, revision, List.of(), List.of(), List.of(), List.of(), List.of(), null);
  }

  /** Events as their names and ids. */
  private static final class Events extends OutputStream {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CountDownLatch started = new CountDownLatch(1);
    private volatile boolean gate = true;

    @Override
    public synchronized void write(int b) {
      bytes.write(b);
    }

    @Override
    public void write(byte[] b, int offset, int length) throws IOException {
      started.countDown();
      while (!gate) {
        Thread.onSpinWait();
      }
      synchronized (this) {
        bytes.write(b, offset, length);
      }
    }

    synchronized List<String> seen() {
      List<String> seen = new ArrayList<>();
      String event = "";
      for (String line : bytes.toString(StandardCharsets.UTF_8).split("\n", -1)) {
        if (line.startsWith("event: ")) {
          event = line.substring(7);
        } else if (line.startsWith("id: ") && !event.equals("current")) {
          seen.add(event + " " + line.substring(4));
        }
      }
      return seen;
    }
  }

  private static List<String> follow(long after, int loaded, int history, int published) throws Exception {
    List<Change> changes = new ArrayList<>();
    RouteTable table = RouteTable.EMPTY;
    for (int i = 1; i <= loaded; i++) {
      changes.add(change(i));
      table = table.with(change(i));
    }
    RouteFeed feed = new RouteFeed(history, () -> new RouteJson.Current(0, 1));
    feed.begins(changes, table);
    Events events = new Events();
    events.gate = published == 0;
    Thread thread = Thread.ofVirtual().start(() -> {
      try {
        feed.follow(after, events);
      } catch (IOException | InterruptedException e) {
        throw new IllegalStateException(e);
      }
    });
    events.started.await();
    for (int i = loaded + 1; i <= loaded + published; i++) {
      table = table.with(change(i));
      feed.published(change(i), table);
    }
    events.gate = true;
    String last = " " + (loaded + published);
    await().until(() -> events.seen().stream().anyMatch(seen -> seen.endsWith(last)) || after == loaded + published);
    feed.close();
    thread.join();
    return events.seen();
  }

  @Test
  void follow_fromNothing_beginsWithAWholeTable() throws Exception {
    assertThat(follow(0, 3, 10, 2)).containsExactly("reset 3", "change 4", "change 5");
    assertThat(follow(0, 0, 10, 2)).containsExactly("reset 0", "change 1", "change 2");
  }

  @Test
  void follow_fromWithinTheHistory_getsOnlyWhatIsMissing() throws Exception {
    assertThat(follow(1, 3, 10, 1)).containsExactly("change 2", "change 3", "change 4");
    assertThat(follow(3, 3, 10, 0)).isEmpty();
  }

  @Test
  void follow_fromBeforeOrBeyondTheHistory_isReset() throws Exception {
    assertThat(follow(1, 9, 3, 0)).containsExactly("reset 9");
    assertThat(follow(99, 3, 10, 0)).containsExactly("reset 3");
  }

  @Test
  void follow_fallenBehindTheHistory_isResetAndGoesOn() throws Exception {
    List<String> seen = follow(3, 3, 4, 20);
    assertThat(seen.getFirst()).isIn("reset 23", "change 4");
    assertThat(seen.getLast()).endsWith(" 23");
  }
}
