package dev.lanekeeper.controlplane.store;

import dev.lanekeeper.client.RouteJson;
import dev.lanekeeper.model.Change;
import dev.lanekeeper.model.RouteTable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * The store in one SQLite file, written ahead and synced at each commit: what was acknowledged survives the death of the
 * process and of the machine.
 *
 * <p>One process at a time: a lock file says so. One connection, one transaction at a time. After a commit that failed
 * nobody knows what is on disk, so the store refuses everything from then on, until it is opened again.
 *
 * <p><b>Threads.</b> Any; transactions wait for each other. The follower runs inside the lock, in the order of revisions.
 */
public final class SqliteStore implements AutoCloseable {

  private static final String FILE = "lanekeeper.sqlite";
  private static final String LOCK = "lanekeeper.lock";
  private static final SecureRandom RANDOM = new SecureRandom();

  private final ReentrantLock lock = new ReentrantLock();
  private final RandomAccessFile lockFile;
  private final FileLock fileLock;
  private final Handle handle;
  private final InstantSource clock;
  private final List<Change> loaded;
  private final List<StoredAnnouncement> announcements;
  private volatile Catalog catalog;
  private BiConsumer<Change, RouteTable> follower = (change, table) -> {};
  private long lastMillis;
  private @Nullable Throwable broken;

  private SqliteStore(RandomAccessFile lockFile, FileLock fileLock, Handle handle, InstantSource clock) {
    this.lockFile = lockFile;
    this.fileLock = fileLock;
    this.handle = handle;
    this.clock = clock;
    StoredState state = new StoredState(handle);
    this.loaded = state.changes();
    this.announcements = state.announcements();
    this.catalog = state.catalog(StoredState.fold(loaded));
    this.lastMillis = handle.createQuery("SELECT time FROM counter WHERE id = 1").mapTo(Long.class).one();
  }

  /**
   * Opens the store of a directory, and makes or migrates it where needed.
   *
   * @param directory made if it is not there
   * @param clock what commit times are read from
   * @throws StoreException if it is in use, or cannot be opened
   */
  public static SqliteStore open(Path directory, InstantSource clock) {
    RandomAccessFile lockFile = null;
    try {
      Files.createDirectories(directory);
      lockFile = new RandomAccessFile(directory.resolve(LOCK).toFile(), "rw");
      FileLock fileLock = locked(lockFile);
      if (fileLock == null) {
        throw new StoreException("data directory: " + directory
            + " is in use by another control plane (expected: a directory of its own)", null);
      }
      SQLiteDataSource source = source(directory.resolve(FILE));
      Flyway.configure().dataSource(source).locations("classpath:dev/lanekeeper/controlplane/store").load().migrate();
      return new SqliteStore(lockFile, fileLock, Jdbi.open(source), clock);
    } catch (IOException | FlywayException | JdbiException | StoreException e) {
      close(lockFile, e);
      throw e instanceof StoreException already
          ? already
          : new StoreException("data directory: " + directory + " cannot be opened: " + e.getMessage(), e);
    }
  }

  private static @Nullable FileLock locked(RandomAccessFile file) throws IOException {
    try {
      return file.getChannel().tryLock();
    } catch (java.nio.channels.OverlappingFileLockException inThisProcess) {
      return null;
    }
  }

  private static void close(@Nullable RandomAccessFile file, Exception failure) {
    try {
      if (file != null) {
        file.close();
      }
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private static SQLiteDataSource source(Path file) {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.enforceForeignKeys(true);
    config.setBusyTimeout(5_000);
    SQLiteDataSource source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + file.toAbsolutePath());
    return source;
  }

  /** The changes that the store held when it was opened, oldest first. */
  public List<Change> loadedChanges() {
    return loaded;
  }

  /** The instances that were announced when the store was opened. */
  public List<StoredAnnouncement> loadedAnnouncements() {
    return announcements;
  }

  /** Who is told of each change after it was committed and before the next transaction begins. Must not block. */
  public void follow(BiConsumer<Change, RouteTable> newFollower) {
    lock.lock();
    try {
      follower = newFollower;
    } finally {
      lock.unlock();
    }
  }

  /** The newest known state. Never blocks. */
  public Catalog catalog() {
    return catalog;
  }

  /**
   * What is current: the newest revision, and as of when. Read while no writer is between his clock and his commit, so no
   * later change will ever have an earlier time.
   */
  public RouteJson.Current current() {
    lock.lock();
    try {
      ensureUsable();
      return new RouteJson.Current(catalog.table().revision(), now());
    } finally {
      lock.unlock();
    }
  }

  /** INVARIANT: never less than any time that was given before, or a change could have an earlier time than an answer. */
  private long now() {
    lastMillis = Math.max(lastMillis, clock.millis());
    return lastMillis;
  }

  private void ensureUsable() {
    if (broken != null) {
      throw new StoreException("store: a commit failed, so nothing more is written (expected: a restart)", broken);
    }
  }

  /**
   * Runs a transaction; commits what it wrote, or, if it throws, nothing.
   *
   * @return what {@code work} returns, once it is on disk
   */
  public <T extends @Nullable Object> T inTransaction(Function<Transaction, T> work) {
    if (lock.isHeldByCurrentThread()) {
      throw new IllegalStateException("a transaction inside a transaction");
    }
    lock.lock();
    try {
      ensureUsable();
      Transaction transaction = new Transaction(handle, catalog, now(), RANDOM.nextInt());
      T result;
      Catalog after;
      handle.begin();
      try {
        result = work.apply(transaction);
        after = transaction.finish();
      } catch (Throwable t) {
        handle.rollback();
        throw t;
      }
      commit();
      catalog = after;
      Change change = transaction.change();
      if (change != null) {
        follower.accept(change, after.table());
      }
      return result;
    } finally {
      lock.unlock();
    }
  }

  private void commit() {
    try {
      handle.commit();
    } catch (JdbiException e) {
      broken = e;
      throw new StoreException("store: the commit failed: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      broken = new IllegalStateException("closed");
      handle.close();
      fileLock.release();
      lockFile.close();
    } catch (IOException e) {
      throw new StoreException("store: cannot be closed: " + e.getMessage(), e);
    } finally {
      lock.unlock();
    }
  }
}
