package dev.lanekeeper.api;

import dev.lanekeeper.model.WireNames;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Which headers and baggage members may carry a tenancy. Not those that mean something to HTTP itself, to a proxy, to whom
 * the caller is, or to tracing: a request with one of these overwritten would be another request.
 */
final class CarrierNames {

  private static final Set<String> TAKEN = Set.of("host", "authorization", "cookie", "set-cookie", "transfer-encoding",
      "connection", "keep-alive", "upgrade", "te", "trailer", "expect", "forwarded", "via", "http2-settings",
      "traceparent", "tracestate", WireNames.BAGGAGE);
  private static final List<String> TAKEN_PREFIXES = List.of("content-", "proxy-", "x-forwarded-");

  private CarrierNames() {}

  /**
   * Checks names that are tokens already.
   *
   * @throws IllegalArgumentException if a header is taken, or a baggage member stands twice without regard to case
   */
  static void check(WireNames names) {
    for (String header : names.headers()) {
      String lower = header.toLowerCase(Locale.ROOT);
      if (TAKEN.contains(lower) || TAKEN_PREFIXES.stream().anyMatch(lower::startsWith)) {
        throw new IllegalArgumentException("names.headers: \"" + header
            + "\" (expected: a header of its own, such as X-Tenancy-ID; this one has a meaning in HTTP, to proxies or to "
            + "tracing)");
      }
    }
    Set<String> seen = new HashSet<>();
    for (String member : names.members()) {
      once("names.members", member, seen);
    }
    once("names.stamp", names.stampMember(), seen);
    once("names.overrides", names.overridesMember(), seen);
  }

  /** Baggage tells them apart by case; whoever writes plain header rules for them does not. */
  private static void once(String field, String member, Set<String> seen) {
    if (!seen.add(member.toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException(field + ": \"" + member
          + "\" (expected: a baggage member that is not named yet; case does not count)");
    }
  }
}
