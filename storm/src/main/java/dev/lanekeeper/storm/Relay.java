package dev.lanekeeper.storm;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What stands between a data plane and the control planes: leads each connection to one that is there, and can be cut. */
final class Relay implements AutoCloseable {

  private static final int CONNECT_MILLIS = 500;
  private static final long PAUSE_MILLIS = 20;

  /** What it lets through. */
  enum State {
    /** All. */
    OPEN,
    /** Nothing: connections are closed. */
    REFUSING,
    /** Nothing, and says nothing either; what was under way goes on later. */
    SILENT
  }

  private final ServerSocket server;
  private final List<Integer> targets;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile State state = State.OPEN;

  /** One that leads to any of these ports. */
  Relay(List<Integer> targets) throws IOException {
    this.targets = targets;
    server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.getLocalPort());
  }

  /** From now on. */
  void set(State now) {
    state = now;
    if (now == State.REFUSING) {
      sockets.forEach(Relay::close);
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket from = server.accept();
        sockets.add(from);
        Thread.ofVirtual().start(() -> lead(from));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void lead(Socket from) {
    try {
      hold();
      Socket to = connected();
      sockets.add(to);
      Thread.ofVirtual().start(() -> copy(from, to));
      copy(to, from);
    } catch (IOException nobody) {
      close(from);
    }
  }

  private Socket connected() throws IOException {
    List<Integer> order = new ArrayList<>(targets);
    Collections.shuffle(order);
    for (int port : order) {
      Socket socket = new Socket();
      try {
        socket.setTcpNoDelay(true);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
        return socket;
      } catch (IOException refused) {
        close(socket);
      }
    }
    throw new IOException("nobody there");
  }

  private void copy(Socket from, Socket to) {
    try (from; to) {
      from.setTcpNoDelay(true);
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[16_384];
      for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
        hold();
        out.write(buffer, 0, length);
        out.flush();
      }
    } catch (IOException over) {
      // as a connection ends
    } finally {
      sockets.remove(from);
      sockets.remove(to);
    }
  }

  private void hold() throws IOException {
    while (state == State.SILENT) {
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException(e);
      }
    }
    if (state == State.REFUSING) {
      throw new IOException("cut");
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException alreadyClosed) {
      // it is closed
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    sockets.forEach(Relay::close);
  }
}
