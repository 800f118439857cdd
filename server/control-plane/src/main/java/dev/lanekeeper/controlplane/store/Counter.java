package dev.lanekeeper.controlplane.store;

import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The row from which revisions are given, and the database's clock, in ms since 1970.
 *
 * @param revision the newest
 * @param lastMillis the newest commit time
 * @param version how often the catalog was changed
 * @param editsFrom up to which version the edits are gone
 * @param clockMillis the clock, read after the row was locked
 * @param seal that of the newest revision; null where that is not known
 */
record Counter(long revision, long lastMillis, long version, long editsFrom, long clockMillis, @Nullable Integer seal) {

  private static final String CLOCK = "floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint";

  /**
   * Locks the row for as long as the transaction lasts.
   *
   * @param how FOR UPDATE: nobody else has it; FOR SHARE: only who asks has it, too
   */
  static Counter locked(Handle handle, String how) {
    // INVARIANT: the clock is read once the lock is held: what stands in the same list as FOR UPDATE is computed before.
    return read(handle, "WITH held AS MATERIALIZED (SELECT * FROM counter WHERE id = 1 " + how + ")"
        + " SELECT revision, time, version, edits_from, " + CLOCK
        // What stood there before the lock was waited for: nothing, if somebody has given a revision meanwhile.
        + ", (SELECT seal FROM changes WHERE changes.revision = held.revision) FROM held");
  }

  /** Reads the row. */
  static Counter look(Handle handle) {
    return read(handle,
        "SELECT revision, time, version, edits_from, " + CLOCK + ", NULL::integer FROM counter WHERE id = 1");
  }

  private static Counter read(Handle handle, String sql) {
    return handle.createQuery(sql).map((row, context) -> new Counter(row.getLong(1), row.getLong(2), row.getLong(3),
        row.getLong(4), row.getLong(5), row.getObject(6, Integer.class))).one();
  }

  /** The clock, but never earlier than a time that was given before. */
  long nowMillis() {
    return Math.max(lastMillis, clockMillis);
  }
}
