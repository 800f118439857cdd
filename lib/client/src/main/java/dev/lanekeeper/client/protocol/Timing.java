package dev.lanekeeper.client.protocol;

import java.util.random.RandomGenerator;

/**
 * How long things may take, all in milliseconds.
 *
 * @param silence after so long without a word the control plane is out of reach; the stream speaks every second. Raising
 *     it makes calls wait longer before an outage is noticed; lowering it makes a pause of the host look like one
 * @param firstTable how long a connection may take until it brought the table up to date
 * @param owed how long a change may be outstanding that is known to exist
 * @param steady a connection that lived so long may be lost once before that counts as an outage
 * @param firstRetry the longest pause before the first new attempt; doubled with each that fails
 * @param lastRetry the longest pause between attempts
 * @param save how long changes are gathered before they are written to disk
 */
public record Timing(long silence, long firstTable, long owed, long steady, long firstRetry, long lastRetry,
    long save) {

  /** What is used unless a test says otherwise. */
  public static final Timing STANDARD = new Timing(5_000, 30_000, 1_000, 5_000, 200, 5_000, 1_000);

  /**
   * Checks the range.
   *
   * @throws IllegalArgumentException unless every time is positive
   */
  public Timing {
    if (Math.min(Math.min(Math.min(silence, firstTable), Math.min(owed, steady)),
        Math.min(Math.min(firstRetry, lastRetry), save)) <= 0) {
      throw new IllegalArgumentException("timing: a time is zero or negative (expected: positive milliseconds)");
    }
  }

  /** The pause before an attempt: between half of the longest one and the whole, so that not all come back at once. */
  long pause(int failures, RandomGenerator random) {
    long longest = Math.min(lastRetry, firstRetry << Math.min(failures, 20));
    return longest / 2 + random.nextLong(longest - longest / 2 + 1);
  }
}
