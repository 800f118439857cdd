package dev.lanekeeper.gateway.http;

import java.util.Locale;

/**
 * Host and port of a request (RFC 9110, section 7.2).
 *
 * @param host a name or address in lower case; an IPv6 address in brackets
 * @param port -1 where none was named
 * @param text as it came
 */
public record Authority(String host, int port, String text) {

  private static final int LONGEST = 261;

  /**
   * Reads it.
   *
   * @throws MalformedMessageException if it is none, or bears a user
   */
  public static Authority of(byte[] bytes, int from, int end) throws MalformedMessageException {
    if (end == from || end - from > LONGEST) {
      throw MalformedMessageException.bad("host: " + (end - from) + " bytes (expected: 1 to " + LONGEST + ")");
    }
    int hostEnd = bytes[from] == '[' ? addressEnd(bytes, from, end) : nameEnd(bytes, from, end);
    int port = -1;
    if (hostEnd < end) {
      port = bytes[hostEnd] == ':' ? (int) Math.min(Ascii.number(bytes, hostEnd + 1, end), Integer.MAX_VALUE) : -1;
      if (port < 0 || port > 65_535) {
        throw wrong(bytes, from, end);
      }
    }
    String text = Ascii.text(bytes, from, end);
    return new Authority(text.substring(0, hostEnd - from).toLowerCase(Locale.ROOT), port, text);
  }

  private static int nameEnd(byte[] bytes, int from, int end) throws MalformedMessageException {
    int at = from;
    while (at < end && isName(bytes[at])) {
      at++;
    }
    if (at == from || bytes[from] == '.') {
      throw wrong(bytes, from, end);
    }
    return at;
  }

  private static boolean isName(byte b) {
    return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9') || b == '.' || b == '-'
        || b == '_' || b == '~';
  }

  private static int addressEnd(byte[] bytes, int from, int end) throws MalformedMessageException {
    int at = from + 1;
    while (at < end && (Character.digit(bytes[at], 16) >= 0 || bytes[at] == ':' || bytes[at] == '.')) {
      at++;
    }
    if (at == end || bytes[at] != ']' || at < from + 3) {
      throw wrong(bytes, from, end);
    }
    return at + 1;
  }

  private static MalformedMessageException wrong(byte[] bytes, int from, int end) {
    return MalformedMessageException
        .bad("host: " + printable(bytes, from, end) + " (expected: host or host:port, without user)");
  }

  private static String printable(byte[] bytes, int from, int end) {
    StringBuilder out = new StringBuilder("'");
    for (int i = from; i < Math.min(end, from + 80); i++) {
      out.append(bytes[i] >= ' ' && bytes[i] < 0x7f ? (char) bytes[i] : '?');
    }
    return out.append('\'').toString();
  }

  /** The port, or that of the scheme where none was named. */
  public int portOr(int usual) {
    return port < 0 ? usual : port;
  }

  @Override
  public String toString() {
    return text;
  }
}
