package dev.lanekeeper.controlplane.store;

import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/** The statements of one transaction, in SQL that every store understands. Belongs to one thread. */
final class Statements {

  private final Handle handle;
  private boolean wrote;

  Statements(Handle handle) {
    this.handle = handle;
  }

  Query query(String sql) {
    return handle.createQuery(sql);
  }

  /** Changes something; returns how many rows. */
  int execute(String sql, @Nullable Object... arguments) {
    wrote = true;
    return handle.execute(sql, arguments);
  }

  /** Changes one row, and returns a number from it. */
  long executeReturning(String sql, Object... arguments) {
    wrote = true;
    return handle.select(sql, arguments).mapTo(Long.class).one();
  }

  /** Whether anything was changed. */
  boolean wrote() {
    return wrote;
  }
}
