package dev.lanekeeper.perf;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;

/**
 * A server that can do so much and no more: so many workers, each of which takes its time for a request; who comes meanwhile waits, first
 * come, first served.
 *
 * <p>Each connection has a virtual thread.
 */
final class BusyServer implements AutoCloseable {

  private static final byte[] ANSWER =
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.US_ASCII);
  private static final int BACKLOG = 4_096;
  private static final int END_OF_HEAD = 0x0d0a0d0a;

  private final ServerSocket server = new ServerSocket();
  private final Semaphore workers;
  private final Duration each;
  private final LongAdder served = new LongAdder();

  BusyServer(int workers, Duration each) throws IOException {
    this.workers = new Semaphore(workers, true);
    this.each = each;
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  /** How many requests it has answered. */
  long served() {
    return served.sum();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException closed) {
      // That is its end.
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(socket.getInputStream());
      OutputStream out = socket.getOutputStream();
      while (readHead(in)) {
        workers.acquire();
        try {
          Thread.sleep(each);
        } finally {
          workers.release();
        }
        served.increment();
        out.write(ANSWER);
      }
    } catch (IOException gone) {
      // Its client's right.
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  /** Reads to the end of a head; there are no bodies. */
  private static boolean readHead(InputStream in) throws IOException {
    int last = 0;
    while (last != END_OF_HEAD) {
      int next = in.read();
      if (next < 0) {
        return false;
      }
      last = last << 8 | next;
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
