package dev.lanekeeper.controlplane;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that stands still until it is moved; that of a store, and that of a machine. */
public final class MutableClock implements InstantSource {

  private final AtomicLong millis = new AtomicLong(1_790_000_000_000L);

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(millis.get());
  }

  /** As the clock of a machine. */
  public long nanos() {
    return millis.get() * 1_000_000;
  }

  /** Moves it; a negative duration moves it back. */
  public void advance(Duration by) {
    millis.addAndGet(by.toMillis());
  }
}
