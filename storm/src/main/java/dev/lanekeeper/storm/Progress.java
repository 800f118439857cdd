package dev.lanekeeper.storm;

import java.util.Locale;

/** What is told to people while a storm goes on, on standard error. */
final class Progress {

  private final long begunNanos = System.nanoTime();

  /** One line. */
  synchronized void say(String what) {
    System.err.printf(Locale.ROOT, "%7.1f s  %s%n", seconds(), what);
  }

  double seconds() {
    return (System.nanoTime() - begunNanos) / 1e9;
  }
}
