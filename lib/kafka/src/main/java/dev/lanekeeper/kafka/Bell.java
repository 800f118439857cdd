package dev.lanekeeper.kafka;

import java.time.Duration;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;

/** Waiting in place of a {@code poll} that there is nothing left to ask for; ended by {@code wakeup} and interrupts alike. */
final class Bell {

  /** Longest wait: for ever, in nanoseconds that can be added to the clock. */
  private static final Duration LONGEST = Duration.ofDays(36_500);

  private long rung;
  private long heard;

  /** Ends a wait, now or the next one. May be called by any thread. */
  synchronized void ring() {
    rung++;
    notifyAll();
  }

  /** How often it was rung. */
  synchronized long rung() {
    return rung;
  }

  /** It need not be heard any more up to what {@link #rung} was: the client has woken up the application, or will. */
  synchronized void heard(long upTo) {
    heard = Math.max(heard, upTo);
  }

  /**
   * Waits.
   *
   * @throws WakeupException if the bell was rung
   * @throws InterruptException if the thread was interrupted
   */
  synchronized void await(Duration time) {
    long end = System.nanoTime() + (time.compareTo(LONGEST) > 0 ? LONGEST : time).toNanos();
    try {
      for (long left = end - System.nanoTime(); rung == heard && left > 0; left = end - System.nanoTime()) {
        wait(left / 1_000_000, (int) (left % 1_000_000));
      }
    } catch (InterruptedException interrupted) {
      throw new InterruptException(interrupted);
    }
    if (rung != heard) {
      heard = rung;
      throw new WakeupException();
    }
  }
}
