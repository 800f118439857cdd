package dev.lanekeeper.gateway.http1;

import dev.lanekeeper.gateway.http.Ascii;
import dev.lanekeeper.gateway.http.Fields;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Writes a body in chunks (RFC 9112, section 7.1). */
final class ChunkWriter {

  private static final byte[] CRLF = Ascii.bytes("\r\n");
  private static final byte[] LAST = Ascii.bytes("0\r\n");
  private static final int LONGEST_SIZE = 10;
  /** Up to here a piece is copied between its size and its end: one write costs more. */
  private static final int SHORT = 4096;

  private ChunkWriter() {}

  /** Writes a piece, which it releases; an empty one is none. */
  static void piece(Outbound to, ByteBuf piece) {
    int length = piece.readableBytes();
    if (length == 0) {
      piece.release();
      return;
    }
    boolean copied = length <= SHORT;
    ByteBuf out = to.buffer(LONGEST_SIZE + (copied ? length + 2 : 0));
    out.writeBytes(Ascii.bytes(Integer.toHexString(length))).writeBytes(CRLF);
    if (copied) {
      to.write(out.writeBytes(piece).writeBytes(CRLF));
      piece.release();
    } else {
      to.write(out);
      to.write(piece);
      to.write(to.buffer(2).writeBytes(CRLF));
    }
  }

  /** Writes the end. {@code trailers}: null if there are none. */
  static void end(Outbound to, @Nullable Fields trailers) {
    ByteBuf out = to.buffer(LAST.length + 2 + (trailers == null ? 0 : 2 * trailers.end()));
    out.writeBytes(LAST);
    if (trailers != null) {
      HeadWriter.fields(out, trailers);
    }
    to.write(out.writeBytes(CRLF));
  }
}
