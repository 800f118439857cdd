package dev.lanekeeper.simulation;

import java.util.EnumMap;
import java.util.Map;

/**
 * How often what happened.
 *
 * <p><b>Threads.</b> Those of one world; the sum over worlds is guarded by its own lock.
 */
final class Tally {

  private final Map<Happening, Long> counts = new EnumMap<>(Happening.class);

  void count(Happening what) {
    count(what, 1);
  }

  void count(Happening what, long howOften) {
    counts.merge(what, howOften, Long::sum);
  }

  /** How often it did. */
  long of(Happening what) {
    return counts.getOrDefault(what, 0L);
  }

  /** Takes in what happened elsewhere. */
  synchronized void add(Tally other) {
    other.counts.forEach(this::count);
  }

  /** All of it. */
  synchronized Map<Happening, Long> all() {
    return new EnumMap<>(counts);
  }
}
