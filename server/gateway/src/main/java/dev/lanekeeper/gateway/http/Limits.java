package dev.lanekeeper.gateway.http;

/**
 * What a message may take.
 *
 * @param headBytes most bytes of a head, or of trailers
 * @param fields most fields of either
 */
public record Limits(int headBytes, int fields) {

  /** As most servers have it. */
  public static final Limits STANDARD = new Limits(32 * 1024, 100);

  /**
   * Checks them.
   *
   * @throws IllegalArgumentException if one is not positive
   */
  public Limits {
    if (headBytes < 1 || fields < 1) {
      throw new IllegalArgumentException("limits: " + headBytes + ", " + fields + " (expected: at least 1)");
    }
  }
}
