package dev.lanekeeper.controlplane.operations;

import dev.lanekeeper.controlplane.store.StoreException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;

/**
 * Work in the background, on threads of its own; closing interrupts it and waits.
 *
 * <p><b>Threads.</b> Any.
 */
public final class Tasks implements AutoCloseable {

  private static final Logger LOG = System.getLogger(Tasks.class.getName());
  private static final Duration FAREWELL = Duration.ofSeconds(2);

  private final ThreadFactory factory;
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /** Work on threads of this kind. */
  public Tasks(ThreadFactory factory) {
    this.factory = factory;
  }

  /** Something to do; an interrupt ends it. */
  @FunctionalInterface
  public interface Task {
    /** Does it. */
    void run() throws InterruptedException;
  }

  /** Starts a task; does nothing once closed. */
  public void start(String name, Task task) {
    if (closed) {
      return;
    }
    Thread thread = factory.newThread(() -> run(name, task));
    thread.setName("lanekeeper-" + name);
    threads.add(thread);
    thread.start();
  }

  private void run(String name, Task task) {
    try {
      task.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (StoreException e) {
      LOG.log(Level.DEBUG, name + " waits for the store, which has logged why", e);
    } catch (RuntimeException e) {
      if (!closed) {
        LOG.log(Level.ERROR, name + " failed; what it left undone is taken up again", e);
      }
    } finally {
      threads.remove(Thread.currentThread());
    }
  }

  @Override
  public void close() {
    closed = true;
    threads.forEach(Thread::interrupt);
    for (Thread thread : threads) {
      try {
        if (!thread.join(FAREWELL)) {
          LOG.log(Level.WARNING, thread.getName() + " does not end");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
