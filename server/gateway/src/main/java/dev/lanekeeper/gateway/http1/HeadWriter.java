package dev.lanekeeper.gateway.http1;

import dev.lanekeeper.gateway.http.Ascii;
import dev.lanekeeper.gateway.http.FieldName;
import dev.lanekeeper.gateway.http.Fields;
import dev.lanekeeper.gateway.http.RequestHead;
import dev.lanekeeper.gateway.http.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpResponseStatus;

/** Writes heads and trailers. What stood in them as it is written here is copied in one piece. */
final class HeadWriter {

  private static final int ROOM = 192;
  private static final byte[] CRLF = Ascii.bytes("\r\n");
  private static final byte[] COLON = Ascii.bytes(": ");
  private static final byte[] REQUEST = Ascii.bytes(" HTTP/1.1\r\nHost: ");
  private static final byte[] CHUNKED = Ascii.bytes("Transfer-Encoding: chunked\r\n");
  private static final byte[] CLOSE = Ascii.bytes("Connection: close\r\n");
  private static final byte[] KEEP_ALIVE = Ascii.bytes("Connection: keep-alive\r\n");
  private static final byte[] UPGRADE = Ascii.bytes("Connection: Upgrade\r\nUpgrade: ");
  private static final byte[] CONTINUE = Ascii.bytes("HTTP/1.1 ");
  private static final byte[] OK = Ascii.bytes("HTTP/1.1 200 OK\r\n");

  private HeadWriter() {}

  /** Writes the head of a request, as it is sent on. */
  static void request(Outbound to, RequestHead head) {
    Fields fields = head.fields();
    fields.drop(FieldName.TE);
    ByteBuf out = to.buffer(fields.end() + ROOM + Outbound.room(head.length()));
    ByteBufUtil.writeAscii(out, head.method());
    out.writeByte(' ');
    out.writeBytes(fields.bytes(), head.targetFrom(), head.targetEnd() - head.targetFrom());
    out.writeBytes(REQUEST);
    ByteBufUtil.writeAscii(out, head.authority().text());
    out.writeBytes(CRLF);
    fields(out, fields);
    String upgrade = head.upgrade();
    if (upgrade != null) {
      out.writeBytes(UPGRADE);
      ByteBufUtil.writeAscii(out, upgrade);
      out.writeBytes(CRLF);
    }
    if (head.length() == RequestHead.STREAMED) {
      out.writeBytes(CHUNKED);
    }
    to.head(out.writeBytes(CRLF));
  }

  /**
   * Writes the head of a response.
   *
   * @param connection how the connection goes on
   */
  static void response(Outbound to, ResponseHead head, boolean chunked, Connection connection) {
    Fields fields = head.fields();
    ByteBuf out = to.buffer(fields.end() + ROOM + Outbound.room(head.length()));
    if (head.status() == 200) {
      out.writeBytes(OK);
    } else {
      out.writeBytes(CONTINUE);
      ByteBufUtil.writeAscii(out, HttpResponseStatus.valueOf(head.status()).toString());
      out.writeBytes(CRLF);
    }
    fields(out, fields);
    if (chunked) {
      out.writeBytes(CHUNKED);
    }
    switch (connection) {
      case CLOSES -> out.writeBytes(CLOSE);
      case SAYS_IT_STAYS -> out.writeBytes(KEEP_ALIVE);
      case UPGRADES -> out.writeBytes(Ascii.bytes("Connection: Upgrade\r\n"));
      case STAYS -> {
        // As it does in HTTP/1.1 where nothing is said.
      }
    }
    to.head(out.writeBytes(CRLF));
  }

  /** How a connection goes on behind a response. */
  enum Connection {
    STAYS,
    SAYS_IT_STAYS,
    CLOSES,
    UPGRADES
  }

  /** The fields that were not taken out, each on its line. */
  static void fields(ByteBuf out, Fields fields) {
    byte[] bytes = fields.bytes();
    int i = 0;
    while (i < fields.count()) {
      int stop = i;
      while (stop < fields.count() && isAsWritten(fields, stop)
          && (stop == i || fields.nameFrom(stop) == fields.valueEnd(stop - 1) + 2)) {
        stop++;
      }
      if (stop > i) {
        int from = fields.nameFrom(i);
        out.writeBytes(bytes, from, fields.valueEnd(stop - 1) + 2 - from);
        i = stop;
      } else {
        if (!fields.isDropped(i)) {
          out.writeBytes(bytes, fields.nameFrom(i), fields.nameEnd(i) - fields.nameFrom(i));
          out.writeBytes(COLON);
          out.writeBytes(bytes, fields.valueFrom(i), fields.valueEnd(i) - fields.valueFrom(i));
          out.writeBytes(CRLF);
        }
        i++;
      }
    }
  }

  /** Whether a field stands in the bytes as {@code name: value CR LF}. */
  private static boolean isAsWritten(Fields fields, int i) {
    byte[] bytes = fields.bytes();
    int end = fields.valueEnd(i);
    return !fields.isDropped(i) && fields.valueFrom(i) == fields.nameEnd(i) + 2 && bytes[fields.nameEnd(i) + 1] == ' '
        && end + 2 <= fields.end() && bytes[end] == '\r' && bytes[end + 1] == '\n';
  }
}
