package dev.lanekeeper.gateway.proxy;

import dev.lanekeeper.gateway.http.Fields;
import dev.lanekeeper.gateway.http.RequestHead;
import dev.lanekeeper.gateway.http.ResponseHead;
import dev.lanekeeper.gateway.routing.Refusal;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** A response of the gateway's own. */
public final class Answer {

  private static final int USUAL_SIZE = 256;

  private final ResponseHead head = new ResponseHead(new Fields(USUAL_SIZE));
  private final byte[] body;

  private Answer(int status, String type, byte[] body) {
    this.body = body;
    head.set(status, body.length);
    head.fields().add("content-type", type);
    head.fields().add("cache-control", "no-store");
    head.fields().add("content-length", Integer.toString(body.length));
  }

  /** A refusal (RFC 9457). */
  public static Answer of(Refusal refusal) {
    Answer answer = new Answer(refusal.status(), "application/problem+json",
        refusal.json().getBytes(StandardCharsets.UTF_8));
    if (refusal.retryAfterSeconds() > 0) {
      answer.head.fields().add("retry-after", Integer.toString(refusal.retryAfterSeconds()));
    }
    return answer;
  }

  /** Writes it, as the answer to a request: to a call of gRPC with a status of gRPC's own, which its client understands. */
  public void send(Downstream to, RequestHead request) {
    if (request.isGrpc()) {
      ResponseHead trailersOnly = new ResponseHead(new Fields(USUAL_SIZE));
      trailersOnly.set(200, 0);
      trailersOnly.fields().add("content-type", "application/grpc");
      trailersOnly.fields().add("grpc-status", Integer.toString(grpcStatus(head.status())));
      trailersOnly.fields().add("grpc-message", grpcMessage(new String(body, StandardCharsets.UTF_8)));
      to.respond(trailersOnly, true);
    } else {
      send(to, request.method().equals("HEAD"));
    }
  }

  /** As gRPC names it (gRPC, "Status codes and their use"). */
  private static int grpcStatus(int status) {
    return switch (status) {
      case 400, 431 -> 3; // invalid argument
      case 403 -> 7; // permission denied
      case 401 -> 16; // unauthenticated
      case 410, 421 -> 9; // failed precondition
      case 429 -> 8; // resource exhausted
      case 504, 408 -> 4; // deadline exceeded
      case 508, 501 -> 12; // unimplemented
      default -> 14; // unavailable
    };
  }

  /** Percent-encoded (gRPC over HTTP/2, Status-Message). */
  private static String grpcMessage(String text) {
    StringBuilder out = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      if (b >= ' ' && b < 0x7f && b != '%') {
        out.append((char) b);
      } else {
        out.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
      }
    }
    return out.toString();
  }

  /**
   * Writes it.
   *
   * @param bodiless whether it answers {@code HEAD}
   */
  public void send(Downstream to, boolean bodiless) {
    to.respond(head, bodiless);
    if (!bodiless) {
      to.body(Unpooled.wrappedBuffer(body));
      to.end(null);
    }
  }
}
