package dev.lanekeeper.controlplane.store;

import dev.lanekeeper.api.StatusInfo;
import dev.lanekeeper.client.RouteJson;
import dev.lanekeeper.model.Change;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.Stamp;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/**
 * The store in a PostgreSQL database, for any number of control planes: replicas. None leads.
 *
 * <p>Who writes anything locks the one row of {@code counter}, reads the database's clock, and brings its own catalog up to what
 * others wrote, before it decides: so transactions of all replicas are one after the other, and the order of revisions is that of
 * commits. Who asks what is current locks the same row as a reader: no writer stands between the clock and his commit then. Both need
 * the server that takes writes; what cannot reach it is told to nobody, and done by nobody.
 *
 * <p>Once a commit was asked for and the connection broke, only the database knows what became of it: it left its mark, or never
 * will, as soon as somebody else has the lock.
 *
 * <p><b>Threads.</b> Any; transactions of one replica wait for each other. The follower runs in the order of revisions, on whichever
 * thread met them first.
 */
public final class PostgresStore implements Store {

  private static final Logger LOG = System.getLogger(PostgresStore.class.getName());
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String NEXT =
      "see that the PostgreSQL server runs and takes writes; the control plane goes on by itself";
  /** So many versions of edits are kept; who is further behind reads all of the catalog. */
  private static final long EDITS_KEPT = 20_000;
  private static final long MARKS_KEPT_MILLIS = 3_600_000;
  private static final int SWEPT_EVERY = 1_000;

  private final PostgresAddress address;
  private final Line writer;
  private final Line reader;
  private final Line asker;
  private final Line side;
  private final Line tracing;
  private final PostgresNews news;
  private final PostgresPresence presence;
  private final Traces traces;
  private final PostgresLeases leases;
  private final String identity;
  private final StoreClock clock = new StoreClock();
  /** Guards what is known. */
  private final ReentrantLock taking = new ReentrantLock();
  private volatile Known known;
  /** Whether the database has lost what is known here: from then on it is another one, whatever is added to it. */
  private volatile boolean lost;
  private Follower follower = (change, table) -> {};
  private final SharedAnswer<RouteJson.Current> current = new SharedAnswer<>(this::ask);
  private final AtomicReference<String> lastSaid = new AtomicReference<>("");

  /** What this replica knows of the database. Each is equal to itself alone. */
  private static final class Known {
    private final Catalog catalog;
    private final long version;

    Known(Catalog catalog, long version) {
      this.catalog = catalog;
      this.version = version;
    }

    boolean isAheadOf(Counter counter) {
      return catalog.table().revision() > counter.revision() || version > counter.version();
    }

    boolean isBehind(Counter counter) {
      return catalog.table().revision() < counter.revision() || version < counter.version();
    }
  }

  private PostgresStore(PostgresAddress address, String name, DataSource source) {
    this.address = address;
    Jdbi database = Jdbi.create(source);
    Line.Trouble trouble = new Line.Trouble() {
      @Override
      public StoreException failed(JdbiException why) {
        return PostgresStore.this.failed(why);
      }

      @Override
      public void over() {
        answered();
      }
    };
    this.writer = new Line(database, handle -> {}, trouble);
    this.reader = new Line(database, handle -> {}, trouble);
    this.asker = new Line(database, handle -> {}, trouble);
    // What is lost of these in a crash of the server is said again.
    this.side = new Line(database, handle -> handle.execute("SET synchronous_commit = off"), trouble);
    this.known = reader.use(handle -> consistently(handle, () -> {
      Counter counter = Counter.look(handle);
      StoredState state = new StoredState(handle);
      clock.set(counter.clockMillis());
      return new Known(state.catalog(StoredState.fold(state.changes())), counter.version());
    }));
    this.identity =
        reader.use(handle -> handle.createQuery("SELECT id FROM identity").mapTo(String.class).one());
    this.presence = new PostgresPresence(side);
    // By itself: what is told of traces, however much, keeps no lease and no presence waiting.
    this.tracing = new Line(database, handle -> handle.execute("SET synchronous_commit = off"), trouble);
    this.traces = new PostgresTraces(tracing);
    this.leases = new PostgresLeases(side, name);
    this.news = new PostgresNews(new Line(database, PostgresNews.listening(identity), trouble), identity, this::look,
        leases);
  }

  /**
   * Opens a store, and makes or migrates its tables where needed.
   *
   * @param name by which people tell this control plane from its replicas
   * @throws StoreException if the database cannot be used
   */
  public static PostgresStore open(PostgresAddress address, String name) {
    return open(address, name, UnaryOperator.identity());
  }

  /** Opens a store through connections of another kind. */
  static PostgresStore open(PostgresAddress address, String name, UnaryOperator<DataSource> connections) {
    PostgresSetup.prepare(address);
    return new PostgresStore(address, name, connections.apply(address.source()));
  }

  @Override
  public void follow(Follower newFollower) {
    while (true) {
      Known now = known;
      RouteTable table = now.catalog.table();
      List<Change> log = reader.use(handle -> new StoredState(handle).changesUpTo(table.revision()));
      taking.lock();
      try {
        if (known == now) {
          follower = newFollower;
          newFollower.begins(log, table);
          news.start();
          return;
        }
      } finally {
        taking.unlock();
      }
    }
  }

  @Override
  public String identity() {
    return identity;
  }

  @Override
  public Catalog catalog() {
    return known.catalog;
  }

  @Override
  public InstantSource clock() {
    return clock;
  }

  @Override
  public StatusInfo.Store info() {
    return new StatusInfo.Store("PostgreSQL", address.where(), leases.replicas());
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
  public Leases leases() {
    return leases;
  }

  /**
   * What is current, read while no writer of any replica is between his clock and his commit.
   *
   * @throws StoreException if the server that takes writes cannot be asked
   */
  @Override
  public RouteJson.Current current() {
    return current.get();
  }

  private RouteJson.Current ask() {
    return asker.use(handle -> {
      handle.begin();
      try {
        Counter counter = Counter.locked(handle, "FOR SHARE");
        requireNothingLost(handle, counter);
        bringUp(handle, counter);
        return told(counter);
      } finally {
        handle.rollback();
      }
    });
  }

  @Override
  public <T extends @Nullable Object> T read(Function<Ledger, T> look) {
    return reader.use(handle -> look.apply(new SqlLedger(new Statements(handle), clock.millis())));
  }

  @Override
  public <T extends @Nullable Object> T inTransaction(Function<Transaction, T> work) {
    if (writer.isHeld()) {
      throw new IllegalStateException("a transaction inside a transaction");
    }
    writer.hold();
    try {
      Begun begun = writer.use(this::begin);
      return run(begun, work);
    } finally {
      writer.letGo();
    }
  }

  /** A transaction that has the lock. */
  private record Begun(Handle handle, Counter counter, Known before) {}

  private Begun begin(Handle handle) {
    handle.begin();
    Counter counter = Counter.locked(handle, "FOR UPDATE");
    clock.set(counter.clockMillis());
    requireNothingLost(handle, counter);
    bringUp(handle, counter);
    return new Begun(handle, counter, known);
  }

  private <T extends @Nullable Object> T run(Begun begun, Function<Transaction, T> work) {
    Handle handle = begun.handle();
    Transaction transaction =
        new Transaction(handle, begun.before().catalog, clock.atLeast(begun.counter().nowMillis()),
            RANDOM.nextInt());
    T result;
    Catalog after;
    Mark mark;
    try {
      result = work.apply(transaction);
      if (!transaction.wrote()) {
        handle.rollback();
        return result;
      }
      after = transaction.finish();
      mark = mark(begun, transaction);
    } catch (JdbiException e) {
      writer.drop();
      throw failed(e);
    } catch (Throwable t) {
      rollback(handle);
      throw t;
    }
    try {
      handle.commit();
    } catch (JdbiException e) {
      writer.drop();
      settle(mark, e);
      return result;
    }
    took(begun.before(), new Known(after, mark.version()), transaction.change());
    return result;
  }

  private void rollback(Handle handle) {
    try {
      handle.rollback();
    } catch (JdbiException e) {
      LOG.log(Level.DEBUG, "a transaction that was given up goes with its connection", e);
      writer.drop();
    }
  }

  /**
   * What a transaction leaves behind for those who ask whether it was committed.
   *
   * @param token null where its revision, with its seal, says it
   */
  private record Mark(@Nullable Change change, @Nullable String token, long version) {}

  /** Writes down what the others need to know. */
  private Mark mark(Begun begun, Transaction transaction) {
    Handle handle = begun.handle();
    Change change = transaction.change();
    List<CatalogEdit> edits = transaction.edits();
    long version = begun.counter().version() + (edits.isEmpty() ? 0 : 1);
    if (!edits.isEmpty()) {
      Edits.write(handle, version, edits);
      if (version % SWEPT_EVERY == 0) {
        Edits.forget(handle, version - EDITS_KEPT);
      }
    }
    String token = null;
    if (change == null) {
      byte[] random = new byte[16];
      RANDOM.nextBytes(random);
      token = HexFormat.of().formatHex(random);
      handle.execute("INSERT INTO commits (token, time) VALUES (?, ?)", token, transaction.nowMillis());
      if (RANDOM.nextInt(SWEPT_EVERY) == 0) {
        handle.execute("DELETE FROM commits WHERE time < ?", transaction.nowMillis() - MARKS_KEPT_MILLIS);
      }
    }
    if (change != null || !edits.isEmpty()) {
      news.tell(handle);
    }
    return new Mark(change, token, version);
  }

  /** Finds out what became of a transaction whose commit was asked for; returns if it was committed. */
  private void settle(Mark mark, JdbiException why) {
    boolean kept;
    try {
      // Who gets the lock knows that the other one has ended, either way.
      kept = writer.use(handle -> {
        begin(handle);
        try {
          return isKept(handle, mark);
        } finally {
          handle.rollback();
        }
      });
    } catch (StoreException e) {
      throw new StoreException(
          "store: the connection broke while something was committed, and whether it was is not known: "
              + said(why),
          NEXT, why);
    }
    if (!kept) {
      throw failed(why);
    }
  }

  private static boolean isKept(Handle handle, Mark mark) {
    Change change = mark.change();
    return change == null
        ? handle.createQuery("SELECT count(*) FROM commits WHERE token = ?").bind(0, mark.token()).mapTo(Integer.class)
            .one() > 0
        : handle.createQuery("SELECT count(*) FROM changes WHERE revision = ? AND seal = ?")
            .bind(0, change.revision()).bind(1, change.seal()).mapTo(Integer.class).one() > 0;
  }

  /** Takes what was committed here, unless somebody has read it already. */
  private void took(Known before, Known after, @Nullable Change change) {
    taking.lock();
    try {
      if (known == before) {
        known = after;
        if (change != null) {
          follower.published(change, after.catalog.table());
        }
      }
    } finally {
      taking.unlock();
    }
  }

  /** Looks whether others wrote anything. */
  private void look(Handle handle) {
    consistently(handle, () -> {
      Counter counter = Counter.look(handle);
      clock.set(counter.clockMillis());
      // What this replica has committed meanwhile may be newer than what is looked at.
      if (known.isBehind(counter) && !known.isAheadOf(counter)) {
        bringUp(handle, counter);
      }
      return true;
    });
  }

  private interface Work<T> {
    T run();
  }

  /** Reads several things as of one moment. */
  private static <T> T consistently(Handle handle, Work<T> work) {
    handle.begin();
    try {
      handle.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
      return work.run();
    } finally {
      handle.rollback();
    }
  }

  /**
   * INVARIANT: the lock is held: nobody can have committed anything that is not counted.
   *
   * @throws StoreException if the database has lost what this replica knows, also if the numbers were given again
   */
  private void requireNothingLost(Handle handle, Counter counter) {
    Known now = known;
    Stamp newest = now.catalog.table().log().newestStamp();
    boolean other = now.isAheadOf(counter) || (newest.revision() == counter.revision() && !newest.isNone()
        && sealOf(handle, counter) != newest.seal());
    if (other && !lost) {
      lost = true;
      LOG.log(Level.ERROR, "the store at " + address.where() + " does not hold " + newest
          + " any more, or what was written after it; its newest revision is " + counter.revision()
          + ". This control plane has to be started anew");
    }
    if (lost) {
      throw new StoreException("store: " + newest + ", or what was written after it, is not in its log any more, whose"
          + " newest revision is " + counter.revision() + " (expected: the log as it was)",
          "if the database was restored, or lost commits in a failover, start the control plane anew", null);
    }
  }

  private static int sealOf(Handle handle, Counter counter) {
    Integer seal = counter.seal();
    return seal != null
        ? seal
        : handle.createQuery("SELECT seal FROM changes WHERE revision = ?").bind(0, counter.revision())
            .mapTo(Integer.class).one();
  }

  /** INVARIANT: what is said to be current, whoever follows has been told of: he would else take what is older for it. */
  private RouteJson.Current told(Counter counter) {
    taking.lock();
    try {
      return new RouteJson.Current(counter.revision(), clock.set(counter.nowMillis()));
    } finally {
      taking.unlock();
    }
  }

  /** INVARIANT: what is known is never behind what was read under the lock when this returns. */
  private void bringUp(Handle handle, Counter counter) {
    for (Known from = known; from.isBehind(counter); from = known) {
      StoredState state = new StoredState(handle);
      List<Change> changes = state.changesAfter(from.catalog.table().log().newestStamp());
      RouteTable table = from.catalog.table();
      for (Change change : changes) {
        table = table.with(change);
      }
      Catalog catalog = from.version < counter.editsFrom()
          ? state.catalog(table)
          : Edits.apply(handle, from.version, from.catalog, table);
      take(from, new Known(catalog, counter.version()), changes);
    }
  }

  private void take(Known from, Known to, List<Change> changes) {
    taking.lock();
    try {
      if (known != from) {
        return;
      }
      known = to;
      RouteTable table = from.catalog.table();
      for (Change change : changes) {
        table = table.with(change);
        follower.published(change, table);
      }
    } finally {
      taking.unlock();
    }
  }

  private StoreException failed(JdbiException why) {
    String message = said(why);
    if (!Thread.currentThread().isInterrupted() && !message.equals(lastSaid.getAndSet(message))) {
      LOG.log(Level.ERROR, "the store at " + address.where() + " failed; each use tries to go on: " + message);
    }
    return new StoreException("store: " + message, NEXT, why);
  }

  private void answered() {
    if (!lastSaid.get().isEmpty() && !lastSaid.getAndSet("").isEmpty()) {
      LOG.log(Level.INFO, "the store at " + address.where() + " answers again");
    }
  }

  /** What the server or the driver said, without the statement. */
  static String said(Throwable why) {
    Throwable root = why.getCause() == null ? why : why.getCause();
    return String.valueOf(root.getMessage()).replace('\n', ' ');
  }

  @Override
  public void close() {
    news.close();
    leases.close();
    writer.close();
    reader.close();
    asker.close();
    side.close();
    tracing.close();
  }
}
