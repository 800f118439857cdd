package dev.lanekeeper.controlplane.store;

import dev.lanekeeper.api.StatusInfo;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Handle;

/**
 * Leases in the tables of a PostgreSQL store. They last for as long as their holder is heard of.
 *
 * <p><b>Threads.</b> Any; blocks.
 */
final class PostgresLeases implements Leases, AutoCloseable {

  private static final Logger LOG = System.getLogger(PostgresLeases.class.getName());
  /** After so long without a word a replica has none. One that was heard in the future is gone, too: the clock went back since. */
  private static final String HEARD = "replicas.heard_at BETWEEN clock_timestamp() - interval '10 seconds'"
      + " AND clock_timestamp() + interval '10 seconds'";

  private final Line line;
  private final String name;
  private final String self = UUID.randomUUID().toString();
  /** What it is at no more, and could not say so. */
  private final Set<String> unreleased = ConcurrentHashMap.newKeySet();

  PostgresLeases(Line line, String name) {
    this.line = line;
    this.name = name;
    stillHere();
  }

  /**
   * Says that this replica is there, lets go of what it could not let go of before, and forgets those that are gone: what they were at may
   * have been done, and then nobody takes it from them.
   */
  void stillHere() {
    Set<String> late = Set.copyOf(unreleased);
    line.use(handle -> {
      delete(handle, late);
      handle
          .execute("DELETE FROM leases WHERE NOT EXISTS (SELECT 1 FROM replicas WHERE replicas.id = leases.holder AND "
              + HEARD + ")");
      handle.execute(
          "INSERT INTO replicas (id, name, since, heard_at) VALUES (?, ?, clock_timestamp(), clock_timestamp())"
              + " ON CONFLICT (id) DO UPDATE SET heard_at = excluded.heard_at",
          self, name);
      return handle.execute("DELETE FROM replicas WHERE heard_at < clock_timestamp() - interval '1 hour'");
    });
    unreleased.removeAll(late);
  }

  @Override
  public boolean take(Collection<String> names) {
    Set<String> wanted = new TreeSet<>(names);
    if (wanted.isEmpty()) {
      return true;
    }
    return line.use(handle -> {
      handle.begin();
      boolean all = false;
      try {
        all = taken(handle, wanted).size() == wanted.size();
        return all;
      } finally {
        if (all) {
          handle.commit();
        } else {
          handle.rollback();
        }
      }
    });
  }

  @Override
  public Set<String> takeFree(Collection<String> names) {
    Set<String> wanted = new TreeSet<>(names);
    return wanted.isEmpty() ? Set.of() : line.use(handle -> taken(handle, wanted));
  }

  /** In the order of their names: so nobody waits for somebody who waits for him. */
  private Set<String> taken(Handle handle, Set<String> wanted) {
    unreleased.removeAll(wanted);
    return Set.copyOf(handle
        .select("INSERT INTO leases (name, holder) SELECT wanted, ? FROM unnest(?) wanted ORDER BY wanted"
            + " ON CONFLICT (name) DO UPDATE SET holder = excluded.holder WHERE leases.holder = excluded.holder"
            + " OR NOT EXISTS (SELECT 1 FROM replicas WHERE replicas.id = leases.holder"
            + " AND " + HEARD + ") RETURNING name", self,
            wanted.toArray(new String[0]))
        .mapTo(String.class).list());
  }

  @Override
  public void release(Collection<String> names) {
    if (names.isEmpty()) {
      return;
    }
    try {
      line.use(handle -> delete(handle, names));
    } catch (StoreException e) {
      unreleased.addAll(names);
      LOG.log(Level.DEBUG, "leases stay for a moment", e);
    }
  }

  private int delete(Handle handle, Collection<String> names) {
    return names.isEmpty()
        ? 0
        : handle.execute("DELETE FROM leases WHERE holder = ? AND name = ANY (?)", self,
            new TreeSet<>(names).toArray(new String[0]));
  }

  /** The control planes that use the store, by name. */
  List<StatusInfo.Replica> replicas() {
    return line.use(handle -> handle
        .createQuery("SELECT name, floor(extract(epoch FROM since) * 1000)::bigint,"
            + " floor(extract(epoch FROM clock_timestamp() - heard_at) * 1000)::bigint, id = ? FROM replicas"
            + " WHERE " + HEARD + " ORDER BY name, since")
        .bind(0, self)
        .map((row, context) -> new StatusInfo.Replica(row.getString(1), row.getLong(2), row.getLong(3),
            row.getBoolean(4)))
        .list());
  }

  /** Gives up all that this replica has. */
  @Override
  public void close() {
    try {
      line.use(handle -> {
        handle.execute("DELETE FROM leases WHERE holder = ?", self);
        return handle.execute("DELETE FROM replicas WHERE id = ?", self);
      });
    } catch (StoreException e) {
      LOG.log(Level.DEBUG, "what this control plane was at is free once it has been silent for a while", e);
    }
  }
}
