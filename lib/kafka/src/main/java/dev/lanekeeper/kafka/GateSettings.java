package dev.lanekeeper.kafka;

import java.time.Duration;

/**
 * What the holder of a gate may choose.
 *
 * @param patience how long one {@code poll} waits at most for the control plane when it meets a record that cannot be
 *     decided yet. Longer: fewer records are held back when answers are slow; shorter: untagged records behind a tagged one
 *     wait less
 * @param rawHeaders whether headers are read from the private buffers of the client's own classes, where those can be
 *     reached. Otherwise, and where they cannot, the public methods are used, which decode every header's name
 * @param counters where the gate counts
 */
public record GateSettings(Duration patience, boolean rawHeaders, Counters counters) {

  /** Two seconds, raw headers, nothing counted. */
  public static final GateSettings STANDARD = new GateSettings(Duration.ofSeconds(2), true, Counters.NONE);

  /**
   * Checks the patience.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public GateSettings {
    if (patience.isNegative()) {
      throw new IllegalArgumentException("patience: " + patience + " (expected: not negative)");
    }
  }

  /** The same with other counters. */
  public GateSettings with(Counters newCounters) {
    return new GateSettings(patience, rawHeaders, newCounters);
  }

  /** The same with another patience. */
  public GateSettings with(Duration newPatience) {
    return new GateSettings(newPatience, rawHeaders, counters);
  }

  /** The same, reading headers by public methods only. */
  public GateSettings withPublicHeaders() {
    return new GateSettings(patience, false, counters);
  }
}
