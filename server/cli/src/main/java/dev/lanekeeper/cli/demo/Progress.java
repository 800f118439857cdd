package dev.lanekeeper.cli.demo;

import dev.lanekeeper.cli.Screen;
import java.time.Duration;
import java.util.Locale;

/** Says what is going on, and for how long: every moment on a terminal, otherwise when it changes. May be used by any thread. */
final class Progress implements AutoCloseable {
  private static final Duration BEAT = Duration.ofMillis(100);
  private static final double MILLIS = 1e6;

  private final Screen screen;
  private final long started = System.nanoTime();
  private final Thread beat = Thread.ofVirtual().name("progress").unstarted(this::beat);
  private volatile String doing = "";

  /** Begins to count. */
  Progress(Screen screen) {
    this.screen = screen;
    beat.start();
  }

  /** Says what is going on from now on. */
  void doing(String what) {
    doing = what;
    if (!screen.hasColour()) {
      screen.note(elapsed() + what + "…");
    }
  }

  /** Nothing in particular is going on. */
  void idle() {
    doing = "";
    screen.progress("");
  }

  /** The time since the beginning, in brackets. */
  String elapsed() {
    return String.format(Locale.ROOT, "[%5.1f s] ", (System.nanoTime() - started) / MILLIS / 1000);
  }

  /** The time since the beginning. */
  Duration time() {
    return Duration.ofNanos(System.nanoTime() - started);
  }

  private void beat() {
    try {
      while (true) {
        Thread.sleep(BEAT);
        String what = doing;
        if (!what.isEmpty()) {
          screen.progress(elapsed() + what + "…");
        }
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    doing = "";
    beat.interrupt();
    screen.progress("");
  }
}
