package dev.lanekeeper.simulation;

import java.util.ArrayList;
import java.util.List;

/** A process: what runs in it stands still while it is stopped, and ends when it is killed. */
final class Host {

  private final String name;
  private final List<Runnable> atDeath = new ArrayList<>();
  private boolean alive = true;
  private long stoppedUntilNanos;
  private long stoppedSinceNanos;

  Host(String name) {
    this.name = name;
  }

  String name() {
    return name;
  }

  boolean isAlive() {
    return alive;
  }

  /** Something of it is about to be killed as well. */
  void atDeath(Runnable action) {
    atDeath.add(action);
  }

  /** SIGKILL. */
  void kill() {
    if (alive) {
      alive = false;
      atDeath.forEach(Runnable::run);
      atDeath.clear();
    }
  }

  /** SIGSTOP, and SIGCONT at a time. */
  void stop(long nowNanos, long untilNanos) {
    if (!isStopped(nowNanos)) {
      stoppedSinceNanos = nowNanos;
    }
    stoppedUntilNanos = Math.max(stoppedUntilNanos, untilNanos);
  }

  /** SIGCONT, now. */
  void go(long nowNanos) {
    stoppedUntilNanos = Math.min(stoppedUntilNanos, nowNanos);
  }

  boolean isStopped(long nowNanos) {
    return nowNanos < stoppedUntilNanos;
  }

  /** Until when it is stopped. */
  long stoppedUntilNanos() {
    return stoppedUntilNanos;
  }

  /** Whether it has been dead, or stopped, since a time: it has sent nothing since. */
  boolean isSilentSince(long nanos, long nowNanos) {
    return !alive || (isStopped(nowNanos) && stoppedSinceNanos <= nanos);
  }

  @Override
  public String toString() {
    return name;
  }
}
