package dev.lanekeeper.gateway.http2;

import dev.lanekeeper.gateway.http.Ascii;
import dev.lanekeeper.gateway.http.Authority;
import dev.lanekeeper.gateway.http.FieldName;
import dev.lanekeeper.gateway.http.Fields;
import dev.lanekeeper.gateway.http.HttpVersion;
import dev.lanekeeper.gateway.http.Limits;
import dev.lanekeeper.gateway.http.MalformedMessageException;
import dev.lanekeeper.gateway.http.RequestHead;
import dev.lanekeeper.gateway.http.ResponseHead;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** From heads of HTTP/2 to those that the gateway holds, and back. */
final class Http2Heads {

  private static final int USUAL_SIZE = 512;
  private static final int MOST_FIELDS = Limits.STANDARD.fields();

  private Http2Heads() {}

  /**
   * A request.
   *
   * @param last whether no body follows
   */
  static RequestHead request(Http2Headers headers, boolean last) throws MalformedMessageException {
    Fields fields = new Fields(USUAL_SIZE);
    CharSequence method = headers.method();
    CharSequence path = headers.path();
    CharSequence scheme = headers.scheme();
    if (method == null || path == null || scheme == null || headers.contains(":protocol")) {
      throw new MalformedMessageException(method != null && "CONNECT".contentEquals(method) ? 501 : 400,
          "pseudo-fields: not those of a request (expected: :method, :scheme, :authority and :path)");
    }
    if (!Ascii.isToken(Ascii.bytes(method.toString()), 0, method.length())) {
      throw MalformedMessageException.bad(":method: no token (expected: GET, say)");
    }
    int from = target(fields, path, method);
    int end = fields.end();
    copy(headers, fields);
    cookies(fields);
    Authority authority = authority(headers.authority(), fields);
    fields.drop(FieldName.HOST);
    long length = last ? 0 : RequestHead.STREAMED;
    int lengthAt = fields.find(FieldName.CONTENT_LENGTH);
    if (lengthAt >= 0) {
      length = Ascii.number(fields.bytes(), fields.valueFrom(lengthAt), fields.valueEnd(lengthAt));
      if (length < 0 || (last && length > 0)) {
        throw MalformedMessageException.bad("content-length: not that of the body (expected: digits alone)");
      }
    }
    RequestHead head = new RequestHead(fields);
    head.set(method.toString(), "https".contentEquals(scheme), authority, from, end, length, HttpVersion.HTTP_2, null);
    return head;
  }

  private static int target(Fields fields, CharSequence path, CharSequence method) throws MalformedMessageException {
    boolean whole = path.length() == 1 && path.charAt(0) == '*' && "OPTIONS".contentEquals(method);
    boolean wrong = path.length() == 0 || (path.charAt(0) != '/' && !whole);
    for (int i = 0; !wrong && i < path.length(); i++) {
      wrong = path.charAt(i) <= ' ' || path.charAt(i) >= 0x7f || path.charAt(i) == '#';
    }
    if (wrong) {
      throw MalformedMessageException
          .bad(":path: not understood (expected: /path in visible ASCII without a fragment)");
    }
    return fields.append(path);
  }

  private static Authority authority(@Nullable CharSequence named, Fields fields) throws MalformedMessageException {
    int host = fields.find(FieldName.HOST);
    String text = named != null ? named.toString() : host >= 0 ? fields.valueText(host) : "";
    byte[] bytes = Ascii.bytes(text);
    Authority authority = Authority.of(bytes, 0, bytes.length);
    if (named != null && host >= 0 && !fields.valueText(host).equalsIgnoreCase(text)) {
      throw MalformedMessageException.bad("host: beside another :authority (expected: the same)");
    }
    return authority;
  }

  /** Copies what is no pseudo-field. */
  private static void copy(Http2Headers headers, Fields fields) throws MalformedMessageException {
    for (Map.Entry<CharSequence, CharSequence> header : headers) {
      CharSequence name = header.getKey();
      if (name.length() > 0 && name.charAt(0) == ':') {
        continue;
      }
      if (fields.count() == MOST_FIELDS) {
        throw new MalformedMessageException(431, "fields: more than " + MOST_FIELDS + " (expected: fewer)");
      }
      requireName(name);
      requireValue(name, header.getValue());
      fields.add(name, header.getValue());
      FieldName known = fields.name(fields.count() - 1);
      if (known != null) {
        requireAllowed(fields, fields.count() - 1, known);
      }
    }
  }

  private static void requireName(CharSequence name) throws MalformedMessageException {
    boolean wrong = name.length() == 0;
    for (int i = 0; !wrong && i < name.length(); i++) {
      char c = name.charAt(i);
      wrong = c > 0x7f || !Ascii.isToken((byte) c) || (c >= 'A' && c <= 'Z');
    }
    if (wrong) {
      throw MalformedMessageException.bad("field name: not understood (expected: a token in lower case)");
    }
  }

  private static void requireValue(CharSequence name, CharSequence value) throws MalformedMessageException {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if ((c < ' ' && c != '\t') || c == 0x7f || c > 0xff) {
        throw MalformedMessageException.bad(name + ": control character (expected: none)");
      }
    }
  }

  /** RFC 9113, section 8.2.2. */
  private static void requireAllowed(Fields fields, int i, FieldName name) throws MalformedMessageException {
    switch (name) {
      case CONNECTION, KEEP_ALIVE, PROXY_CONNECTION, TRANSFER_ENCODING, UPGRADE, HTTP2_SETTINGS ->
        throw MalformedMessageException
            .bad(name.text() + ": in HTTP/2 (expected: no field about the connection)");
      case TE -> {
        if (!fields.isValue(i, "trailers")) {
          throw MalformedMessageException.bad("te: not understood (expected: trailers)");
        }
      }
      case CONTENT_LENGTH, HOST -> {
        if (fields.find(name) != i) {
          throw MalformedMessageException.bad(name.text() + ": stands twice (expected: once)");
        }
      }
      default -> {
        // It may stand there as it likes.
      }
    }
  }

  /** Crumbs of cookies are one field everywhere else (RFC 9113, section 8.2.3). */
  private static void cookies(Fields fields) {
    int first = fields.find(FieldName.COOKIE);
    StringBuilder whole = null;
    for (int i = first + 1; first >= 0 && i < fields.count(); i++) {
      if (fields.name(i) == FieldName.COOKIE) {
        whole = whole == null ? new StringBuilder(fields.valueText(first)) : whole;
        whole.append("; ").append(fields.valueText(i));
      }
    }
    if (whole != null) {
      fields.drop(FieldName.COOKIE);
      fields.add(FieldName.COOKIE.text(), whole);
    }
  }

  /** A response. {@code last}: whether no body follows. */
  static ResponseHead response(Http2Headers headers, boolean last) throws MalformedMessageException {
    CharSequence text = headers.status();
    byte[] bytes = text == null ? new byte[0] : Ascii.bytes(text.toString());
    long status = bytes.length == 3 ? Ascii.number(bytes, 0, 3) : -1;
    if (status < 100 || status > 599 || status == 101) {
      throw MalformedMessageException.bad(":status: not understood (expected: 200, say)");
    }
    Fields fields = new Fields(USUAL_SIZE);
    copy(headers, fields);
    ResponseHead head = new ResponseHead(fields);
    int at = fields.find(FieldName.CONTENT_LENGTH);
    long length =
        at < 0 ? ResponseHead.STREAMED : Ascii.number(fields.bytes(), fields.valueFrom(at), fields.valueEnd(at));
    if (at >= 0 && length < 0) {
      throw MalformedMessageException.bad("content-length: no number (expected: digits alone)");
    }
    head.set((int) status, last ? 0 : length);
    return head;
  }

  /** The fields behind a body. */
  static Fields trailers(Http2Headers headers) throws MalformedMessageException {
    Fields fields = new Fields(USUAL_SIZE);
    copy(headers, fields);
    for (int i = 0; i < fields.count(); i++) {
      if (fields.name(i) != null) {
        fields.drop(i);
      }
    }
    return fields;
  }

  /** A request, as it is sent. */
  static Http2Headers headers(RequestHead head) {
    Http2Headers headers = new DefaultHttp2Headers(false).method(head.method()).scheme(head.scheme())
        .authority(head.authority().text()).path(head.target());
    add(headers, head.fields());
    return headers;
  }

  /** A response, as it is sent. */
  static Http2Headers headers(ResponseHead head) {
    Http2Headers headers = new DefaultHttp2Headers(false).status(Integer.toString(head.status()));
    add(headers, head.fields());
    return headers;
  }

  /** Trailers, as they are sent. */
  static Http2Headers headers(Fields trailers) {
    Http2Headers headers = new DefaultHttp2Headers(false);
    add(headers, trailers);
    return headers;
  }

  private static void add(Http2Headers headers, Fields fields) {
    byte[] bytes = fields.bytes();
    for (int i = 0; i < fields.count(); i++) {
      if (!fields.isDropped(i)) {
        AsciiString name = new AsciiString(bytes, fields.nameFrom(i), fields.nameEnd(i) - fields.nameFrom(i), true);
        headers.add(name.toLowerCase(),
            new AsciiString(bytes, fields.valueFrom(i), fields.valueEnd(i) - fields.valueFrom(i), true));
      }
    }
  }
}
