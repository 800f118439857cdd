package dev.lanekeeper.model;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads tag and stamp from the bytes of headers. A cursor that is cleared and read into again: reading a tenancy with
 * its stamp allocates nothing. Single-service overrides and stamps that are none, which are rare, allocate.
 *
 * <p>Feed it every {@code baggage} header in order ({@link #baggage}) and each plain header ({@link #plain}); then ask.
 * Several {@code baggage} headers are one list (W3C Baggage, section 3.2); a member that is set twice: the last wins.
 * A plain header counts only where no baggage member holds a tenancy.
 *
 * <p>What it has read it does not copy: the bytes must stay as they are until it has been asked. {@link #carried} copies.
 *
 * <p>Not safe for use by several threads.
 */
public final class WireTag {

  private static final int ABSENT = 0;
  private static final int PRESENT = 1;
  private static final int MALFORMED = 2;
  private static final int NOT_PLAIN = -1;
  private static final byte[] BAGGAGE = WireNames.BAGGAGE.getBytes(StandardCharsets.ISO_8859_1);
  private static final byte[] TRACE = WireNames.TRACE.getBytes(StandardCharsets.ISO_8859_1);
  private static final int LONGEST_TRACE = 64;
  private static final long BAGGAGE_WORD = Bytes.word(BAGGAGE, 0, BAGGAGE.length, 0);

  /** The names as bytes. Made anew for other names only: a cursor may be made for each call. */
  private static final class Layout {
    private static volatile Layout newest = new Layout(WireNames.STANDARD);

    private final WireNames names;
    private final byte[][] members;
    private final byte[] stampMember;
    private final byte[] overridesMember;
    private final byte[][] headers;
    /** Which bytes one of our members begins with. */
    private final boolean[] firstByte = new boolean[256];

    Layout(WireNames names) {
      this.names = names;
      members = bytes(names.members());
      stampMember = names.stampMember().getBytes(StandardCharsets.ISO_8859_1);
      overridesMember = names.overridesMember().getBytes(StandardCharsets.ISO_8859_1);
      headers = bytes(names.headers());
      for (byte[] member : members) {
        firstByte[member[0] & 0xff] = true;
      }
      firstByte[stampMember[0] & 0xff] = true;
      firstByte[overridesMember[0] & 0xff] = true;
      firstByte[TRACE[0] & 0xff] = true;
    }

    @SuppressWarnings("ReferenceEquality") // spares comparing them in nearly all cases
    static Layout of(WireNames names) {
      Layout layout = newest;
      if (layout.names != names && !layout.names.equals(names)) {
        layout = new Layout(names);
        newest = layout;
      }
      return layout;
    }

    private static byte[][] bytes(List<String> names) {
      return names.stream().map(name -> name.getBytes(StandardCharsets.ISO_8859_1)).toArray(byte[][]::new);
    }
  }

  private final byte[][] members;
  private final byte[] stampMember;
  private final byte[] overridesMember;
  private final byte[][] headers;
  private final boolean[] firstByte;

  private TenancyKey key = new TenancyKey();
  private int keyState;
  private int memberRank;
  private TenancyKey plainKey = new TenancyKey();
  private int plainState;
  private int plainRank;
  private long stampRevision;
  private int stampSeal;
  private Map<ServiceName, TenancyKey> overrides = Map.of();
  private boolean overridesMalformed;
  private @Nullable String trace;
  /** Whether anything was read, since it was cleared, that may be ours: of most headers nothing is. */
  private boolean touched = true;

  /** A cursor for these names. */
  public WireTag(WireNames names) {
    Layout layout = Layout.of(names);
    members = layout.members;
    stampMember = layout.stampMember;
    overridesMember = layout.overridesMember;
    headers = layout.headers;
    firstByte = layout.firstByte;
  }

  /** Forgets what was read. A reference is written only where there is something to forget: in a cursor that is kept it costs a fence. */
  public WireTag clear() {
    if (!touched) {
      return this;
    }
    touched = false;
    keyState = ABSENT;
    memberRank = Integer.MAX_VALUE;
    plainState = ABSENT;
    plainRank = Integer.MAX_VALUE;
    stampRevision = 0;
    stampSeal = 0;
    if (!overrides.isEmpty()) {
      overrides = Map.of();
    }
    overridesMalformed = false;
    if (trace != null) {
      trace = null;
    }
    return this;
  }

  /** Reads one {@code baggage} header. */
  public WireTag baggage(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.ISO_8859_1);
    return baggage(bytes, 0, bytes.length);
  }

  /** Reads one {@code baggage} header: {@code bytes[offset..end)}. */
  public WireTag baggage(byte[] bytes, int offset, int end) {
    int at = offset;
    while (at < end) {
      int from = skipSpace(bytes, at, end);
      boolean mayBeOurs = from < end && firstByte[bytes[from] & 0xff];
      touched |= mayBeOurs;
      int stop = mayBeOurs ? plainMember(bytes, from, end) : NOT_PLAIN;
      if (stop == NOT_PLAIN) {
        stop = Bytes.indexOf(bytes, from, end, ',');
        if (mayBeOurs) {
          anyMember(bytes, from, stop);
        }
      } else if (stop < end && bytes[stop] == ';') {
        stop = Bytes.indexOf(bytes, stop, end, ',');
      }
      at = stop + 1;
    }
    return this;
  }

  /**
   * Reads a tenancy or a stamp that is written as we write it: no space, nothing encoded.
   *
   * @return where its value ends; {@link #NOT_PLAIN} if it is anything else, or in doubt
   */
  private int plainMember(byte[] bytes, int from, int end) {
    byte[] first = members[0];
    int value = from + first.length + 1;
    if (value <= end && bytes[value - 1] == '=' && Bytes.equals(bytes, from, value - 1, first)) {
      int stop = key.readPlain(bytes, value, end);
      if (stop < 0) {
        return NOT_PLAIN;
      }
      memberRank = 0;
      keyState = PRESENT;
      return stop;
    }
    value = from + stampMember.length + 1;
    if (value <= end && bytes[value - 1] == '=' && Bytes.equals(bytes, from, value - 1, stampMember)) {
      int stop = readStamp(bytes, value, end);
      return stop < end && bytes[stop] != ',' && bytes[stop] != ';' ? NOT_PLAIN : stop;
    }
    return NOT_PLAIN;
  }

  private void anyMember(byte[] bytes, int from, int end) {
    int equals = Bytes.indexOf(bytes, from, end, '=');
    int valueTo = Bytes.indexOf(bytes, from, end, ';');
    if (equals >= valueTo) {
      return;
    }
    int nameEnd = trimSpace(bytes, from, equals);
    int value = skipSpace(bytes, equals + 1, valueTo);
    int valueEnd = trimSpace(bytes, value, valueTo);
    for (int rank = 0; rank < members.length; rank++) {
      if (Bytes.equals(bytes, from, nameEnd, members[rank])) {
        if (rank <= memberRank) {
          memberRank = rank;
          keyState = key.read(bytes, value, valueEnd) ? PRESENT : MALFORMED;
        }
        return;
      }
    }
    if (Bytes.equals(bytes, from, nameEnd, stampMember)) {
      if (readStamp(bytes, value, valueEnd) != valueEnd) {
        encodedStamp(bytes, value, valueEnd);
      }
    } else if (Bytes.equals(bytes, from, nameEnd, overridesMember)) {
      Map<ServiceName, TenancyKey> read =
          Tag.overridesOf(new String(bytes, value, valueEnd - value, StandardCharsets.ISO_8859_1));
      overridesMalformed = read == null;
      overrides = read == null ? Map.of() : read;
    } else if (Bytes.equals(bytes, from, nameEnd, TRACE)) {
      trace = isTrace(bytes, value, valueEnd)
          ? new String(bytes, value, valueEnd - value, StandardCharsets.ISO_8859_1)
          : null;
    }
  }

  private static boolean isTrace(byte[] bytes, int from, int end) {
    boolean wellFormed = from < end && end - from <= LONGEST_TRACE;
    for (int i = from; i < end && wellFormed; i++) {
      int c = lower(bytes[i]);
      wellFormed = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    }
    return wellFormed;
  }

  /** Whether a header of this name, {@code name[offset..end)}, is {@code baggage}, compared without case. */
  public static boolean isBaggage(byte[] name, int offset, int end) {
    return end - offset == BAGGAGE.length
        && (Bytes.word(name, offset, end, 0) == BAGGAGE_WORD || matchesWithoutCase(name, offset, BAGGAGE));
  }

  /** Which of the plain headers this name is, compared without case; -1 for any other name. */
  public int plainRank(byte[] name, int offset, int end) {
    return rank(headers, name, offset, end);
  }

  /** Whether this name is one of the plain headers, compared without case. */
  public static boolean isPlain(WireNames names, byte[] name, int offset, int end) {
    return rank(Layout.of(names).headers, name, offset, end) >= 0;
  }

  private static int rank(byte[][] headers, byte[] name, int offset, int end) {
    for (int rank = 0; rank < headers.length; rank++) {
      byte[] header = headers[rank];
      if (end - offset == header.length && matchesWithoutCase(name, offset, header)) {
        return rank;
      }
    }
    return -1;
  }

  /** Reads one plain header; {@code rank} is its place in {@link WireNames#headers()}. */
  public WireTag plain(int rank, String value) {
    byte[] bytes = value.getBytes(StandardCharsets.ISO_8859_1);
    return plain(rank, bytes, 0, bytes.length);
  }

  /** Reads one plain header: {@code bytes[offset..end)}; {@code rank} is its place in {@link WireNames#headers()}. */
  public WireTag plain(int rank, byte[] bytes, int offset, int end) {
    touched = true;
    if (rank <= plainRank) {
      plainRank = rank;
      int from = skipSpace(bytes, offset, end);
      plainState = plainKey.read(bytes, from, trimSpace(bytes, from, end)) ? PRESENT : MALFORMED;
    }
    return this;
  }

  private void encodedStamp(byte[] bytes, int from, int end) {
    Stamp stamp = Stamp.parse(new String(bytes, from, end - from, StandardCharsets.ISO_8859_1));
    stampRevision = stamp.revision();
    stampSeal = stamp.seal();
  }

  /**
   * Reads a stamp as far as it goes; what is none leaves none behind.
   *
   * @return behind its last byte; {@code from} if it is none
   */
  private int readStamp(byte[] bytes, int from, int end) {
    stampRevision = 0;
    stampSeal = 0;
    int at = from;
    long revision = 0;
    while (at < end && at - from <= Stamp.MOST_REVISION_DIGITS && bytes[at] >= '0' && bytes[at] <= '9') {
      revision = revision * 10 + (bytes[at++] - '0');
    }
    int stop = at + 1 + Stamp.SEAL_DIGITS;
    if (at == from || at - from > Stamp.MOST_REVISION_DIGITS || stop > end || bytes[at] != '-') {
      return from;
    }
    int seal = 0;
    int wrong = 0;
    for (int i = at + 1; i < stop; i++) {
      int digit = Stamp.hexDigit(bytes[i] & 0xff);
      wrong |= digit;
      seal = seal << 4 | (digit & 0xf);
    }
    if (wrong < 0 || revision > Stamp.LARGEST_REVISION) {
      return from;
    }
    stampRevision = revision;
    stampSeal = seal;
    return stop;
  }

  /** Whether there was a tag, well-formed or not. */
  public boolean isTagged() {
    return touched && (keyState != ABSENT || plainState != ABSENT || overridesMalformed || !overrides.isEmpty());
  }

  /** Whether there was a tag that cannot be read. */
  public boolean isMalformed() {
    int deciding = keyState != ABSENT ? keyState : plainState;
    return deciding == MALFORMED || overridesMalformed;
  }

  /**
   * Whether this tenancy, or one below it, is what was read, or part of it. What names a tenancy nowhere is never its
   * workloads', whatever the table says. Allocates nothing where no single service is overridden.
   */
  public boolean names(Tenancy tenancy) {
    TenancyKey present = key();
    if (present != null && present.names(tenancy)) {
      return true;
    }
    return !overrides.isEmpty() && overrides.values().stream().anyMatch(single -> single.names(tenancy));
  }

  /** By what name it is traced; null if it is not, or by none of 1 to {@value #LONGEST_TRACE} letters, digits and hyphens. */
  public @Nullable String trace() {
    return trace;
  }

  /** The revision of the stamp; 0 if there was none. */
  public long stampRevision() {
    return stampRevision;
  }

  /** The seal of the stamp. */
  public int stampSeal() {
    return stampSeal;
  }

  @Nullable
  TenancyKey key() {
    if (keyState != ABSENT) {
      return keyState == PRESENT ? key : null;
    }
    return plainState == PRESENT ? plainKey : null;
  }

  /** The key of a well-formed tag that is one tenancy, and nothing beside it; null for any other. */
  @Nullable
  TenancyKey single() {
    TenancyKey present = key();
    return present != null && present.components == 1 && overrides.isEmpty() && !overridesMalformed ? present : null;
  }

  Map<ServiceName, TenancyKey> overrides() {
    return overrides;
  }

  /** What was read, as values that may be kept. */
  public Carried carried() {
    if (!isTagged()) {
      return Carried.NOTHING.tracedBy(trace);
    }
    Stamp stamp = stampRevision == 0 ? Stamp.NONE : new Stamp(stampRevision, stampSeal);
    if (isMalformed()) {
      return new Carried(Tag.MALFORMED, stamp, trace);
    }
    TenancyKey present = key();
    return new Carried(Tag.of(present == null ? null : present.copy(), overrides), stamp, trace);
  }

  private static boolean matchesWithoutCase(byte[] bytes, int from, byte[] name) {
    for (int i = 0; i < name.length; i++) {
      if (lower(bytes[from + i]) != lower(name[i])) {
        return false;
      }
    }
    return true;
  }

  private static int lower(byte c) {
    return c >= 'A' && c <= 'Z' ? c + 32 : c;
  }

  private static int skipSpace(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to && (bytes[at] == ' ' || bytes[at] == '\t')) {
      at++;
    }
    return at;
  }

  private static int trimSpace(byte[] bytes, int from, int to) {
    int at = to;
    while (at > from && (bytes[at - 1] == ' ' || bytes[at - 1] == '\t')) {
      at--;
    }
    return at;
  }
}
