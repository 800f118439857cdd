package dev.lanekeeper.gateway.http1;

import dev.lanekeeper.gateway.http.Ascii;
import dev.lanekeeper.gateway.http.Fields;
import dev.lanekeeper.gateway.http.Limits;
import dev.lanekeeper.gateway.http.MalformedMessageException;
import io.netty.buffer.ByteBuf;

/**
 * Reads heads, and trailers, line by line as they arrive.
 *
 * <p>INVARIANT: a line ends with CR LF, and neither stands anywhere else; a field's name is a token with the colon right behind it; its
 * value bears no control character but tabs; no line is folded. Whoever reads more than that, or less, reads another message.
 */
abstract class HeadReader {

  private static final int STEP = 2048;

  private final Fields fields;
  private final Limits limits;
  private boolean begun;
  private int lineFrom;

  HeadReader(Fields fields, Limits limits) {
    this.fields = fields;
    this.limits = limits;
  }

  final Fields fields() {
    return fields;
  }

  final Limits limits() {
    return limits;
  }

  /** Begins with the next head. */
  void reset() {
    fields.clear();
    begun = false;
    lineFrom = 0;
  }

  /** Whether any byte of it has been read. */
  final boolean isBegun() {
    return fields.end() > 0;
  }

  /**
   * Reads what has arrived, and no byte behind the head.
   *
   * @return whether all of it is there
   */
  final boolean read(ByteBuf in) throws MalformedMessageException {
    while (in.isReadable()) {
      int before = fields.end();
      int more = Math.min(Math.min(in.readableBytes(), STEP), limits.headBytes() - before);
      if (more <= 0) {
        throw tooLarge("head: more than " + limits.headBytes() + " bytes (expected: fewer)");
      }
      byte[] bytes = fields.room(more);
      in.getBytes(in.readerIndex(), bytes, before, more);
      fields.grown(more);
      // A line that is not whole is not looked at again for each byte that comes.
      if (Ascii.indexOf(bytes, before, before + more, '\n') < before + more && readLines(bytes)) {
        in.skipBytes(lineFrom - before);
        fields.truncate(lineFrom);
        return true;
      }
      in.skipBytes(more);
    }
    return false;
  }

  abstract MalformedMessageException tooLarge(String message);

  /** Reads the first line: {@code bytes[from..end)} without its end. */
  abstract void startLine(byte[] bytes, int from, int end) throws MalformedMessageException;

  /** Whether there is a first line before the fields. */
  abstract boolean hasStartLine();

  /** Whether empty lines before the first line are passed over, one of them (RFC 9112, section 2.2). */
  abstract boolean mayBeginEmpty();

  private boolean readLines(byte[] bytes) throws MalformedMessageException {
    int end = fields.end();
    while (lineFrom < end) {
      if (bytes[lineFrom] == '\r') {
        if (lineFrom + 1 == end) {
          return false;
        }
        requireLineFeed(bytes[lineFrom + 1]);
        lineFrom += 2;
        if (begun || !hasStartLine()) {
          return true;
        }
        if (!mayBeginEmpty() || lineFrom > 2) {
          throw MalformedMessageException.bad("start line: empty (expected: a request)");
        }
      } else if (!begun && hasStartLine()) {
        int lineEnd = lineEnd(bytes, lineFrom, end);
        if (lineEnd < 0) {
          return false;
        }
        startLine(bytes, lineFrom, lineEnd);
        begun = true;
        lineFrom = lineEnd + 2;
      } else if (!field(bytes, end)) {
        return false;
      }
    }
    return false;
  }

  private boolean field(byte[] bytes, int end) throws MalformedMessageException {
    int colon = lineFrom;
    while (colon < end && Ascii.isToken(bytes[colon])) {
      colon++;
    }
    if (colon == end) {
      return false;
    }
    if (bytes[colon] != ':' || colon == lineFrom) {
      throw MalformedMessageException.bad("field name: byte 0x" + Integer.toHexString(bytes[colon] & 0xff) + " at "
          + (colon - lineFrom) + " (expected: a token, and a colon right behind it; no folded line)");
    }
    int valueFrom = Ascii.skipSpace(bytes, colon + 1, end);
    int lineEnd = lineEnd(bytes, valueFrom, end);
    if (lineEnd < 0) {
      return false;
    }
    if (fields.count() == limits.fields()) {
      throw tooLarge("fields: more than " + limits.fields() + " (expected: fewer)");
    }
    fields.mark(lineFrom, colon, valueFrom, Ascii.trimSpace(bytes, valueFrom, lineEnd));
    lineFrom = lineEnd + 2;
    return true;
  }

  /** Where the line ends, before CR LF; -1 if that has not arrived. */
  private static int lineEnd(byte[] bytes, int from, int end) throws MalformedMessageException {
    int at = Ascii.indexOfControl(bytes, from, end);
    while (at < end && bytes[at] == '\t') {
      at = Ascii.indexOfControl(bytes, at + 1, end);
    }
    if (at == end) {
      return -1;
    }
    if (bytes[at] != '\r') {
      throw MalformedMessageException.bad("line: control character 0x" + Integer.toHexString(bytes[at] & 0xff)
          + " (expected: lines that end with CR LF, and no control characters in them)");
    }
    if (at + 1 == end) {
      return -1;
    }
    requireLineFeed(bytes[at + 1]);
    return at;
  }

  private static void requireLineFeed(byte b) throws MalformedMessageException {
    if (b != '\n') {
      throw MalformedMessageException.bad("line: CR without LF (expected: CR LF)");
    }
  }
}
