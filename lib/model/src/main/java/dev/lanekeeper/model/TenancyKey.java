package dev.lanekeeper.model;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A tenancy or combination in the form in which it is looked up: bytes, with the places
 * where its segments end. Reading one allocates nothing, so a key can be kept and read into again.
 *
 * <p>Component {@code c} of the combination has {@link #segments}{@code [c]} segments; its prefix of {@code n} segments
 * ends before {@code cut[c * 8 + n - 1]}.
 */
final class TenancyKey {

  /** Most tenancies of one combination. */
  static final int MOST_COMPONENTS = 8;

  private static final int STRIDE = Tenancy.MOST_SEGMENTS;
  private static final int MOST_BYTES = MOST_COMPONENTS * (Tenancy.MOST_CHARACTERS + 1);
  private static final byte[] NOTHING = new byte[0];
  /** {@link #readPlain}: not a tenancy or combination. */
  static final int MALFORMED = -1;
  /** {@link #readPlain}: must be decoded first. */
  static final int ENCODED = -2;
  /** The class of production traffic, with the slash before it. */
  private static final byte[] PRODUCTION = "/production".getBytes(StandardCharsets.ISO_8859_1);
  private static final boolean[] SEGMENT_CHARACTER = segmentCharacters();

  final int[] start;
  final int[] segments;
  final int[] cut;
  int components;
  /** Where the places lead to: the bytes that were read, or {@link #decoded}. */
  private byte[] text = NOTHING;
  private byte[] decoded = NOTHING;

  /** A key to read anything into. */
  TenancyKey() {
    this(MOST_COMPONENTS, MOST_COMPONENTS * STRIDE);
  }

  private TenancyKey(int mostComponents, int mostCuts) {
    start = new int[mostComponents];
    segments = new int[mostComponents];
    cut = new int[mostCuts];
  }

  private static boolean[] segmentCharacters() {
    boolean[] allowed = new boolean[256];
    for (char c : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~-".toCharArray()) {
      allowed[c] = true;
    }
    return allowed;
  }

  static boolean isSegmentCharacter(int c) {
    return c < SEGMENT_CHARACTER.length && SEGMENT_CHARACTER[c];
  }

  /** The key of a text, or null if it is malformed. */
  static @Nullable TenancyKey of(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    TenancyKey key = new TenancyKey();
    return key.read(bytes, 0, bytes.length) ? key.copy() : null;
  }

  /**
   * Reads a tenancy or combination, percent-encoded or not; between two tenancies stands {@code +} or one space.
   *
   * <p>Unless it is encoded, nothing is copied: the key is good for as long as these bytes stay as they are.
   *
   * @return whether it is well-formed; if not, the key holds nothing of use
   */
  boolean read(byte[] source, int offset, int end) {
    int stop = readPlain(source, offset, end);
    return stop == ENCODED ? readEncoded(source, offset, end) : stop == end;
  }

  private boolean readEncoded(byte[] source, int offset, int end) {
    if (decoded.length == 0) {
      decoded = new byte[MOST_BYTES];
    }
    int length = 0;
    for (int at = offset; at < end; at++) {
      int c = source[at];
      if (c == '%') {
        c = at + 2 < end ? percentDecoded(source[at + 1], source[at + 2]) : -1;
        at += 2;
      }
      if (c < 0 || length >= MOST_BYTES) {
        return false;
      }
      decoded[length++] = (byte) (c == ' ' ? '+' : c);
    }
    return readPlain(decoded, 0, length) == length;
  }

  /**
   * Reads a tenancy or combination as far as it goes: up to {@code end}, a comma or a semicolon.
   *
   * @return where it ends; {@link #MALFORMED}; or {@link #ENCODED} if it holds a percent sign or a space, which this does not
   *     read
   */
  int readPlain(byte[] source, int offset, int end) {
    text = source;
    components = 0;
    int componentStart = offset;
    int segmentStart = offset;
    int segment = 0;
    for (int at = offset;; at++) {
      int c = at == end ? ',' : source[at] & 0xff;
      if (SEGMENT_CHARACTER[c]) {
        continue;
      }
      if (c == '%' || c == ' ') {
        return ENCODED;
      }
      boolean fits =
          at > segmentStart && segment < Tenancy.MOST_SEGMENTS && at - componentStart <= Tenancy.MOST_CHARACTERS;
      if (!fits || components == MOST_COMPONENTS) {
        return MALFORMED;
      }
      cut[components * STRIDE + segment++] = at;
      segmentStart = at + 1;
      if (c == '/') {
        continue;
      }
      start[components] = componentStart;
      segments[components++] = segment;
      if (c == ',' || c == ';') {
        return at;
      }
      if (c != '+') {
        return MALFORMED;
      }
      componentStart = at + 1;
      segment = 0;
    }
  }

  private static int percentDecoded(byte high, byte low) {
    int h = Character.digit(high, 16);
    int l = Character.digit(low, 16);
    return h < 0 || l < 0 ? -1 : h << 4 | l;
  }

  int cutOf(int component, int prefixSegments) {
    return cut[component * STRIDE + prefixSegments - 1];
  }

  /** The hash of a prefix: that of {@link Bytes#hash} over its bytes. */
  int hashOf(int component, int prefixSegments) {
    return Bytes.hash(text, start[component], cutOf(component, prefixSegments));
  }

  /** How many bytes a tenancy has that is no combination. */
  int length() {
    return cutOf(0, segments[0]) - start[0];
  }

  /** Eight of these bytes as a number; behind the end stand zeros, as in no name. */
  long word(int word) {
    return Bytes.word(text, start[0], cutOf(0, segments[0]), word);
  }

  /** Whether the prefix of a component, which has this hash, is the name of a node. */
  boolean prefixIs(int component, int prefixSegments, int hash, TenantNode node) {
    return node.is(hash, text, start[component], cutOf(component, prefixSegments));
  }

  /** Whether this tenancy is among those under which a component is looked up: {@link Tenancy#lookups}. */
  boolean names(Tenancy tenancy) {
    for (int component = 0; component < components; component++) {
      int shortest = Math.min(2, segments[component]);
      for (int prefix = segments[component]; prefix >= shortest; prefix--) {
        if (isText(start[component], cutOf(component, prefix), tenancy.text())) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean isText(int from, int end, String wanted) {
    if (end - from != wanted.length()) {
      return false;
    }
    for (int i = 0; i < wanted.length(); i++) {
      if (text[from + i] != wanted.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Whether a component is {@code <product>/production}. */
  boolean isProduction(int component) {
    return segments[component] == 2 && Bytes.equals(text, cutOf(component, 1), cutOf(component, 2), PRODUCTION);
  }

  String componentText(int component) {
    int from = start[component];
    return new String(text, from, cutOf(component, segments[component]) - from, StandardCharsets.ISO_8859_1);
  }

  /** The combination in normal form. */
  String text() {
    int from = start[0];
    return new String(text, from, cutOf(components - 1, segments[components - 1]) - from, StandardCharsets.ISO_8859_1);
  }

  /** A key with the same content and bytes of its own, no larger than it must be, and not to be read into again. */
  TenancyKey copy() {
    byte[] bytes = text().getBytes(StandardCharsets.ISO_8859_1);
    TenancyKey copy = new TenancyKey(components, (components - 1) * STRIDE + segments[components - 1]);
    copy.readPlain(bytes, 0, bytes.length);
    return copy;
  }
}
