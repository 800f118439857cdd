package dev.lanekeeper.gateway.http;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Looks at the bytes of a head. */
public final class Ascii {

  private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long LOW_BITS = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;
  private static final long SPACES = 0x20 * LOW_BITS;
  private static final long DELETES = 0x7f * LOW_BITS;

  private static final boolean[] TOKEN = new boolean[256];

  static {
    for (int c = '0'; c <= '9'; c++) {
      TOKEN[c] = true;
    }
    for (int c = 'a'; c <= 'z'; c++) {
      TOKEN[c] = true;
      TOKEN[c - 'a' + 'A'] = true;
    }
    for (char c : "!#$%&'*+-.^_`|~".toCharArray()) {
      TOKEN[c] = true;
    }
  }

  private Ascii() {}

  /** Whether a byte may stand in a token (RFC 9110, section 5.6.2). */
  public static boolean isToken(byte b) {
    return TOKEN[b & 0xff];
  }

  /** Whether {@code bytes[from..end)} is a token. */
  public static boolean isToken(byte[] bytes, int from, int end) {
    for (int i = from; i < end; i++) {
      if (!TOKEN[bytes[i] & 0xff]) {
        return false;
      }
    }
    return end > from;
  }

  /** Where the first control character (below a space, or DEL) stands in {@code bytes[from..end)}; {@code end} if nowhere. */
  public static int indexOfControl(byte[] bytes, int from, int end) {
    int at = from;
    for (; at + 8 <= end; at += 8) {
      long word = (long) LONGS.get(bytes, at);
      long delete = word ^ DELETES;
      long found = (((word - SPACES) & ~word) | ((delete - LOW_BITS) & ~delete)) & HIGH_BITS;
      if (found != 0) {
        return at + (Long.numberOfTrailingZeros(found) >>> 3);
      }
    }
    while (at < end && bytes[at] != 0x7f && (bytes[at] & 0xff) >= ' ') {
      at++;
    }
    return at;
  }

  /** Where a byte stands first in {@code bytes[from..end)}; {@code end} if nowhere. */
  public static int indexOf(byte[] bytes, int from, int end, char wanted) {
    int at = from;
    while (at < end && bytes[at] != wanted) {
      at++;
    }
    return at;
  }

  /** Whether {@code bytes[from..end)} is {@code lower}, which is in lower case, compared without case. */
  public static boolean equalsIgnoreCase(byte[] bytes, int from, int end, byte[] lower) {
    if (end - from != lower.length) {
      return false;
    }
    for (int i = 0; i < lower.length; i++) {
      if (lower(bytes[from + i]) != lower[i]) {
        return false;
      }
    }
    return true;
  }

  /** The same, of a text. */
  public static boolean equalsIgnoreCase(byte[] bytes, int from, int end, String lower) {
    if (end - from != lower.length()) {
      return false;
    }
    for (int i = 0; i < lower.length(); i++) {
      if (lower(bytes[from + i]) != lower.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static int lower(byte b) {
    return b >= 'A' && b <= 'Z' ? b + 0x20 : b;
  }

  /** Behind the spaces and tabs at {@code from}. */
  public static int skipSpace(byte[] bytes, int from, int end) {
    int at = from;
    while (at < end && (bytes[at] == ' ' || bytes[at] == '\t')) {
      at++;
    }
    return at;
  }

  /** Before the spaces and tabs at {@code end}. */
  public static int trimSpace(byte[] bytes, int from, int end) {
    int at = end;
    while (at > from && (bytes[at - 1] == ' ' || bytes[at - 1] == '\t')) {
      at--;
    }
    return at;
  }

  /** The number that {@code bytes[from..end)} is; -1 if it is none, or larger than a long. */
  public static long number(byte[] bytes, int from, int end) {
    if (end == from || end - from > 18) {
      return -1;
    }
    long number = 0;
    for (int i = from; i < end; i++) {
      if (bytes[i] < '0' || bytes[i] > '9') {
        return -1;
      }
      number = number * 10 + (bytes[i] - '0');
    }
    return number;
  }

  /** As a text; bytes beyond ASCII one by one, as they stand on the wire. */
  public static String text(byte[] bytes, int from, int end) {
    return new String(bytes, from, end - from, StandardCharsets.ISO_8859_1);
  }

  /** As bytes, the reverse. */
  public static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
