package dev.lanekeeper.model;

/** From one revision up to another. */
final class Span {

  private Span() {}

  static void check(long from, long to) {
    if (from <= 0 || to <= from) {
      throw new IllegalArgumentException("life: from " + from + " to " + to + " (expected: 0 < from < to)");
    }
  }
}
