package dev.lanekeeper.controlplane.operations;

import java.time.Duration;
import java.util.function.LongSupplier;

/** A time that several waits share. Measured by the machine's own clock, whatever the store's says. */
final class Patience {

  private static final Duration LEAST = Duration.ofMillis(100);

  private final LongSupplier nanos;
  private final long endNanos;

  Patience(Duration whole, LongSupplier nanos) {
    this.nanos = nanos;
    this.endNanos = nanos.getAsLong() + whole.toNanos();
  }

  /** What is left, or a little where nothing is. */
  Duration left() {
    Duration left = Duration.ofNanos(endNanos - nanos.getAsLong());
    return left.compareTo(LEAST) < 0 ? LEAST : left;
  }

  /** Whether nothing is left. */
  boolean isOver() {
    return nanos.getAsLong() - endNanos >= 0;
  }
}
