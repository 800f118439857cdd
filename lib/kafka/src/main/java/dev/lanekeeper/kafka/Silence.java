package dev.lanekeeper.kafka;

import java.time.Duration;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Whether a consumer was away for so long that it may have been put out of its group and not know it: a process that is stopped and goes
 * on is first given what its client has fetched before it hears of anything.
 */
final class Silence {

  private static final String SESSION = "session.timeout.ms";
  private static final long USUAL_SESSION_MILLIS = 45_000;

  private final LongSupplier clock;
  private final long longNanos;
  private long heardNanos;

  /**
   * Of one consumer.
   *
   * @param config its settings
   */
  Silence(Map<String, ?> config, LongSupplier clock) {
    String session = ClientIds.text(config.get(SESSION));
    longNanos = (session.isEmpty() ? USUAL_SESSION_MILLIS : Long.parseLong(session)) * 1_000_000 / 2;
    this.clock = clock;
    heardNanos = clock.getAsLong();
  }

  /** Whether it was away for half of the time after which its group puts it out, beyond what it may have waited by itself since it was asked last. */
  boolean isOver(Duration mayWait) {
    long now = clock.getAsLong();
    long away = now - heardNanos;
    heardNanos = now;
    return away - longNanos > Math.min(mayWait.toNanos(), Long.MAX_VALUE / 2);
  }
}
