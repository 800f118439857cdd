package dev.lanekeeper.controlplane.store;

import dev.lanekeeper.api.EnvironmentDocument;
import dev.lanekeeper.api.StatusInfo;
import dev.lanekeeper.client.RouteJson;
import dev.lanekeeper.model.Change;
import dev.lanekeeper.model.RouteTable;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A store that writes nothing to disk: what it knows is in a {@link Memory}, and goes with that. For tests and simulations.
 *
 * <p><b>Threads.</b> Any; transactions wait for each other. The follower runs inside the lock, in the order of revisions.
 */
public final class InMemoryStore implements Store {

  private static final String IDENTITY = "00000000000000aa";

  private final ReentrantLock lock = new ReentrantLock();
  private final Memory memory;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Presence presence;
  private final Traces traces;
  private volatile Catalog catalog;
  private Follower follower = (change, table) -> {};
  private boolean closed;

  /**
   * A store of what a memory holds.
   *
   * @param clock what commit times are read from
   * @param random what seals are made of
   */
  public InMemoryStore(Memory memory, InstantSource clock, RandomGenerator random) {
    this.memory = memory;
    this.clock = clock;
    this.random = random;
    this.presence = new InMemoryPresence(clock);
    this.traces = new InMemoryTraces(clock);
    Catalog kept = memory.catalog;
    this.catalog = kept == null
        ? new Catalog(RouteTable.EMPTY, Map.of(), Map.of(), EnvironmentDocument.STAGING, Map.of(), Set.of(), Map.of())
        : kept;
  }

  @Override
  public void follow(Follower newFollower) {
    lock.lock();
    try {
      ensureOpen();
      follower = newFollower;
      newFollower.begins(List.copyOf(memory.changes), catalog.table());
    } finally {
      lock.unlock();
    }
  }

  @Override
  public String identity() {
    return IDENTITY;
  }

  @Override
  public Catalog catalog() {
    return catalog;
  }

  @Override
  public InstantSource clock() {
    return clock;
  }

  @Override
  public RouteJson.Current current() {
    lock.lock();
    try {
      ensureOpen();
      return new RouteJson.Current(catalog.table().revision(), now());
    } finally {
      lock.unlock();
    }
  }

  /** INVARIANT: never less than any time that was given before. */
  private long now() {
    memory.lastMillis = Math.max(memory.lastMillis, clock.millis());
    return memory.lastMillis;
  }

  private void ensureOpen() {
    if (closed) {
      throw new StoreException("store: closed", null);
    }
  }

  @Override
  public <T extends @Nullable Object> T inTransaction(Function<Transaction, T> work) {
    if (lock.isHeldByCurrentThread()) {
      throw new IllegalStateException("a transaction inside a transaction");
    }
    lock.lock();
    try {
      ensureOpen();
      long nowMillis = now();
      InMemoryRows rows = new InMemoryRows(memory, nowMillis);
      Transaction transaction = new Transaction(rows, catalog, nowMillis, random.nextInt());
      T result;
      try {
        result = work.apply(transaction);
        Catalog after = transaction.finish();
        rows.check();
        catalog = after;
      } catch (Throwable t) {
        rows.rollback();
        throw t;
      }
      memory.catalog = catalog;
      Change change = transaction.change();
      if (change != null) {
        follower.published(change, catalog.table());
      }
      transaction.kept();
      return result;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public StatusInfo.Store info() {
    return new StatusInfo.Store("memory", "this process", List.of());
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
  public void close() {
    lock.lock();
    try {
      closed = true;
    } finally {
      lock.unlock();
    }
  }
}
