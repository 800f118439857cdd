package dev.lanekeeper.client;

import com.fasterxml.jackson.core.JsonFactory;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Why the control plane refused (RFC 9457).
 *
 * @param status the HTTP status
 * @param code the stable code; empty if it named none
 * @param detail for people
 */
record Problem(int status, String code, String detail) {

  private static final JsonFactory FACTORY = new JsonFactory();

  /** What a reply says; only its status if it says nothing that can be read. */
  static Problem of(ControlPlane.Reply reply) {
    try (JsonInput in = new JsonInput(FACTORY.createParser(reply.body()))) {
      return read(in, reply.status());
    } catch (IOException | RouteFormatException e) {
      return new Problem(reply.status(), "", "status " + reply.status());
    }
  }

  private static Problem read(JsonInput in, int status) throws IOException, RouteFormatException {
    String code = "";
    String detail = "status " + status;
    String next = null;
    in.enter();
    for (String field = in.field(); field != null; field = in.field()) {
      switch (field) {
        case "code" -> code = textOr(in, code);
        case "detail" -> detail = textOr(in, detail);
        case "next" -> next = in.isNull() ? null : in.text();
        default -> in.skip();
      }
    }
    return new Problem(status, code, withNext(detail, next));
  }

  private static String textOr(JsonInput in, String otherwise) throws IOException, RouteFormatException {
    return in.isNull() ? otherwise : in.text();
  }

  private static String withNext(String detail, @Nullable String next) {
    return next == null ? detail : detail + "; " + next;
  }

  /** One line for people. */
  String text() {
    return code.isEmpty() ? detail : code + ": " + detail;
  }
}
