package dev.lanekeeper.gateway.routing;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is answered in the gateway itself.
 *
 * @param status of HTTP, 200 to 599
 * @param fields names and values, in their order; what belongs to one hop is left out
 * @param body whole; not copied
 * @param fault what goes wrong instead; null: nothing
 * @param pieces in how many the body is sent
 * @param durationMillis over which time they are spread
 */
@SuppressWarnings("ArrayRecordComponent") // it goes from hand to hand, and is not compared
public record LocalResponse(int status, List<Map.Entry<String, String>> fields, byte[] body, @Nullable Fault fault,
    int pieces, long durationMillis) {

  /** What can go wrong with an answer on its way. */
  public enum Fault {
    /** The connection is reset. */
    RESET,
    /** The connection is closed before a byte of the answer. */
    EMPTY,
    /** What comes is no HTTP, and the connection is closed. */
    GARBAGE,
    /** The head is right, what follows is no body, and the connection is closed. */
    MALFORMED_BODY
  }

  /** Copies the fields. */
  public LocalResponse {
    fields = List.copyOf(fields);
  }

  /** An answer that is sent as a whole. */
  public LocalResponse(int status, List<Map.Entry<String, String>> fields, byte[] body) {
    this(status, fields, body, null, 1, 0);
  }

  /** A refusal (RFC 9457). */
  public static LocalResponse of(Refusal refusal) {
    return new LocalResponse(refusal.status(),
        List.of(Map.entry("content-type", "application/problem+json"), Map.entry("cache-control", "no-store")),
        refusal.json().getBytes(StandardCharsets.UTF_8));
  }
}
