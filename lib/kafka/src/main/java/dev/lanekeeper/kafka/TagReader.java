package dev.lanekeeper.kafka;

import dev.lanekeeper.model.WireNames;
import dev.lanekeeper.model.WireTag;
import java.nio.ByteBuffer;
import java.util.List;
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

  private static final int LONGEST_NAME = 64;
  private static final int LETTER = 0x1f;
  /** In the place of a plain header's rank. */
  private static final int BAGGAGE = -1;

  private final boolean raw;
  private WireNames names;
  private WireTag tag;
  /** Of the names that are wanted, by their length: a bit for the letter with which one begins, whatever its case. */
  private int[] wanted;

  TagReader(WireNames names, boolean raw) {
    this.raw = raw && PrivateFields.READABLE;
    this.names = names;
    this.tag = new WireTag(names);
    this.wanted = wanted(names);
  }

  private static int[] wanted(WireNames names) {
    int[] wanted = new int[LONGEST_NAME + 1];
    want(WireNames.BAGGAGE, wanted);
    names.headers().forEach(name -> want(name, wanted));
    return wanted;
  }

  private static void want(String name, int[] wanted) {
    wanted[name.length()] |= 1 << (name.charAt(0) & LETTER);
  }

  /** Reads by these names from now on. */
  @SuppressWarnings("ReferenceEquality") // as a rule they are the very same
  void use(WireNames newNames) {
    if (newNames != names && !newNames.equals(names)) {
      tag = new WireTag(newNames);
      wanted = wanted(newNames);
    }
    names = newNames; // the very same from now on
  }

  /** The names that it reads by. */
  WireNames names() {
    return names;
  }

  /** What {@link #read} read last. */
  WireTag tag() {
    return tag;
  }

  /** Whether what {@link #read} read last is traced. */
  boolean isTraced() {
    return tag.trace() != null;
  }

  /**
   * Reads the tag of a record.
   *
   * @return whether there is one, well-formed or not
   */
  boolean read(Headers headers) {
    tag.clear();
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
    return tag.isTagged();
  }

  /** Small: nearly all headers end here. */
  private void readRaw(RecordHeader header) {
    ByteBuffer name = PrivateFields.nameBuffer(header);
    if (name == null) {
      readPublic(header);
      return;
    }
    int length = name.remaining();
    int letters = length <= LONGEST_NAME ? wanted[length] : 0;
    if (letters != 0) { // what it begins with is looked at only where a name of ours is as long
      readOfLength(header, name, length, letters);
    }
  }

  private void readOfLength(RecordHeader header, ByteBuffer name, int length, int letters) {
    if (!name.hasArray()) {
      readPublic(header);
      return;
    }
    int from = name.arrayOffset() + name.position();
    if ((letters >>> (name.array()[from] & LETTER) & 1) != 0) {
      readNamed(header, name.array(), from, from + length);
    }
  }

  private void readNamed(RecordHeader header, byte[] name, int from, int end) {
    boolean baggage = WireTag.isBaggage(name, from, end);
    int rank = baggage ? BAGGAGE : tag.plainRank(name, from, end);
    if (!baggage && rank < 0) {
      return;
    }
    ByteBuffer value = PrivateFields.valueBuffer(header);
    if (value != null && value.hasArray()) {
      int valueFrom = value.arrayOffset() + value.position();
      take(rank, value.array(), valueFrom, valueFrom + value.remaining());
    } else {
      take(rank, header.value());
    }
  }

  /** Whether a name of this length, up to {@value LONGEST_NAME}, that begins so may be one of those that are wanted. */
  private boolean isWanted(int length, int first) {
    return (wanted[length] >>> (first & LETTER) & 1) != 0;
  }

  private void readPublic(Header header) {
    String name = header.key();
    int length = name.length();
    if (length == 0 || length > LONGEST_NAME || !isWanted(length, name.charAt(0))) {
      return;
    }
    if (name.equalsIgnoreCase(WireNames.BAGGAGE)) {
      take(BAGGAGE, header.value());
      return;
    }
    List<String> headers = names.headers();
    for (int rank = 0; rank < headers.size(); rank++) {
      if (name.equalsIgnoreCase(headers.get(rank))) {
        take(rank, header.value());
        return;
      }
    }
  }

  private void take(int rank, byte @Nullable [] value) {
    if (value != null) {
      take(rank, value, 0, value.length);
    }
  }

  private void take(int rank, byte[] bytes, int from, int end) {
    if (rank == BAGGAGE) {
      tag.baggage(bytes, from, end);
    } else {
      tag.plain(rank, bytes, from, end);
    }
  }
}
