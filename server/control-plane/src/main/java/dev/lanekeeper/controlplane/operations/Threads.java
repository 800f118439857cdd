package dev.lanekeeper.controlplane.operations;

import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.function.BooleanSupplier;

/**
 * Where the work of a control plane runs, pauses, and waits for other work. A control plane uses {@link #VIRTUAL}; who wants to
 * say which of its threads runs when has threads of its own.
 *
 * <p><b>Threads.</b> Any.
 */
public interface Threads extends ThreadFactory {

  /** Virtual ones. */
  Threads VIRTUAL = new VirtualThreads();

  /** Lets time pass. */
  void sleep(Duration time) throws InterruptedException;

  /** A place where threads wait for what others do. */
  Waiters waiters();

  /** Threads that wait. */
  interface Waiters {

    /** Waits until something holds. It is looked at, by one thread at a time, at once and after each {@link #look}. */
    void until(BooleanSupplier holds) throws InterruptedException;

    /** Does something that others may wait for, while none of them looks; then all look again. */
    void look(Runnable change);
  }
}
