package dev.lanekeeper.simulation;

import java.util.HashSet;
import java.util.Set;

/** What lies between data planes and control planes: messages take their time; those of a host that is cut off are lost. */
final class Network {

  private final Scheduler scheduler;
  private final Set<Host> cut = new HashSet<>();
  private int slowPerMille;

  Network(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  /** Cuts a host off, or connects it again. */
  void cut(Host host, boolean now) {
    if (now) {
      cut.add(host);
    } else {
      cut.remove(host);
    }
  }

  boolean isCut(Host host) {
    return cut.contains(host);
  }

  /** How many in a thousand messages take up to seconds. */
  void slow(int perMille) {
    slowPerMille = perMille;
  }

  /** How long a message takes. */
  long delayNanos() {
    return scheduler.chance(slowPerMille) ? scheduler.between(20, 1_500) : scheduler.between(0, 15);
  }

  /**
   * Sends something.
   *
   * @param via the data plane's host, which may be cut off
   * @param to where it arrives
   * @param lost happens in its place where it does not
   */
  void send(Host via, Host to, Runnable arrival, Runnable lost) {
    if (isCut(via) || !to.isAlive()) {
      scheduler.after(scheduler.between(10, 400), via, lost);
      return;
    }
    scheduler.after(delayNanos(), Scheduler.world(), () -> {
      if (isCut(via) || !to.isAlive()) {
        scheduler.after(scheduler.between(10, 1_000), via, lost);
      } else {
        scheduler.after(0, to, arrival);
      }
    });
  }
}
