package dev.lanekeeper.perf;

import java.util.Arrays;
import java.util.Locale;

/**
 * What was measured in each round, and how far the rounds lie apart.
 *
 * @param sorted one figure per round, ascending; at least one
 */
@SuppressWarnings("ArrayRecordComponent") // copied, and compared by content
public record Samples(double[] sorted) {

  /** Sorts a copy. */
  public Samples {
    if (sorted.length == 0) {
      throw new IllegalArgumentException("samples: none (expected: at least one)");
    }
    sorted = sorted.clone();
    Arrays.sort(sorted);
  }

  /** The figures, ascending; a copy. */
  @Override
  public double[] sorted() {
    return sorted.clone();
  }

  /** The figure in the middle. */
  public double median() {
    return quantile(0.5);
  }

  /** The figure below which a share of the rounds lies, between two rounds interpolated. */
  public double quantile(double share) {
    double place = share * (sorted.length - 1);
    int below = (int) Math.floor(place);
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
  }

  /** {@code median [smallest to largest]}. */
  public String text(String format) {
    String spread = " [" + format + " to " + format + "]";
    return String.format(Locale.ROOT, format + spread, median(), sorted[0], sorted[sorted.length - 1]);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Samples that && Arrays.equals(sorted, that.sorted);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(sorted);
  }

  @Override
  public String toString() {
    return Arrays.toString(sorted);
  }
}
