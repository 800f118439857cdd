package dev.lanekeeper.kafka;

import dev.lanekeeper.model.WireNames;
import dev.lanekeeper.model.WireTag;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Reads tag and stamp of a record from its headers, where possible from their raw bytes: no name is decoded and nothing is
 * allocated. Names are compared without case. A cursor: not for several threads.
 */
final class TagReader {

  private static final int OTHER = -2;
  private static final int BAGGAGE = -1;
  private static final int LONGEST_NAME = Long.SIZE;

  private final boolean raw;
  private WireNames names;
  private WireTag tag;
  private byte[][] wanted;
  private long wantedLengths;
  /** Whether a tag is only looked for. */
  private boolean looking;
  /** Whether one was found. */
  private boolean found;

  TagReader(WireNames names, boolean raw) {
    this.raw = raw && PrivateFields.READABLE;
    this.names = names;
    this.tag = new WireTag(names);
    this.wanted = wanted(names);
    this.wantedLengths = lengths(wanted);
  }

  /** First {@code baggage}, then the plain headers in their order. */
  private static byte[][] wanted(WireNames names) {
    byte[][] wanted = new byte[1 + names.headers().size()][];
    wanted[0] = WireNames.BAGGAGE.getBytes(StandardCharsets.ISO_8859_1);
    for (int i = 1; i < wanted.length; i++) {
      wanted[i] = names.headers().get(i - 1).toLowerCase(Locale.ROOT).getBytes(StandardCharsets.ISO_8859_1);
    }
    return wanted;
  }

  private static long lengths(byte[][] wanted) {
    long lengths = 0;
    for (byte[] name : wanted) {
      lengths |= 1L << (name.length - 1);
    }
    return lengths;
  }

  /** Another one that reads as this one does. */
  TagReader another() {
    return new TagReader(names, raw);
  }

  /** Reads by these names from now on. */
  @SuppressWarnings("ReferenceEquality") // as a rule they are the very same
  void use(WireNames newNames) {
    if (newNames != names && !newNames.equals(names)) {
      names = newNames;
      tag = new WireTag(newNames);
      wanted = wanted(newNames);
      wantedLengths = lengths(wanted);
    }
  }

  /** The names that it reads by. */
  WireNames names() {
    return names;
  }

  /** What {@link #read} read last. */
  WireTag tag() {
    return tag;
  }

  /**
   * Looks whether a record bears a tag, and does not read it. Where it says no there is none; where it says yes, what there
   * is may turn out to be none.
   */
  boolean bearsTag(Headers headers) {
    looking = true;
    found = false;
    each(headers);
    return found;
  }

  /**
   * Reads the tag of a record.
   *
   * @return whether there is one, well-formed or not
   */
  boolean read(Headers headers) {
    looking = false;
    tag.clear();
    each(headers);
    return tag.isTagged();
  }

  private void each(Headers headers) {
    if (raw && headers instanceof RecordHeaders own) {
      List<?> list = PrivateFields.list(own);
      for (int i = 0; i < list.size(); i++) {
        if (list.get(i) instanceof RecordHeader header) {
          readRaw(header);
        } else {
          readPublic((Header) list.get(i));
        }
      }
    } else {
      for (Header header : headers) {
        readPublic(header);
      }
    }
  }

  private void readRaw(RecordHeader header) {
    ByteBuffer name = PrivateFields.nameBuffer(header);
    if (name == null || !name.hasArray()) {
      readPublic(header);
      return;
    }
    int length = name.remaining();
    if (!isWantedLength(length)) {
      return;
    }
    int rank = rank(name.array(), name.arrayOffset() + name.position(), length);
    if (rank == OTHER) {
      return;
    }
    ByteBuffer value = PrivateFields.valueBuffer(header);
    if (value != null && value.hasArray()) {
      int from = value.arrayOffset() + value.position();
      take(rank, value.array(), from, from + value.remaining());
    } else {
      take(rank, header.value());
    }
  }

  private boolean isWantedLength(int length) {
    return length > 0 && length <= LONGEST_NAME && (wantedLengths >>> (length - 1) & 1) != 0;
  }

  private int rank(byte[] name, int from, int length) {
    for (int i = 0; i < wanted.length; i++) {
      byte[] candidate = wanted[i];
      if (candidate.length == length && matches(name, from, candidate)) {
        return i - 1;
      }
    }
    return OTHER;
  }

  private static boolean matches(byte[] name, int from, byte[] candidate) {
    for (int i = 0; i < candidate.length; i++) {
      byte c = name[from + i];
      if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != candidate[i]) {
        return false;
      }
    }
    return true;
  }

  private void readPublic(Header header) {
    String name = header.key();
    if (!isWantedLength(name.length())) {
      return;
    }
    int rank = rank(name);
    if (rank != OTHER) {
      take(rank, header.value());
    }
  }

  private int rank(String name) {
    if (name.equalsIgnoreCase(WireNames.BAGGAGE)) {
      return BAGGAGE;
    }
    List<String> headers = names.headers();
    for (int rank = 0; rank < headers.size(); rank++) {
      if (name.equalsIgnoreCase(headers.get(rank))) {
        return rank;
      }
    }
    return OTHER;
  }

  private void take(int rank, byte @Nullable [] value) {
    if (value != null) {
      take(rank, value, 0, value.length);
    }
  }

  private void take(int rank, byte[] bytes, int from, int end) {
    if (looking) {
      found |= rank != BAGGAGE || tag.mayTag(bytes, from, end);
    } else if (rank == BAGGAGE) {
      tag.baggage(bytes, from, end);
    } else {
      tag.plain(rank, bytes, from, end);
    }
  }
}
