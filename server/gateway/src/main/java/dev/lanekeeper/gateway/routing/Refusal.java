package dev.lanekeeper.gateway.routing;

import dev.lanekeeper.model.Calls;

/**
 * Why a request is answered by the gateway itself, as {@code application/problem+json} (RFC 9457).
 *
 * @param status the HTTP status
 * @param code stable; listed in the reference
 * @param title one phrase for people
 * @param detail what was met, and what was expected
 * @param retryAfterSeconds when asking again may help; 0: it will not
 */
public record Refusal(int status, String code, String title, String detail, int retryAfterSeconds) {

  private static final String TYPE = "https://lanekeeper.dev/problems/";

  /** A refusal that asking again does not change. */
  public Refusal(int status, String code, String title, String detail) {
    this(status, code, title, detail, 0);
  }

  /** A request that could not be read. */
  public static Refusal malformed(int status, String detail) {
    return new Refusal(status, "request-malformed", "Request malformed", detail);
  }

  /** The server to which it was to go cannot be reached, or did not answer properly. */
  public static Refusal unreachable(int status, String detail) {
    return new Refusal(status, "owner-unreachable", "Owner unreachable", detail);
  }

  /** What the rule says. */
  static Refusal of(Calls.Refuse refuse) {
    String code = refuse.reason().code();
    return switch (refuse.reason()) {
      case TENANCY_UNKNOWN -> new Refusal(403, code, "Tenancy unknown", refuse.message());
      case TENANCY_ENDED -> new Refusal(410, code, "Tenancy ended", refuse.message());
      case TENANCY_IN_DOUBT -> new Refusal(503, code, "Tenancy in doubt", refuse.message(), 1);
      case MISDIRECTED -> new Refusal(421, code, "Misdirected request", refuse.message());
      case OWNER_UNREACHABLE -> new Refusal(502, code, "Owner unreachable", refuse.message());
      default -> new Refusal(502, code, "The gateway failed", refuse.message());
    };
  }

  /** As it travels. */
  public String json() {
    return "{\"type\":\"" + TYPE + code + "\",\"title\":\"" + quoted(title) + "\",\"status\":" + status + ",\"code\":\""
        + code + "\",\"detail\":\"" + quoted(detail) + "\"}";
  }

  private static String quoted(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ' || c >= 0x7f) {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }
}
