package dev.lanekeeper.kafka;

import java.time.Duration;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.Consumer;

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
 * @param readers makes what reads the records that are handed over again
 * @param clock by which time is measured: grows, in ns, from anywhere
 * @param putsAside whether a consumer of the baseline puts aside what is in doubt and goes on, until it is handed over again. Otherwise
 *     it holds: the partition stands still until the record can be decided
 */
public record GateSettings(Duration patience, boolean rawHeaders, Counters counters, Writers writers,
    Readers readers, LongSupplier clock, boolean putsAside) {

  /** Two seconds, raw headers, nothing counted; what is in doubt is put aside, as what the policy wants so, by clients that reach the consumer's broker. */
  public static final GateSettings STANDARD =
      new GateSettings(Duration.ofSeconds(2), true, Counters.NONE, KafkaRecordWriter::new, HandoverClient::open,
          System::nanoTime, true);

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

  /** Makes consumers. */
  @FunctionalInterface
  public interface Readers {
    /**
     * A consumer that commits nothing by itself, reads committed records only, and begins at the beginning.
     *
     * @param consumer the settings of the application's
     * @param group to read in
     */
    Consumer<byte[], byte[]> reader(Map<String, ?> consumer, String group);
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
    return new GateSettings(patience, rawHeaders, newCounters, writers, readers, clock, putsAside);
  }

  /** The same with another patience. */
  public GateSettings with(Duration newPatience) {
    return new GateSettings(newPatience, rawHeaders, counters, writers, readers, clock, putsAside);
  }

  /** The same, reading headers by public methods only. */
  public GateSettings withPublicHeaders() {
    return new GateSettings(patience, false, counters, writers, readers, clock, putsAside);
  }

  /** The same, putting aside what is in doubt, or not. */
  public GateSettings puttingAside(boolean now) {
    return new GateSettings(patience, rawHeaders, counters, writers, readers, clock, now);
  }
}
