package dev.lanekeeper.controlplane.store;

import dev.lanekeeper.api.QuarantinedInfo;
import dev.lanekeeper.model.ServiceName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What people did with records that were put aside. Each stands here before it is tried, and is done once its operation has noted so.
 *
 * <p><b>Threads.</b> The one that runs the transaction.
 */
public final class Disposals {

  private static final String COLUMNS = "operation, cluster, service, record, place, life, receiver, who, time, done";

  private final Statements statements;

  Disposals(Statements statements) {
    this.statements = statements;
  }

  /**
   * What is done with one record.
   *
   * @param operation of the ledger
   * @param cluster the name of the Cluster document
   * @param service in whose quarantine it stands
   * @param record what copies of it have in common
   * @param place where the copy stands that was named: {@code cluster/service/partition/offset}
   * @param life of which override the receiver is; empty: the baseline is; null: nobody is
   * @param receiver as it was named; null: it is discarded
   * @param by who wanted it
   * @param atMillis ms since 1970
   * @param done whether it is done
   */
  public record Disposal(String operation, String cluster, ServiceName service, String record, String place,
      @Nullable String life, @Nullable String receiver, String by, long atMillis, boolean done) {

    /** Whether somebody gets it. */
    public boolean isRelease() {
      return receiver != null;
    }

    /** As people are shown it. */
    public QuarantinedInfo.Disposal info() {
      return new QuarantinedInfo.Disposal(operation, receiver, by, atMillis, done);
    }
  }

  /** Writes down what is wanted. */
  public void insert(Disposal disposal) {
    statements.execute("INSERT INTO disposals (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        disposal.operation(), disposal.cluster(), disposal.service().folded(), disposal.record(), disposal.place(),
        disposal.life(), disposal.receiver(), disposal.by(), disposal.atMillis(), disposal.done() ? 1 : 0);
  }

  /** What was done with a record last; null if nothing was. */
  public @Nullable Disposal last(ServiceName service, String record) {
    return statements
        .query(
            "SELECT " + COLUMNS + " FROM disposals WHERE service = ? AND record = ? ORDER BY number DESC LIMIT 1")
        .bind(0, service.folded()).bind(1, record).map((row, context) -> disposal(row)).findOne().orElse(null);
  }

  /** What an operation does, in the order in which it was wanted. */
  public List<Disposal> of(String operation) {
    return statements.query("SELECT " + COLUMNS + " FROM disposals WHERE operation = ? ORDER BY number")
        .bind(0, operation).map((row, context) -> disposal(row)).list();
  }

  /** Notes that an operation has done all of it. */
  public void done(String operation) {
    statements.execute("UPDATE disposals SET done = 1 WHERE operation = ?", operation);
  }

  /** Takes back what an operation that was given up wanted. */
  public void remove(String operation) {
    statements.execute("DELETE FROM disposals WHERE operation = ?", operation);
  }

  /** Forgets what is older: it does not stand in quarantine any more. What is not done stays. */
  public void forgetBefore(long millis) {
    statements.execute("DELETE FROM disposals WHERE time < ? AND done = 1", millis);
  }

  private static Disposal disposal(ResultSet row) throws SQLException {
    return new Disposal(row.getString("operation"), row.getString("cluster"), ServiceName.of(row.getString("service")),
        row.getString("record"), row.getString("place"), row.getString("life"), row.getString("receiver"),
        row.getString("who"), row.getLong("time"), row.getInt("done") == 1);
  }
}
