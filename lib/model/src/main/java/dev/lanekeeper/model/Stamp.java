package dev.lanekeeper.model;

import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The revision that a tagged request was given when Lanekeeper first saw it, with the seal that was made together with
 * the revision: {@code 42-9f3c71d2} on the wire.
 *
 * <p>A stamp whose seal is not that of its revision was never given; it is no stamp, to everybody and for ever.
 *
 * @param revision 1 to 2^53 - 1; 0 only in {@link #NONE}
 * @param seal 32 random bits, 8 hexadecimal digits on the wire
 */
public record Stamp(long revision, int seal) {

  /** No stamp. */
  public static final Stamp NONE = new Stamp(0, 0);
  /** The largest revision: it must survive JSON readers that keep numbers as doubles. */
  public static final long LARGEST_REVISION = (1L << 53) - 1;
  /** A revision's bits from here on are the epoch of the store. */
  public static final int EPOCH_SHIFT = 40;
  /** Digits of the seal on the wire. */
  public static final int SEAL_DIGITS = 8;

  static final int MOST_REVISION_DIGITS = 16;
  private static final byte[] HEX = hexDigits();

  /**
   * Checks the range.
   *
   * @throws IllegalArgumentException if the revision is negative or does not fit in 53 bits
   */
  public Stamp {
    if (revision < 0 || revision > LARGEST_REVISION) {
      throw new IllegalArgumentException("revision: " + revision + " (expected: 0 to " + LARGEST_REVISION + ")");
    }
  }

  /**
   * Reads a stamp; whatever is not one is {@link #NONE}, never an error: it was never given.
   *
   * @param wire as it stands on the wire, percent-encoded or not; null where there is none
   */
  public static Stamp parse(@Nullable String wire) {
    String text = wire == null ? null : Percent.decoded(wire);
    if (text == null) {
      return NONE;
    }
    int dash = text.indexOf('-');
    if (dash < 1 || dash > MOST_REVISION_DIGITS || text.length() != dash + 1 + SEAL_DIGITS) {
      return NONE;
    }
    long revision = 0;
    for (int i = 0; i < dash; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return NONE;
      }
      revision = revision * 10 + digit;
    }
    int seal = 0;
    for (int i = dash + 1; i < text.length(); i++) {
      int digit = hexDigit(text.charAt(i));
      if (digit < 0) {
        return NONE;
      }
      seal = seal << 4 | digit;
    }
    return revision == 0 || revision > LARGEST_REVISION ? NONE : new Stamp(revision, seal);
  }

  /** The value of a lower-case hexadecimal digit; negative for any other character. Without a branch. */
  static int hexDigit(int c) {
    return c < HEX.length ? HEX[c] : -1;
  }

  private static byte[] hexDigits() {
    byte[] digits = new byte[128];
    java.util.Arrays.fill(digits, (byte) -1);
    for (int i = 0; i < 16; i++) {
      digits[Character.forDigit(i, 16)] = (byte) i;
    }
    return digits;
  }

  /** Whether this is no stamp. */
  public boolean isNone() {
    return revision == 0;
  }

  /**
   * The epoch of the store that gave a revision: 0, and one more after each restore.
   *
   * @param revision from 0
   */
  public static int epochOf(long revision) {
    return (int) (revision >>> EPOCH_SHIFT);
  }

  /** The seal as 8 hexadecimal digits. */
  public static String sealText(int seal) {
    return HexFormat.of().toHexDigits(seal);
  }

  /** As it stands on the wire; empty for {@link #NONE}. */
  public String text() {
    return isNone() ? "" : appendTo(new StringBuilder(MOST_REVISION_DIGITS + 1 + SEAL_DIGITS)).toString();
  }

  /** Writes what stands on the wire, of a stamp that is one. */
  StringBuilder appendTo(StringBuilder out) {
    out.append(revision).append('-');
    for (int shift = (SEAL_DIGITS - 1) * 4; shift >= 0; shift -= 4) {
      out.append(Character.forDigit(seal >>> shift & 15, 16));
    }
    return out;
  }

  @Override
  public String toString() {
    return isNone() ? "none" : text();
  }
}
