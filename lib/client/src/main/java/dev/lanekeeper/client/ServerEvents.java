package dev.lanekeeper.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads server-sent events (WHATWG HTML, 9.2.6). No event may be longer than a bound, whatever the other side sends.
 *
 * <p><b>Threads.</b> One.
 */
final class ServerEvents {

  private final InputStream in;
  private final int longest;
  private final byte[] buffer = new byte[16 * 1024];
  private int at;
  private int end;
  private boolean afterReturn;

  ServerEvents(InputStream in, int longest) {
    this.in = in;
    this.longest = longest;
  }

  /** One event. */
  static final class ServerEvent {
    private final String type;
    private final byte[] data;

    ServerEvent(String type, byte[] data) {
      this.type = type;
      this.data = data;
    }

    /** Its type; {@code message} if none was named. */
    String type() {
      return type;
    }

    /** The lines of its data, with line feeds between them. Not a copy: a table may be large. */
    byte[] data() {
      return data;
    }
  }

  /**
   * The next event that has data; blocks until it is whole.
   *
   * @return null at the end of the stream; what was begun there is no event
   * @throws RouteFormatException if it is longer than allowed
   */
  @Nullable
  ServerEvent next() throws IOException, RouteFormatException {
    String type = "";
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    boolean hasData = false;
    for (byte[] line = line(data.size()); line != null; line = line(data.size())) {
      if (line.length == 0) {
        if (hasData) {
          return new ServerEvent(type.isEmpty() ? "message" : type, data.toByteArray());
        }
        type = "";
        continue;
      }
      int colon = indexOfColon(line);
      String field = new String(line, 0, colon, StandardCharsets.UTF_8);
      int value = colon < line.length - 1 && line[colon + 1] == ' ' ? colon + 2 : Math.min(colon + 1, line.length);
      if (field.equals("event")) {
        type = new String(line, value, line.length - value, StandardCharsets.UTF_8);
      } else if (field.equals("data")) {
        if (hasData) {
          data.write('\n');
        }
        hasData = true;
        data.write(line, value, line.length - value);
      }
    }
    return null;
  }

  private static int indexOfColon(byte[] line) {
    for (int i = 0; i < line.length; i++) {
      if (line[i] == ':') {
        return i;
      }
    }
    return line.length;
  }

  /** A line without its end, which is CR, LF or both; null at the end of the stream. */
  private byte @Nullable [] line(int before) throws IOException, RouteFormatException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (true) {
      if (at == end && !fill()) {
        return null;
      }
      if (afterReturn && buffer[at] == '\n') {
        at++;
        afterReturn = false;
        continue;
      }
      afterReturn = false;
      int from = at;
      while (at < end && buffer[at] != '\n' && buffer[at] != '\r') {
        at++;
      }
      line.write(buffer, from, at - from);
      if (line.size() + before > longest) {
        throw new RouteFormatException("event: more than " + longest + " bytes (expected: fewer)");
      }
      if (at < end) {
        afterReturn = buffer[at++] == '\r';
        return line.toByteArray();
      }
    }
  }

  private boolean fill() throws IOException {
    at = 0;
    end = Math.max(0, in.read(buffer));
    return end > 0;
  }
}
