package dev.lanekeeper.controlplane.operations;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** The virtual threads of this JVM. */
final class VirtualThreads implements Threads {

  @Override
  public Thread newThread(Runnable work) {
    return Thread.ofVirtual().unstarted(work);
  }

  @Override
  public void sleep(Duration time) throws InterruptedException {
    Thread.sleep(time);
  }

  @Override
  public Waiters waiters() {
    return new Waiters() {

      @Override
      public synchronized void until(BooleanSupplier holds) throws InterruptedException {
        while (!holds.getAsBoolean()) {
          wait();
        }
      }

      @Override
      public synchronized void look(Runnable change) {
        change.run();
        notifyAll();
      }
    };
  }
}
