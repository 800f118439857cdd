package dev.lanekeeper.client;

import org.jspecify.annotations.Nullable;

/**
 * Something that should be part of the route stream and is not: {@code <where>: <value> (expected: <what>)}, where the
 * place is a JSON pointer (RFC 6901), followed by line and column where the text is no JSON at all.
 */
public final class RouteFormatException extends Exception {

  private static final int LONGEST_VALUE = 80;

  /** Says where, what was met, and what was expected. */
  public RouteFormatException(String message) {
    super(message);
  }

  /** The same, with what found it. */
  public RouteFormatException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** Somebody else's value as it stands in a message: quoted, printable, short. */
  static String quoted(String value) {
    StringBuilder out = new StringBuilder().append('"');
    value.chars().limit(LONGEST_VALUE).forEach(c -> {
      if (c < 0x20 || c > 0x7e) {
        out.append(String.format("\\u%04x", c));
      } else {
        out.append((char) c);
      }
    });
    out.append('"');
    return value.length() > LONGEST_VALUE ? out + "... (" + value.length() + " characters)" : out.toString();
  }
}
