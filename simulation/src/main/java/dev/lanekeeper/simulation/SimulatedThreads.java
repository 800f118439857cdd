package dev.lanekeeper.simulation;

import dev.lanekeeper.controlplane.operations.Threads;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Threads of a control plane, by the simulated time. */
final class SimulatedThreads implements Threads {

  private static final long LONG_NANOS = 60_000_000_000L;

  private final Scheduler scheduler;
  private final Host host;

  SimulatedThreads(Scheduler scheduler, Host host) {
    this.scheduler = scheduler;
    this.host = host;
  }

  @Override
  public Thread newThread(Runnable work) {
    return scheduler.thread(host, "background", work);
  }

  @Override
  public void sleep(Duration time) {
    scheduler.sleep(time);
  }

  @Override
  public Waiters waiters() {
    Scheduler.Signal signal = scheduler.new Signal();
    return new Waiters() {

      @Override
      public void until(BooleanSupplier holds) {
        while (!holds.getAsBoolean()) {
          signal.await(LONG_NANOS);
        }
      }

      @Override
      public void look(Runnable change) {
        scheduler.checkAlive();
        change.run();
        signal.wake();
      }
    };
  }
}
