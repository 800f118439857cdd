package dev.lanekeeper.controlplane.store;

import dev.lanekeeper.model.ServiceName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** In tables of SQL. */
final class SqlDisposals implements Disposals {

  private static final String COLUMNS = "operation, cluster, service, record, place, life, receiver, who, time, done";

  private final Statements statements;

  SqlDisposals(Statements statements) {
    this.statements = statements;
  }

  @Override
  public void insert(Disposal disposal) {
    statements.execute("INSERT INTO disposals (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        disposal.operation(), disposal.cluster(), disposal.service().folded(), disposal.record(), disposal.place(),
        disposal.life(), disposal.receiver(), disposal.by(), disposal.atMillis(), disposal.done() ? 1 : 0);
  }

  @Override
  public @Nullable Disposal last(ServiceName service, String record) {
    return statements
        .query(
            "SELECT " + COLUMNS + " FROM disposals WHERE service = ? AND record = ? ORDER BY number DESC LIMIT 1")
        .bind(0, service.folded()).bind(1, record).map((row, context) -> disposal(row)).findOne().orElse(null);
  }

  @Override
  public List<Disposal> of(String operation) {
    return statements.query("SELECT " + COLUMNS + " FROM disposals WHERE operation = ? ORDER BY number")
        .bind(0, operation).map((row, context) -> disposal(row)).list();
  }

  @Override
  public void done(String operation) {
    statements.execute("UPDATE disposals SET done = 1 WHERE operation = ?", operation);
  }

  @Override
  public void remove(String operation) {
    statements.execute("DELETE FROM disposals WHERE operation = ?", operation);
  }

  @Override
  public void forgetBefore(long millis) {
    statements.execute("DELETE FROM disposals WHERE time < ? AND done = 1", millis);
  }

  private static Disposal disposal(ResultSet row) throws SQLException {
    return new Disposal(row.getString("operation"), row.getString("cluster"), ServiceName.of(row.getString("service")),
        row.getString("record"), row.getString("place"), row.getString("life"), row.getString("receiver"),
        row.getString("who"), row.getLong("time"), row.getInt("done") == 1);
  }
}
