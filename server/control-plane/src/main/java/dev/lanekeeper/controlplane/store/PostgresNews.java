package dev.lanekeeper.controlplane.store;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Consumer;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * Listens for what other replicas wrote. A notification only wakes: what is new is read. It may be lost with a connection, so it is
 * looked every second as well.
 *
 * <p><b>Threads.</b> One of its own.
 */
final class PostgresNews implements AutoCloseable {

  private static final Logger LOG = System.getLogger(PostgresNews.class.getName());
  private static final int LOOK_MILLIS = 1_000;
  /** How often this replica says that it is there. */
  private static final Duration BEAT = Duration.ofSeconds(1);
  private static final Duration PAUSE = Duration.ofMillis(500);
  private static final Duration FAREWELL = Duration.ofSeconds(3);
  private static final String CHANNEL = "lanekeeper_";

  private final Line line;
  private final Consumer<Handle> look;
  private final PostgresLeases leases;
  private final String channel;
  private @Nullable Thread thread;
  private volatile boolean closed;

  PostgresNews(Line line, String identity, Consumer<Handle> look, PostgresLeases leases) {
    this.line = line;
    this.channel = CHANNEL + identity;
    this.look = look;
    this.leases = leases;
  }

  /** What makes a connection listen. */
  static Consumer<Handle> listening(String identity) {
    return handle -> handle.execute("LISTEN " + CHANNEL + identity);
  }

  /** Wakes the others once the transaction is committed. */
  void tell(Handle handle) {
    handle.createQuery("SELECT pg_notify(?, '')").bind(0, channel).mapTo(String.class).one();
  }

  /** Begins to listen; once. */
  synchronized void start() {
    if (thread == null && !closed) {
      thread = Thread.ofVirtual().name("lanekeeper-store-news").start(this::run);
    }
  }

  private void run() {
    long told = System.nanoTime();
    while (!closed) {
      try {
        line.use(handle -> {
          look.accept(handle);
          await(handle);
          return true;
        });
        if (System.nanoTime() - told >= BEAT.toNanos()) {
          told = System.nanoTime();
          leases.stillHere();
        }
      } catch (StoreException e) {
        pause();
      } catch (RuntimeException e) {
        LOG.log(Level.ERROR, "what other control planes wrote cannot be taken over; it is tried again", e);
        pause();
      }
    }
  }

  private static void await(Handle handle) {
    try {
      handle.getConnection().unwrap(PGConnection.class).getNotifications(LOOK_MILLIS);
    } catch (SQLException e) {
      throw new ConnectionException(e);
    }
  }

  private void pause() {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      closed = true;
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed = true;
    Thread running;
    synchronized (this) {
      running = thread;
    }
    try {
      if (running != null) {
        running.join(FAREWELL);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    line.close();
  }
}
