package dev.lanekeeper.simulation;

import java.time.Instant;
import java.time.InstantSource;

/** The clock of the machines, which may go in steps, and wrong by some milliseconds, ahead and back. */
final class Clock implements InstantSource {

  private static final long BEGINNING_MILLIS = 1_800_000_000_000L;

  private final Scheduler scheduler;
  private long skewMillis;
  private long grainMillis = 1;

  Clock(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  /** What a clock shows that is right. */
  static long millis(Scheduler scheduler) {
    return BEGINNING_MILLIS + scheduler.nowMillis();
  }

  /** In what steps it goes. */
  void grain(long millis) {
    grainMillis = millis;
  }

  /** How far it is ahead from now on. */
  void skew(long millis) {
    skewMillis = millis;
  }

  @Override
  public long millis() {
    return (millis(scheduler) + skewMillis) / grainMillis * grainMillis;
  }

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(millis());
  }
}
