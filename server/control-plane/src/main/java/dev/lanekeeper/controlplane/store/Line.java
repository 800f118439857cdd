package dev.lanekeeper.controlplane.store;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a database, opened when it is needed, and anew after it broke. Who could not be reached is not asked again for a
 * moment: those who wait are many.
 *
 * <p><b>Threads.</b> Any; one at a time has the connection.
 */
final class Line implements AutoCloseable {

  private static final long PAUSE_NANOS = Duration.ofMillis(300).toNanos();

  private final Jdbi database;
  private final Consumer<Handle> prepared;
  private final Trouble trouble;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Handle handle;
  private boolean used;
  private @Nullable JdbiException refused;
  private long refusedNanos;
  private volatile boolean closed;

  /** Is told when a database fails, and when it no longer does. */
  interface Trouble {
    /** What is thrown for a failure. */
    StoreException failed(JdbiException why);

    /** It answers. */
    void over();
  }

  /**
   * A line.
   *
   * @param prepared is done first of all with each connection
   */
  Line(Jdbi database, Consumer<Handle> prepared, Trouble trouble) {
    this.database = database;
    this.prepared = prepared;
    this.trouble = trouble;
  }

  /**
   * Does something that may be done twice: on a connection that turns out to be broken it is done again on another.
   *
   * @throws StoreException if the database fails
   */
  <T extends @Nullable Object> T use(Function<Handle, T> work) {
    lock.lock();
    try {
      boolean old = used && handle != null;
      try {
        return done(work);
      } catch (JdbiException e) {
        drop();
        if (!old || closed) {
          throw trouble.failed(e);
        }
      }
      try {
        return done(work);
      } catch (JdbiException e) {
        drop();
        throw trouble.failed(e);
      }
    } catch (RuntimeException | Error e) {
      drop(); // it may be in the midst of a transaction, and keep everybody waiting
      throw e;
    } finally {
      lock.unlock();
    }
  }

  private <T extends @Nullable Object> T done(Function<Handle, T> work) {
    T result = work.apply(open());
    used = true;
    trouble.over();
    return result;
  }

  private Handle open() {
    if (closed) {
      throw new StoreException("store: closed", null);
    }
    Handle present = handle;
    if (present != null) {
      return present;
    }
    JdbiException last = refused;
    if (last != null && System.nanoTime() - refusedNanos < PAUSE_NANOS) {
      throw last;
    }
    try {
      Handle fresh = database.open();
      handle = fresh;
      used = false;
      prepared.accept(fresh);
      refused = null;
      return fresh;
    } catch (JdbiException e) {
      // Who is interrupted fails by himself, whatever the database does.
      if (!Thread.currentThread().isInterrupted()) {
        refused = e;
        refusedNanos = System.nanoTime();
      }
      throw e;
    }
  }

  /** Gives the connection up. */
  void drop() {
    lock.lock();
    try {
      Handle given = handle;
      handle = null;
      if (given != null) {
        Connections.close(given);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Who has the connection keeps it until he lets go. */
  void hold() {
    lock.lock();
  }

  /** Whether this thread has it. */
  boolean isHeld() {
    return lock.isHeldByCurrentThread();
  }

  void letGo() {
    lock.unlock();
  }

  @Override
  public void close() {
    closed = true;
    drop();
  }
}
