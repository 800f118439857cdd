package dev.lanekeeper.gateway.net;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server that a test scripts, byte by byte. */
final class Origin implements AutoCloseable {

  /** What it does on each connection. */
  interface Script {

    /** Reads with {@link #head}, writes what it likes; the connection is closed behind it. */
    void serve(InputStream in, OutputStream out) throws IOException;
  }

  private final ServerSocket server;
  /** Every head that came, in its order. */
  final List<String> heads = new CopyOnWriteArrayList<>();
  private final List<Socket> open = new CopyOnWriteArrayList<>();

  private Origin(Script script) throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(() -> {
      while (!server.isClosed()) {
        try {
          Socket socket = server.accept();
          open.add(socket);
          Thread.ofVirtual().start(() -> serve(script, socket));
        } catch (IOException closed) {
          return;
        }
      }
    });
  }

  private static void serve(Script script, Socket socket) {
    try (socket) {
      script.serve(new BufferedInputStream(socket.getInputStream()), socket.getOutputStream());
    } catch (IOException gone) {
      return; // the gateway's right
    }
  }

  /** One that does this on each connection. */
  static Origin of(Script script) throws IOException {
    return new Origin(script);
  }

  /** One that answers each request with its name, and the head that it saw, connection kept. */
  static Origin named(String name) throws IOException {
    Origin[] made = new Origin[1];
    made[0] = new Origin((in, out) -> {
      for (String head = head(in); !head.isEmpty(); head = head(in)) {
        made[0].heads.add(head);
        in.readNBytes(length(head));
        String body = name;
        out.write(("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n"
            + (head.startsWith("HEAD ") ? "" : body)).getBytes(StandardCharsets.ISO_8859_1));
      }
    });
    return made[0];
  }

  private static int length(String head) {
    for (String line : head.split("\r\n", -1)) {
      if (line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:")) {
        return Integer.parseInt(line.substring(15).trim());
      }
    }
    return 0;
  }

  /** The next head, with the empty line; empty if the connection has ended. */
  static String head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0; b = in.read()) {
      head.write(b);
      if (b == '\n' && head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
        return head.toString(StandardCharsets.ISO_8859_1);
      }
    }
    return "";
  }

  int port() {
    return server.getLocalPort();
  }

  String root() {
    return "http://127.0.0.1:" + port();
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
