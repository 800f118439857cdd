package dev.lanekeeper.controlplane.store;

import dev.lanekeeper.api.StatusInfo;
import dev.lanekeeper.client.RouteJson;
import dev.lanekeeper.model.Change;
import dev.lanekeeper.model.RouteTable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import javax.sql.DataSource;
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
 * <p>One process at a time: a lock file says so. One connection, one transaction at a time.
 *
 * <p>Once the file could not be written (a full disk, say) only the disk knows what holds: the connection is given up, and
 * another one reads what is there. While none can be had, each use tries again and fails; {@link #catalog} and
 * {@link #current} answer with what was known, as of then.
 *
 * <pre>
 *          a commit, a rollback or a statement failed
 *   usable ------------------------------------------&gt; in doubt
 *      ^                                                 |   ^
 *      +---- opened again, and what is there taken over -+   | cannot be opened: the next use tries again
 *                                                        +---+
 * </pre>
 *
 * <p><b>Threads.</b> Any; transactions wait for each other. The follower runs inside the lock, in the order of revisions.
 */
public final class SqliteStore implements Store {

  private static final String FILE = "lanekeeper.sqlite";
  private static final String LOCK = "lanekeeper.lock";
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Logger LOG = System.getLogger(SqliteStore.class.getName());

  private final ReentrantLock lock = new ReentrantLock();
  private final Path directory;
  private final RandomAccessFile lockFile;
  private final FileLock fileLock;
  private final Jdbi database;
  private final InstantSource clock;
  private final Presence presence;
  private final Traces traces;
  /** The log as it was when the store was opened; null once somebody was told. */
  private @Nullable List<Change> loaded;
  private volatile Catalog catalog;
  private Follower follower = (change, table) -> {};
  private Handle handle;
  private final String identity;
  private long lastMillis;
  /** Why the connection is not to be used any more; null: it is. */
  private @Nullable Throwable doubt;
  /** The transaction whose commit failed, until the disk has told what became of it. */
  private @Nullable Transaction unsure;
  private String lastSaid = "";
  private boolean closed;

  private SqliteStore(Path directory, RandomAccessFile lockFile, FileLock fileLock, Jdbi database,
      InstantSource clock) {
    this.directory = directory;
    this.lockFile = lockFile;
    this.fileLock = fileLock;
    this.database = database;
    this.handle = database.open();
    this.identity = handle.createQuery("SELECT id FROM identity").mapTo(String.class).one();
    this.clock = clock;
    StoredState state = new StoredState(handle);
    List<Change> log = state.changes();
    this.loaded = log;
    this.catalog = state.catalog(StoredState.fold(log));
    this.presence = new InMemoryPresence(clock);
    this.traces = new InMemoryTraces(clock);
    this.lastMillis = state.lastMillis();
  }

  /**
   * Opens the store of a directory, and makes or migrates it where needed.
   *
   * @param directory made if it is not there
   * @param clock what commit times are read from
   * @throws StoreException if it is in use, or cannot be opened
   */
  public static SqliteStore open(Path directory, InstantSource clock) {
    return open(directory, clock, SqliteStore::source);
  }

  /** Opens a store through connections of another kind to its file. */
  static SqliteStore open(Path directory, InstantSource clock, Function<Path, DataSource> sources) {
    RandomAccessFile lockFile = null;
    try {
      Files.createDirectories(directory);
      lockFile = new RandomAccessFile(directory.resolve(LOCK).toFile(), "rw");
      FileLock fileLock = locked(lockFile);
      if (fileLock == null) {
        throw new StoreException("data directory: " + directory
            + " is in use by another control plane (expected: a directory of its own)", null);
      }
      DataSource source = sources.apply(directory.resolve(FILE));
      migrate(directory, source);
      return new SqliteStore(directory, lockFile, fileLock, Jdbi.create(source), clock);
    } catch (IOException | FlywayException | JdbiException | StoreException e) {
      close(lockFile, e);
      throw e instanceof StoreException already
          ? already
          : new StoreException("data directory: " + directory + " cannot be opened: " + e.getMessage()
              + " (expected: a directory that can be written)", e);
    }
  }

  private static void migrate(Path directory, DataSource source) {
    try {
      Migrations.migrate(source, "sqlite", "flyway_schema_history");
    } catch (StoreException e) {
      throw new StoreException("data directory: " + directory + ": " + e.getMessage(), e);
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

  /** Connections to a file, set so that a commit is on disk once it is acknowledged. */
  static DataSource source(Path file) {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.enforceForeignKeys(true);
    config.setBusyTimeout(5_000);
    SQLiteDataSource source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + file.toAbsolutePath());
    return source;
  }

  @Override
  public void follow(Follower newFollower) {
    lock.lock();
    try {
      ensureUsable();
      RouteTable table = catalog.table();
      List<Change> log = loaded;
      if (log == null || log.size() != table.log().size()) {
        log = logOnDisk();
      }
      loaded = null;
      follower = newFollower;
      newFollower.begins(log, table);
    } finally {
      lock.unlock();
    }
  }

  private List<Change> logOnDisk() {
    try {
      return new StoredState(handle).changes();
    } catch (JdbiException e) {
      doubt(e, null);
      throw failed(e);
    }
  }

  @Override
  public String identity() {
    return identity;
  }

  @Override
  public StatusInfo.Store info() {
    return new StatusInfo.Store("SQLite", directory.toString(), List.of());
  }

  @Override
  public Presence presence() {
    return presence;
  }

  @Override
  public Traces traces() {
    return traces;
  }

  @Override
  public InstantSource clock() {
    return clock;
  }

  @Override
  public Catalog catalog() {
    return catalog;
  }

  /**
   * What is current, read while no writer is between his clock and his commit. While the store is in doubt, as of the moment from
   * which it is: what its last transaction may have left on disk has that very time.
   *
   * @throws StoreException once it is closed
   */
  @Override
  public RouteJson.Current current() {
    lock.lock();
    try {
      // First of all: this may take over a revision that was on disk.
      long asOf = isUsable() ? now() : lastMillis;
      return new RouteJson.Current(catalog.table().revision(), asOf);
    } finally {
      lock.unlock();
    }
  }

  /** INVARIANT: never less than any time that was given before, or a change could have an earlier time than an answer. */
  private long now() {
    lastMillis = Math.max(lastMillis, clock.millis());
    return lastMillis;
  }

  private boolean isUsable() {
    try {
      ensureUsable();
      return true;
    } catch (StoreException inDoubt) {
      if (closed) {
        throw inDoubt;
      }
      return false;
    }
  }

  private void ensureUsable() {
    if (closed) {
      throw new StoreException("store: closed", null);
    }
    if (doubt != null) {
      recover();
    }
  }

  @Override
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
      try {
        handle.begin();
        result = work.apply(transaction);
        after = transaction.finish();
      } catch (JdbiException e) {
        doubt(e, null);
        throw failed(e);
      } catch (Throwable t) {
        rollback();
        throw t;
      }
      try {
        handle.commit();
      } catch (RuntimeException e) {
        doubt(e, transaction);
        recover();
        if (transaction.isKept()) {
          return result;
        }
        throw failed(e);
      }
      catalog = after;
      Change change = transaction.change();
      if (change != null) {
        follower.published(change, after.table());
        wrote();
      }
      transaction.kept();
      return result;
    } finally {
      lock.unlock();
    }
  }

  private void wrote() {
    if (!lastSaid.isEmpty()) {
      LOG.log(Level.INFO, "the store is written again, at revision " + catalog.table().revision());
      lastSaid = "";
    }
  }

  private void rollback() {
    try {
      handle.rollback();
    } catch (RuntimeException e) {
      doubt(e, null);
    }
  }

  /** From here on only the disk knows what holds. */
  private void doubt(RuntimeException why, @Nullable Transaction committing) {
    String message = said(why);
    if (!message.equals(lastSaid)) {
      lastSaid = message;
      LOG.log(Level.ERROR, "the store failed; what is on disk holds, and each use tries to go on from there", why);
    }
    doubt = why;
    unsure = committing;
  }

  /** What SQLite said, without the statement. */
  private static String said(RuntimeException why) {
    return String.valueOf((why.getCause() instanceof SQLException cause ? cause : why).getMessage());
  }

  private static StoreException failed(RuntimeException why) {
    return new StoreException("store: " + said(why), why);
  }

  /** Opens the file again, and takes over what is in it. */
  private void recover() {
    Handle given = handle;
    try {
      Handle fresh = database.open();
      try {
        takeOver(new StoredState(fresh));
      } catch (RuntimeException e) {
        Connections.close(fresh);
        throw e;
      }
      handle = fresh;
      doubt = null;
    } catch (JdbiException e) {
      throw failed(e);
    } finally {
      // After the other was opened: the last connection takes the index of the log along, for which a full disk has no room.
      Connections.close(given);
    }
  }

  private void takeOver(StoredState state) {
    RouteTable known = catalog.table();
    List<Change> news = state.changesAfter(known.log().newestStamp());
    RouteTable table = known;
    for (Change change : news) {
      table = table.with(change);
    }
    lastMillis = Math.max(lastMillis, state.lastMillis());
    catalog = state.catalog(table);
    table = known;
    for (Change change : news) {
      table = table.with(change);
      follower.published(change, table);
    }
    Transaction settled = unsure;
    unsure = null;
    if (settled != null && settled.isAmong(news)) {
      settled.kept();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      Connections.close(handle);
      fileLock.release();
      lockFile.close();
    } catch (IOException e) {
      throw new StoreException("store: cannot be closed: " + e.getMessage(), e);
    } finally {
      lock.unlock();
    }
  }
}
