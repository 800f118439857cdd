package dev.lanekeeper.gateway.net;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A client that sends what it likes. */
final class RawClient implements AutoCloseable {

  private static final int PATIENCE_MILLIS = 10_000;

  private final Socket socket = new Socket();
  final InputStream in;

  RawClient(InetSocketAddress to) throws IOException {
    socket.connect(to);
    socket.setSoTimeout(PATIENCE_MILLIS);
    in = new BufferedInputStream(socket.getInputStream());
  }

  RawClient send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  /** What came back: a head, and a body as it says. */
  record Response(String head, String body) {

    int status() {
      return Integer.parseInt(head.substring(9, 12));
    }

    boolean has(String line) {
      return head.toLowerCase(Locale.ROOT).contains("\r\n" + line.toLowerCase(Locale.ROOT) + "\r\n");
    }
  }

  Response receive() throws IOException {
    String head = Origin.head(in);
    if (head.isEmpty()) {
      throw new IOException("closed");
    }
    String lower = head.toLowerCase(Locale.ROOT);
    if (lower.contains("transfer-encoding: chunked")) {
      return new Response(head, chunks());
    }
    int at = lower.indexOf("content-length: ");
    int length = at < 0 ? 0 : Integer.parseInt(lower.substring(at + 16, lower.indexOf('\r', at)));
    boolean untilClose = at < 0 && lower.contains("connection: close");
    byte[] body = untilClose ? in.readAllBytes() : in.readNBytes(length);
    return new Response(head, new String(body, StandardCharsets.ISO_8859_1));
  }

  /** Chunks as they came, sizes left out, trailers behind a line of their own. */
  private String chunks() throws IOException {
    StringBuilder body = new StringBuilder();
    for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
      body.append(new String(in.readNBytes(size), StandardCharsets.ISO_8859_1));
      line();
    }
    for (String trailer = line(); !trailer.isEmpty(); trailer = line()) {
      body.append('|').append(trailer);
    }
    return body.toString();
  }

  String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new IOException("closed within " + line);
      }
      if (b != '\r') {
        line.append((char) b);
      }
    }
    return line.toString();
  }

  /** Whether the other side has closed. */
  boolean isClosed() throws IOException {
    return in.read() < 0;
  }

  void shutdownOutput() throws IOException {
    socket.shutdownOutput();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
