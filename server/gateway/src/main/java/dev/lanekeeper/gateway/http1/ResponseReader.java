package dev.lanekeeper.gateway.http1;

import dev.lanekeeper.gateway.http.Ascii;
import dev.lanekeeper.gateway.http.FieldName;
import dev.lanekeeper.gateway.http.Fields;
import dev.lanekeeper.gateway.http.Limits;
import dev.lanekeeper.gateway.http.MalformedMessageException;
import dev.lanekeeper.gateway.http.ResponseHead;
import java.util.Locale;

/** Reads the heads of responses on one connection. */
final class ResponseReader extends HeadReader {

  private static final int USUAL_SIZE = 1024;

  private final ResponseHead head;
  private int status;
  private boolean http10;
  private boolean keepsAlive;
  private boolean untilClose;

  ResponseReader(Limits limits) {
    super(new Fields(USUAL_SIZE), limits);
    head = new ResponseHead(fields());
  }

  /** Whether the connection may be used for another request after this response. */
  boolean keepsAlive() {
    return keepsAlive;
  }

  /** Whether the body ends with the connection. */
  boolean isUntilClose() {
    return untilClose;
  }

  @Override
  MalformedMessageException tooLarge(String message) {
    return MalformedMessageException.bad(message);
  }

  @Override
  boolean hasStartLine() {
    return true;
  }

  @Override
  boolean mayBeginEmpty() {
    return false;
  }

  @Override
  void startLine(byte[] bytes, int from, int end) throws MalformedMessageException {
    boolean http1 = end - from >= 12 && Ascii.equalsIgnoreCase(bytes, from, from + 7, "http/1.")
        && (bytes[from + 7] == '1' || bytes[from + 7] == '0') && bytes[from + 8] == ' '
        && (end - from == 12 || bytes[from + 12] == ' ');
    status = http1 ? (int) Ascii.number(bytes, from + 9, from + 12) : -1;
    if (status < 100 || status > 599) {
      throw MalformedMessageException.bad("status line: not understood (expected: HTTP/1.1 200 OK, say)");
    }
    http10 = bytes[from + 7] == '0';
  }

  /**
   * What was read, without what belongs to this hop only; valid until {@link #reset}.
   *
   * @param method of the request that it answers
   */
  ResponseHead head(String method) throws MalformedMessageException {
    Fields fields = fields();
    long length = -1;
    int codings = 0;
    boolean chunked = false;
    keepsAlive = !http10;
    boolean closes = false;
    for (int i = 0; i < fields.count(); i++) {
      FieldName name = fields.name(i);
      if (name == null) {
        continue;
      }
      switch (name) {
        case CONTENT_LENGTH -> {
          long next = Ascii.number(fields.bytes(), fields.valueFrom(i), fields.valueEnd(i));
          if (next < 0 || length >= 0) {
            throw MalformedMessageException.bad("content-length: no number, or twice (expected: digits alone, once)");
          }
          length = next;
        }
        case TRANSFER_ENCODING -> {
          codings++;
          chunked = fields.isValue(i, "chunked");
          fields.drop(i);
        }
        case CONNECTION -> {
          closes |= fields.lists(FieldName.CONNECTION, "close");
          keepsAlive |= fields.lists(FieldName.CONNECTION, "keep-alive");
          dropNamed(i);
        }
        case KEEP_ALIVE, PROXY_CONNECTION, PROXY_AUTHENTICATE -> fields.drop(i);
        case UPGRADE -> {
          if (status != 101) {
            fields.drop(i);
          }
        }
        default -> {
          // It goes on as it came.
        }
      }
    }
    keepsAlive &= !closes;
    frame(method, length, codings, chunked);
    return head;
  }

  private void dropNamed(int at) {
    Fields fields = fields();
    for (String member : fields.valueText(at).split(",", -1)) {
      String option = member.trim().toLowerCase(Locale.ROOT);
      if (!option.isEmpty() && !option.equals("content-length") && !(status == 101 && option.equals("upgrade"))) {
        fields.dropIf(i -> fields.isNamed(i, option));
      }
    }
    fields.drop(at);
  }

  private void frame(String method, long length, int codings, boolean chunked) throws MalformedMessageException {
    if (codings > 0 && (codings > 1 || !chunked || length >= 0 || http10)) {
      throw MalformedMessageException
          .bad("transfer-encoding: beside content-length, in HTTP/1.0, or not understood (expected: chunked alone)");
    }
    if (status < 200 || status == 204) {
      fields().drop(FieldName.CONTENT_LENGTH);
    }
    boolean empty = method.equals("HEAD") || status < 200 || status == 204 || status == 304;
    untilClose = !empty && codings == 0 && length < 0;
    keepsAlive &= !untilClose;
    head.set(status, empty ? 0 : length >= 0 ? length : ResponseHead.STREAMED);
  }
}
