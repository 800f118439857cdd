package dev.lanekeeper.kafka;

import java.time.Duration;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * What the holder of a gate may choose.
 *
 * @param patience how long one {@code poll} waits at most for the control plane when it meets a record that cannot be
 *     decided yet. Longer: fewer records are held back when answers are slow; shorter: untagged records behind a tagged one
 *     wait less
 * @param rawHeaders whether headers are read from the private buffers of the client's own classes, where those can be
 *     reached. Otherwise, and where they cannot, the public methods are used, which decode every header's name
 * @param counters where the gate counts
 * @param writers makes what records are put aside with
 * @param clock by which time is measured: grows, in ns, from anywhere
 */
public record GateSettings(Duration patience, boolean rawHeaders, Counters counters, Writers writers,
    LongSupplier clock) {

  /** Two seconds, raw headers, nothing counted; records are put aside by a producer that reaches the consumer's broker. */
  public static final GateSettings STANDARD =
      new GateSettings(Duration.ofSeconds(2), true, Counters.NONE, KafkaRecordWriter::new, System::nanoTime);

  /** Makes writers. */
  @FunctionalInterface
  public interface Writers {
    /**
     * A writer.
     *
     * @param consumer the settings of the consumer
     * @param patience how long a record may take to be written
     */
    RecordWriter writer(Map<String, ?> consumer, Duration patience);
  }

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
    return new GateSettings(patience, rawHeaders, newCounters, writers, clock);
  }

  /** The same with another patience. */
  public GateSettings with(Duration newPatience) {
    return new GateSettings(newPatience, rawHeaders, counters, writers, clock);
  }

  /** The same, reading headers by public methods only. */
  public GateSettings withPublicHeaders() {
    return new GateSettings(patience, false, counters, writers, clock);
  }
}
