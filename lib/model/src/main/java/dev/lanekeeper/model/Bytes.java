package dev.lanekeeper.model;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Looks at bytes eight at a time. Headers are read for every message, most of them other people's: what is passed over must
 * cost next to nothing.
 */
final class Bytes {

  private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long LOW_BITS = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;
  private static final long MIX = 0x9e3779b97f4a7c15L;

  private Bytes() {}

  /** Where an ASCII character stands first in {@code bytes[from..end)}; {@code end} if nowhere. */
  static int indexOf(byte[] bytes, int from, int end, char wanted) {
    long pattern = wanted * LOW_BITS;
    int at = from;
    for (; at + 8 <= end; at += 8) {
      int found = indexIn((long) LONGS.get(bytes, at), pattern);
      if (found < 8) {
        return at + found;
      }
    }
    if (at + 8 <= bytes.length) { // what stands behind the end is read as well, and does not count
      return Math.min(end, at + indexIn((long) LONGS.get(bytes, at), pattern));
    }
    while (at < end && bytes[at] != wanted) {
      at++;
    }
    return at;
  }

  /** Which of the eight bytes of a word is the first that is the pattern's; 8 if none is. */
  private static int indexIn(long word, long pattern) {
    long difference = word ^ pattern;
    long zeros = (difference - LOW_BITS) & ~difference & HIGH_BITS;
    return Long.numberOfTrailingZeros(zeros) >>> 3;
  }

  /** A hash of {@code bytes[from..end)}: the same wherever they stand. */
  static int hash(byte[] bytes, int from, int end) {
    int length = end - from;
    long hash = length * MIX;
    if (length >= 8) {
      for (int at = from; at + 8 < end; at += 8) {
        hash = (hash ^ (long) LONGS.get(bytes, at)) * MIX;
        hash ^= hash >>> 32;
      }
      hash = (hash ^ (long) LONGS.get(bytes, end - 8)) * MIX;
    } else {
      hash = (hash ^ shortWord(bytes, from, end)) * MIX;
    }
    return (int) (hash ^ (hash >>> 32));
  }

  /** Fewer than eight bytes, as a number. */
  private static long shortWord(byte[] bytes, int from, int end) {
    if (from + 8 <= bytes.length) {
      int unused = 8 - (end - from);
      return unused == 8 ? 0 : ((long) LONGS.get(bytes, from)) << (8 * unused) >>> (8 * unused);
    }
    long word = 0;
    for (int at = end - 1; at >= from; at--) {
      word = word << 8 | (bytes[at] & 0xff);
    }
    return word;
  }

  /** Up to eight bytes of {@code bytes[from..end)} from {@code from + 8 * word} on, as a number; 0 behind the end. */
  static long word(byte[] bytes, int from, int end, int word) {
    int at = from + 8 * word;
    return at + 8 <= end ? (long) LONGS.get(bytes, at) : at < end ? shortWord(bytes, at, end) : 0;
  }

  /** Whether {@code bytes[from..end)} are these. */
  static boolean equals(byte[] bytes, int from, int end, byte[] others) {
    int length = end - from;
    if (length != others.length) {
      return false;
    }
    if (length < 8) {
      return shortWord(bytes, from, end) == shortWord(others, 0, length);
    }
    for (int at = 0; at + 8 < length; at += 8) {
      if ((long) LONGS.get(bytes, from + at) != (long) LONGS.get(others, at)) {
        return false;
      }
    }
    return (long) LONGS.get(bytes, end - 8) == (long) LONGS.get(others, length - 8);
  }
}
