package dev.lanekeeper.controlplane.operations;

import java.time.Duration;

/** A time that several waits share. Measured by the machine's own clock, whatever the store's says. */
final class Patience {

  private static final Duration LEAST = Duration.ofMillis(100);

  private final long endNanos;

  Patience(Duration whole) {
    this.endNanos = System.nanoTime() + whole.toNanos();
  }

  /** What is left, or a little where nothing is. */
  Duration left() {
    Duration left = Duration.ofNanos(endNanos - System.nanoTime());
    return left.compareTo(LEAST) < 0 ? LEAST : left;
  }

  /** Whether nothing is left. */
  boolean isOver() {
    return System.nanoTime() - endNanos >= 0;
  }
}
