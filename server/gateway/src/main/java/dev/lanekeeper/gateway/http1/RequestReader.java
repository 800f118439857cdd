package dev.lanekeeper.gateway.http1;

import dev.lanekeeper.gateway.http.Ascii;
import dev.lanekeeper.gateway.http.Authority;
import dev.lanekeeper.gateway.http.FieldName;
import dev.lanekeeper.gateway.http.Fields;
import dev.lanekeeper.gateway.http.HttpVersion;
import dev.lanekeeper.gateway.http.Limits;
import dev.lanekeeper.gateway.http.MalformedMessageException;
import dev.lanekeeper.gateway.http.RequestHead;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads the heads of requests on one connection.
 *
 * <p>INVARIANT: where a request ends nobody may doubt (RFC 9112, section 6.3): one length, of digits alone, or chunks, and never both.
 */
final class RequestReader extends HeadReader {

  private static final int USUAL_SIZE = 1024;
  private static final int LONGEST_METHOD = 32;
  private static final String WEB_SOCKET = "websocket";

  private final RequestHead head;
  private final boolean secure;
  private String method = "";
  private int targetFrom;
  private int targetEnd;
  private boolean http10;
  private boolean keepsAlive;
  private Authority recent = new Authority("", -1, "");

  /** {@code secure}: whether the connection is. */
  RequestReader(Limits limits, boolean secure) {
    super(new Fields(USUAL_SIZE), limits);
    this.secure = secure;
    head = new RequestHead(fields());
  }

  /** Whether the connection may serve another request after this one. */
  boolean keepsAlive() {
    return keepsAlive;
  }

  @Override
  MalformedMessageException tooLarge(String message) {
    return new MalformedMessageException(431, message);
  }

  @Override
  boolean hasStartLine() {
    return true;
  }

  @Override
  boolean mayBeginEmpty() {
    return true;
  }

  @Override
  void startLine(byte[] bytes, int from, int end) throws MalformedMessageException {
    int space = Ascii.indexOf(bytes, from, end, ' ');
    if (!Ascii.isToken(bytes, from, space) || space - from > LONGEST_METHOD) {
      throw MalformedMessageException
          .bad("method: no token of at most " + LONGEST_METHOD + " bytes (expected: GET, say)");
    }
    int secondSpace = Ascii.indexOf(bytes, space + 1, end, ' ');
    if (secondSpace == end || secondSpace == space + 1) {
      throw MalformedMessageException.bad("start line: two parts (expected: method, target and version)");
    }
    http10 = isHttp10(bytes, secondSpace + 1, end);
    method = method(bytes, from, space);
    targetFrom = space + 1;
    targetEnd = secondSpace;
    for (int i = targetFrom; i < targetEnd; i++) {
      if (bytes[i] < '!' || bytes[i] == '#') { // bytes beyond ASCII are negative
        throw MalformedMessageException.bad("target: byte 0x" + Integer.toHexString(bytes[i] & 0xff)
            + " (expected: visible ASCII without a fragment)");
      }
    }
  }

  private static boolean isHttp10(byte[] bytes, int from, int end) throws MalformedMessageException {
    boolean http1 = end - from == 8 && bytes[from] == 'H' && bytes[from + 1] == 'T' && bytes[from + 2] == 'T'
        && bytes[from + 3] == 'P' && bytes[from + 4] == '/' && bytes[from + 5] == '1' && bytes[from + 6] == '.';
    if (!http1 || (bytes[from + 7] != '1' && bytes[from + 7] != '0')) {
      boolean http = end - from == 8 && Ascii.text(bytes, from, from + 5).equals("HTTP/");
      throw new MalformedMessageException(http ? 505 : 400, "version: not understood (expected: HTTP/1.1 or HTTP/1.0)");
    }
    return bytes[from + 7] == '0';
  }

  private static String method(byte[] bytes, int from, int end) {
    return switch (end - from) {
      case 3 -> bytes[from] == 'G' && bytes[from + 1] == 'E' && bytes[from + 2] == 'T'
          ? "GET"
          : bytes[from] == 'P' && bytes[from + 1] == 'U' && bytes[from + 2] == 'T'
              ? "PUT"
              : Ascii.text(bytes, from, end);
      case 4 -> bytes[from] == 'P' && bytes[from + 1] == 'O' && bytes[from + 2] == 'S' && bytes[from + 3] == 'T'
          ? "POST"
          : Ascii.text(bytes, from, end);
      default -> Ascii.text(bytes, from, end);
    };
  }

  /** What was read, without what belongs to this hop only; valid until {@link #reset}. */
  RequestHead head() throws MalformedMessageException {
    Fields fields = fields();
    byte[] bytes = fields.bytes();
    Authority host = null;
    int lengthAt = -1;
    int codingAt = -1;
    int upgradeAt = -1;
    boolean connection = false;
    for (int i = 0; i < fields.count(); i++) {
      FieldName name = fields.name(i);
      if (name == null) {
        continue;
      }
      switch (name) {
        case HOST -> {
          requireOne(host == null, "host");
          host = authority(bytes, fields.valueFrom(i), fields.valueEnd(i));
          fields.drop(i);
        }
        case CONTENT_LENGTH -> {
          requireOne(lengthAt < 0, "content-length");
          lengthAt = i;
        }
        case TRANSFER_ENCODING -> {
          requireOne(codingAt < 0, "transfer-encoding");
          codingAt = i;
          fields.drop(i);
        }
        case UPGRADE -> {
          requireOne(upgradeAt < 0, "upgrade");
          upgradeAt = i;
          fields.drop(i);
        }
        case CONNECTION -> {
          connection = true;
          fields.drop(i);
        }
        case KEEP_ALIVE, PROXY_CONNECTION, PROXY_AUTHORIZATION, HTTP2_SETTINGS, TE -> fields.drop(i);
        default -> {
          // It goes on as it came.
        }
      }
    }
    // INVARIANT: to nothing but web sockets: behind a change to HTTP/2 whole requests would pass unseen.
    boolean upgrades =
        connection(connection) && upgradeAt >= 0 && !http10 && fields.isValue(upgradeAt, WEB_SOCKET);
    long length = length(lengthAt, codingAt);
    target(host, upgrades ? WEB_SOCKET : null, length);
    return head;
  }

  private static void requireOne(boolean first, String name) throws MalformedMessageException {
    if (!first) {
      throw MalformedMessageException.bad(name + ": stands twice (expected: once)");
    }
  }

  /** The host that was named last is nearly always named again. */
  private Authority authority(byte[] bytes, int from, int end) throws MalformedMessageException {
    String text = recent.text();
    boolean same = end - from == text.length();
    for (int i = 0; same && i < text.length(); i++) {
      same = bytes[from + i] == text.charAt(i);
    }
    if (!same || text.isEmpty()) {
      recent = Authority.of(bytes, from, end);
    }
    return recent;
  }

  /**
   * Reads the options of the connection, and takes out the fields that they name (RFC 9110, section 7.6.1).
   *
   * @return whether one of them is {@code upgrade}
   */
  private boolean connection(boolean present) throws MalformedMessageException {
    keepsAlive = !http10;
    if (!present) {
      return false;
    }
    boolean upgrades = false;
    boolean closes = false;
    Fields fields = fields();
    for (int i = 0; i < fields.count(); i++) {
      if (fields.name(i) != FieldName.CONNECTION) {
        continue;
      }
      for (String member : fields.valueText(i).split(",", -1)) {
        String option = member.trim().toLowerCase(Locale.ROOT);
        switch (option) {
          case "" -> {
            // An empty member of a list (RFC 9110, section 5.6.1.2).
          }
          case "close" -> closes = true;
          case "keep-alive" -> keepsAlive = true;
          case "upgrade" -> upgrades = true;
          case "host", "content-length", "transfer-encoding", "connection" -> throw MalformedMessageException
              .bad("connection: " + option + " (expected: no field that says where a request goes or ends)");
          default -> fields.dropIf(at -> fields.isNamed(at, option));
        }
      }
    }
    keepsAlive &= !closes;
    return upgrades;
  }

  private long length(int lengthAt, int codingAt) throws MalformedMessageException {
    Fields fields = fields();
    byte[] bytes = fields.bytes();
    if (codingAt >= 0) {
      if (lengthAt >= 0 || http10) {
        throw MalformedMessageException
            .bad("transfer-encoding: beside content-length, or in HTTP/1.0 (expected: one of them)");
      }
      if (!fields.isValue(codingAt, "chunked")) {
        throw new MalformedMessageException(501, "transfer-encoding: not understood (expected: chunked)");
      }
      return RequestHead.STREAMED;
    }
    if (lengthAt < 0) {
      return 0;
    }
    long length = Ascii.number(bytes, fields.valueFrom(lengthAt), fields.valueEnd(lengthAt));
    if (length < 0) {
      throw MalformedMessageException.bad("content-length: no number (expected: digits alone)");
    }
    return length;
  }

  /** Takes the target apart (RFC 9112, section 3.2). */
  private void target(@Nullable Authority host, @Nullable String upgrade, long length)
      throws MalformedMessageException {
    if (host == null && !http10) {
      throw MalformedMessageException.bad("host: missing (expected: one)");
    }
    byte[] bytes = fields().bytes();
    if (method.equals("CONNECT")) {
      Authority to = Authority.of(bytes, targetFrom, targetEnd);
      set(requireSame(host, to), secure, targetFrom, targetEnd, length, upgrade);
    } else if (bytes[targetFrom] == '/' || (targetEnd - targetFrom == 1 && bytes[targetFrom] == '*')) {
      if (bytes[targetFrom] == '*' && !method.equals("OPTIONS")) {
        throw MalformedMessageException.bad("target: * (expected: with OPTIONS only)");
      }
      if (host == null) {
        throw MalformedMessageException.bad("host: missing (expected: one, also in HTTP/1.0)");
      }
      set(host, secure, targetFrom, targetEnd, length, upgrade);
    } else {
      absolute(host, upgrade, length);
    }
  }

  private void absolute(@Nullable Authority host, @Nullable String upgrade, long length)
      throws MalformedMessageException {
    byte[] bytes = fields().bytes();
    boolean https = begins(bytes, "https://");
    if (!https && !begins(bytes, "http://")) {
      throw MalformedMessageException
          .bad("target: neither a path nor a URL (expected: /path, or http://host/path to a proxy)");
    }
    int from = targetFrom + (https ? 8 : 7);
    int end = from;
    while (end < targetEnd && bytes[end] != '/' && bytes[end] != '?') {
      end++;
    }
    Authority to = requireSame(host, Authority.of(bytes, from, end));
    int pathFrom = end;
    int pathEnd = targetEnd;
    if (end == targetEnd || bytes[end] == '?') {
      String path = '/' + Ascii.text(bytes, end, targetEnd);
      pathFrom = fields().append(path);
      pathEnd = fields().end();
    }
    set(to, https, pathFrom, pathEnd, length, upgrade);
  }

  private boolean begins(byte[] bytes, String scheme) {
    int end = targetFrom + scheme.length();
    return end <= targetEnd && Ascii.equalsIgnoreCase(bytes, targetFrom, end, scheme);
  }

  /** A host beside another one in the target would be whom one reader believes, and not the next. */
  private static Authority requireSame(@Nullable Authority host, Authority target) throws MalformedMessageException {
    if (host != null && !(host.host().equals(target.host()) && isSamePort(host, target))) {
      throw MalformedMessageException
          .bad("host: " + host + " beside " + target + " in the target (expected: the same)");
    }
    return target;
  }

  private static boolean isSamePort(Authority host, Authority target) {
    return host.port() == target.port() || host.port() < 0 || target.port() < 0;
  }

  private void set(Authority authority, boolean isSecure, int from, int end, long length, @Nullable String upgrade) {
    head.set(method, isSecure, authority, from, end, length, http10 ? HttpVersion.HTTP_1_0 : HttpVersion.HTTP_1_1,
        upgrade);
  }
}
