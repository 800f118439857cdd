package dev.lanekeeper.kafka;

/**
 * Where a gate counts what it did with tagged records, each with a reason.
 *
 * <p><b>Threads.</b> Called by the threads of consumers and producers; never for an untagged record of the baseline.
 */
public interface Counters {

  /** Counts nothing. */
  Counters NONE = new Uncounted();

  /**
   * Adds to a counter.
   *
   * @param reason its name, such as {@code skip.foreign}
   * @param by at least 1
   */
  void increment(String reason, long by);

  /** Counts nothing. */
  final class Uncounted implements Counters {
    private Uncounted() {}

    @Override
    public void increment(String reason, long by) {}
  }
}
