package dev.lanekeeper.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The path that one request took: the version of the workload that served each hop.
 *
 * <p>Read from the outside: A's answer holds B's; what D kept holds what C handed over, which holds what B published.
 *
 * @param a who answered the caller
 * @param b who answered A and published the message
 * @param c who consumed the message
 * @param d who kept it
 */
record Lane(String a, String b, String c, String d) {

  /** The lane of who is not overridden. */
  static final Lane BASELINE = new Lane("A", "B", "C", "D");

  private static final String UNKNOWN = "?";

  /**
   * Reads it.
   *
   * @param answer what A answered
   * @param kept what D kept
   */
  static Lane of(JsonNode answer, JsonNode kept) {
    String answered = version(answer.path("calls"));
    String published = version(kept.path("from").path("from"));
    String b = answered.equals(published) ? answered : answered + "|" + published;
    return new Lane(version(answer), b, version(kept.path("from")), version(kept));
  }

  private static String version(JsonNode workload) {
    return workload.path("version").asText(UNKNOWN);
  }

  /** The same with another B. */
  Lane withB(String version) {
    return new Lane(a, version, c, d);
  }

  /** The same with another C. */
  Lane withC(String version) {
    return new Lane(a, b, version, d);
  }

  /** The same with another D. */
  Lane withD(String version) {
    return new Lane(a, b, c, version);
  }

  /** Draws it, {@code A ── B″ ══orders══ C″ ── D}: single lines are HTTP, double ones Kafka. */
  String drawn() {
    return (a + " ── " + b + " ══orders══ " + c + " ── " + d).replace('"', '″');
  }
}
