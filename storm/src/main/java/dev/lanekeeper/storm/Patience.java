package dev.lanekeeper.storm;

import dev.lanekeeper.api.ProblemException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waiting, and asking again. */
final class Patience {

  private static final long PAUSE_MILLIS = 250;

  private Patience() {}

  /**
   * Waits until something holds; a control plane that is away does not hold.
   *
   * @return whether it came to hold in time
   */
  static boolean until(Duration atMost, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    while (!holds(condition)) {
      if (System.nanoTime() > end) {
        return false;
      }
      Thread.sleep(PAUSE_MILLIS);
    }
    return true;
  }

  private static boolean holds(BooleanSupplier condition) {
    try {
      return condition.getAsBoolean();
    } catch (ProblemException away) {
      return false;
    }
  }

  /**
   * Asks until there is an answer.
   *
   * @throws ProblemException that of the last try
   */
  static <T> T answer(Duration atMost, Supplier<T> question) throws InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    while (true) {
      try {
        return question.get();
      } catch (ProblemException refused) {
        if (System.nanoTime() > end) {
          throw refused;
        }
        Thread.sleep(PAUSE_MILLIS);
      }
    }
  }
}
