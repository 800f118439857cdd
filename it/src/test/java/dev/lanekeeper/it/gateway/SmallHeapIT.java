package dev.lanekeeper.it.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway as a process of its own, with a heap of 64 MB and as much beside it: what passes through it is larger, and so are those who wait. */
class SmallHeapIT {

  private static final long LARGE = 1_000_000_000;
  private static final int IDLE = 10_000;
  private static final Pattern PORT = Pattern.compile("127\\.0\\.0\\.1:(\\d+)");
  private static final byte[] BLOCK = new byte[64 * 1024];
  private static final ExecutorService THREADS = Executors.newVirtualThreadPerTaskExecutor();

  @TempDir
  @SuppressWarnings("NullAway.Init") private static Path directory;
  @SuppressWarnings("NullAway.Init") private static ServerSocket origin;
  @SuppressWarnings("NullAway.Init") private static Process gateway;
  private static int port;

  @BeforeAll
  static void start() throws Exception {
    origin = new ServerSocket(0, 1_000, InetAddress.getLoopbackAddress());
    THREADS.execute(SmallHeapIT::accept);
    int nobody;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = closed.getLocalPort();
    }
    Path cli = Path.of("..", "server", "cli", "target").toAbsolutePath().normalize();
    ProcessBuilder builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx64m", "-XX:+ExitOnOutOfMemoryError", "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow", "-cp", cli + "/*:" + cli + "/lib/*", "dev.lanekeeper.cli.Main",
        "gateway", "--service", "B", "--ingress", "0=http://127.0.0.1:" + origin.getLocalPort(), "--threads", "1",
        "--output", "json", "--control-plane", "http://127.0.0.1:" + nobody)
        .redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().put("LANEKEEPER_DIR", directory.toString());
    gateway = builder.start();
    BufferedReader out = new BufferedReader(new InputStreamReader(gateway.getInputStream(), StandardCharsets.UTF_8));
    StringBuilder said = new StringBuilder();
    for (String line = out.readLine(); line != null && port == 0; line = port == 0 ? out.readLine() : line) {
      said.append(line);
      Matcher found = PORT.matcher(line);
      port = found.find() ? Integer.parseInt(found.group(1)) : 0;
    }
    assertThat(port).as(said.toString()).isPositive();
  }

  @AfterAll
  static void stop() throws Exception {
    gateway.destroy();
    gateway.waitFor(15, TimeUnit.SECONDS);
    origin.close();
    THREADS.shutdownNow();
  }

  private static void accept() {
    while (!origin.isClosed()) {
      try {
        Socket socket = origin.accept();
        THREADS.execute(() -> serve(socket));
      } catch (IOException closed) {
        return;
      }
    }
  }

  /** Takes what comes and says how much; for {@code GET /large} it gives as much. Neither begins at once. */
  private static void serve(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      for (String head = head(in); !head.isEmpty(); head = head(in)) {
        long length = length(head);
        if (length > 0) {
          Thread.sleep(500);
        }
        in.skipNBytes(length);
        OutputStream out = socket.getOutputStream();
        if (head.startsWith("GET /large ")) {
          out.write(("HTTP/1.1 200 OK\r\nContent-Length: " + LARGE + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
          write(out);
        } else {
          String body = Long.toString(length);
          out.write(("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
              .getBytes(StandardCharsets.US_ASCII));
        }
      }
    } catch (IOException gone) {
      return; // the gateway's right
    } catch (InterruptedException over) {
      Thread.currentThread().interrupt();
    }
  }

  private static void write(OutputStream out) throws IOException {
    for (long left = LARGE; left > 0; left -= Math.min(left, BLOCK.length)) {
      out.write(BLOCK, 0, (int) Math.min(left, BLOCK.length));
    }
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    for (int c = in.read(); c >= 0; c = in.read()) {
      head.append((char) c);
      if (c == '\n' && head.toString().endsWith("\r\n\r\n")) {
        return head.toString();
      }
    }
    return "";
  }

  private static long length(String head) {
    Matcher found = Pattern.compile("(?i)content-length: *(\\d+)").matcher(head);
    return found.find() ? Long.parseLong(found.group(1)) : 0;
  }

  private static Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(60_000);
    return socket;
  }

  private static String get(Socket socket) throws IOException {
    socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: b\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    InputStream in = socket.getInputStream();
    String head = head(in);
    return head.substring(0, Math.min(head.length(), 12))
        + new String(in.readNBytes((int) length(head)), StandardCharsets.US_ASCII);
  }

  private static CompletableFuture<Long> later(Transfer transfer) {
    return CompletableFuture.supplyAsync(() -> {
      try (Socket socket = connect()) {
        return transfer.through(socket);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }, THREADS);
  }

  /** Gives how many bytes arrived. */
  private interface Transfer {
    long through(Socket socket) throws IOException, InterruptedException;
  }

  @Test
  void bodiesOfAGigabyte_passBothWaysAtOnce_howeverSlowlyTheyAreTaken() {
    CompletableFuture<Long> up = later(socket -> {
      OutputStream out = socket.getOutputStream();
      out.write(("POST / HTTP/1.1\r\nHost: b\r\nContent-Length: " + LARGE + "\r\n\r\n")
          .getBytes(StandardCharsets.US_ASCII));
      write(out);
      InputStream in = socket.getInputStream();
      return Long.parseLong(new String(in.readNBytes((int) length(head(in))), StandardCharsets.US_ASCII));
    });
    CompletableFuture<Long> down = later(socket -> {
      socket.getOutputStream().write("GET /large HTTP/1.1\r\nHost: b\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      long length = length(head(in));
      Thread.sleep(500);
      in.skipNBytes(length);
      return length;
    });

    assertThat(up).succeedsWithin(Duration.ofMinutes(3)).isEqualTo(LARGE);
    assertThat(down).succeedsWithin(Duration.ofMinutes(3)).isEqualTo(LARGE);
    assertThat(gateway.isAlive()).isTrue();
  }

  @Test
  void tenThousandIdleConnections_areKept_andOthersAnswered() throws Exception {
    List<Socket> idle = new ArrayList<>();
    try {
      for (int i = 0; i < IDLE; i++) {
        Socket socket = connect();
        idle.add(socket);
        assertThat(get(socket)).isEqualTo("HTTP/1.1 2000");
      }
      try (Socket another = connect()) {
        assertThat(get(another)).isEqualTo("HTTP/1.1 2000");
      }
      for (int i = 0; i < IDLE; i += 100) {
        assertThat(get(idle.get(i))).as("connection %s, again", i).isEqualTo("HTTP/1.1 2000");
      }
      assertThat(gateway.isAlive()).isTrue();
    } finally {
      for (Socket socket : idle) {
        socket.close();
      }
    }
  }
}
