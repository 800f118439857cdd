package dev.lanekeeper.kafka;

import java.time.Duration;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;

/** Waiting in place of a {@code poll} that there is nothing left to ask for; ended by {@code wakeup} and interrupts alike. */
final class Bell {

  private boolean rung;

  /** Ends a wait, now or the next one. May be called by any thread. */
  synchronized void ring() {
    rung = true;
    notifyAll();
  }

  /**
   * Waits.
   *
   * @throws WakeupException if the bell was rung
   * @throws InterruptException if the thread was interrupted
   */
  synchronized void await(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    try {
      for (long left = end - System.nanoTime(); !rung && left > 0; left = end - System.nanoTime()) {
        wait(left / 1_000_000, (int) (left % 1_000_000));
      }
    } catch (InterruptedException interrupted) {
      throw new InterruptException(interrupted);
    }
    if (rung) {
      rung = false;
      throw new WakeupException();
    }
  }
}
