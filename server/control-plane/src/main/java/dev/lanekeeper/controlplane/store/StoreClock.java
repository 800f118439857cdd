package dev.lanekeeper.controlplane.store;

import java.time.Instant;
import java.time.InstantSource;

/**
 * The clock of a database, as near as can be told without asking: what it last said, and what has passed here since. Never goes back.
 *
 * <p><b>Threads.</b> Any; never blocks.
 */
final class StoreClock implements InstantSource {

  private volatile Reading last = new Reading(0, System.nanoTime());
  private long largest;

  private record Reading(long millis, long nanos) {}

  /** Notes what the database's clock said; returns it, or what it said before if that was later. */
  long set(long millis) {
    long most = atLeast(millis);
    last = new Reading(most, System.nanoTime());
    return most;
  }

  /** The latest of this and of all that the database's clock said before. */
  synchronized long atLeast(long millis) {
    largest = Math.max(largest, millis);
    return largest;
  }

  @Override
  public long millis() {
    Reading reading = last;
    return reading.millis() + (System.nanoTime() - reading.nanos()) / 1_000_000;
  }

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(millis());
  }
}
