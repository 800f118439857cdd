package dev.lanekeeper.controlplane.store;

import dev.lanekeeper.api.Document;
import dev.lanekeeper.api.Documents;
import dev.lanekeeper.client.RouteJson;
import dev.lanekeeper.model.Change;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.Tenancy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jdbi.v3.core.Handle;

/** In tables of SQL. */
final class SqlRows implements Rows {

  /** INVARIANT: longer than it is said to be known, by more than clocks differ. */
  private static final Duration RESOLVED_KEPT = Transaction.RESOLVED_KNOWN.plusDays(2);
  private static final Duration RESOLVED_RENEWED = Duration.ofDays(1);

  private final Statements statements;
  private final long nowMillis;
  private final Ledger ledger;
  private final Disposals disposals;
  private boolean pruned;

  SqlRows(Handle handle, long nowMillis) {
    this.statements = new Statements(handle);
    this.nowMillis = nowMillis;
    this.ledger = new SqlLedger(statements, nowMillis);
    this.disposals = new SqlDisposals(statements);
  }

  @Override
  public Ledger ledger() {
    return ledger;
  }

  @Override
  public Disposals disposals() {
    return disposals;
  }

  @Override
  public long nextRevision() {
    return statements.executeReturning("UPDATE counter SET revision = revision + 1,"
        + " time = CASE WHEN time < ? THEN ? ELSE time END WHERE id = 1 RETURNING revision", nowMillis, nowMillis);
  }

  @Override
  public long beginEpoch(int epoch) {
    return statements.executeReturning("UPDATE counter SET revision = ?,"
        + " time = CASE WHEN time < ? THEN ? ELSE time END WHERE id = 1 RETURNING revision",
        (long) epoch << Stamp.EPOCH_SHIFT, nowMillis, nowMillis);
  }

  @Override
  public void write(Change change) {
    statements.execute("INSERT INTO changes (revision, seal, time, payload) VALUES (?, ?, ?, ?)", change.revision(),
        change.seal(), nowMillis, new String(RouteJson.writeChange(change), StandardCharsets.UTF_8));
  }

  @Override
  public void write(Document document) {
    statements.execute("INSERT INTO documents (kind, key, body) VALUES (?, ?, ?)"
        + " ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body", document.kind(), document.key(),
        Documents.writeJson(document));
  }

  @Override
  public void remove(String kind, String key) {
    statements.execute("DELETE FROM documents WHERE kind = ? AND key = ?", kind, key);
  }

  @Override
  public void write(RegisteredTenant tenant) {
    statements.execute("INSERT INTO tenants (tenancy, from_revision, expires_at) VALUES (?, ?, ?) ON CONFLICT (tenancy)"
        + " DO UPDATE SET from_revision = excluded.from_revision, expires_at = excluded.expires_at",
        tenant.document().key(), tenant.from(), tenant.expiresAtMillis());
  }

  @Override
  public void remove(Tenancy tenancy) {
    statements.execute("DELETE FROM tenants WHERE tenancy = ?", tenancy.text());
  }

  @Override
  public void write(Reading reading) {
    // One line, however its service was written by then.
    statements.execute("DELETE FROM inventory WHERE lower(service) = ? AND service <> ? AND incarnation = ?"
        + " AND bootstrap = ? AND consumers = ? AND topic = ?", reading.service().folded(), reading.service().text(),
        reading.incarnation(), reading.bootstrap(), reading.group(), reading.topic());
    statements.execute("INSERT INTO inventory (service, incarnation, bootstrap, consumers, topic, handovers, seen_at)"
        + " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (service, incarnation, bootstrap, consumers, topic)"
        + " DO UPDATE SET handovers = excluded.handovers, seen_at = excluded.seen_at", reading.service().text(),
        reading.incarnation(), reading.bootstrap(), reading.group(), reading.topic(), reading.handovers() ? 1 : 0,
        nowMillis);
  }

  @Override
  public void removeReadings(ServiceName service) {
    statements.execute("DELETE FROM inventory WHERE lower(service) = ? AND incarnation = ''", service.folded());
  }

  @Override
  public void removeReadings(String incarnation) {
    statements.execute("DELETE FROM inventory WHERE incarnation = ?", incarnation);
  }

  @Override
  public void write(StoredAnnouncement announcement) {
    statements.execute("INSERT INTO announcements (instance, incarnation, workload, address) VALUES (?, ?, ?, ?)"
        + " ON CONFLICT (instance) DO UPDATE SET incarnation = excluded.incarnation, workload = excluded.workload,"
        + " address = excluded.address", announcement.instance(), announcement.incarnation().id(),
        announcement.workload(), announcement.address() == null ? null : announcement.address().toString());
  }

  @Override
  public void removeAnnouncement(String instance) {
    statements.execute("DELETE FROM announcements WHERE instance = ?", instance);
  }

  @Override
  public void resolved(ServiceName service, String id) {
    if (!pruned) {
      pruned = true;
      statements.execute("DELETE FROM resolved WHERE time < ?", nowMillis - RESOLVED_KEPT.toMillis());
    }
    statements.execute("INSERT INTO resolved (service, id, time) VALUES (?, ?, ?) ON CONFLICT (service, id) DO NOTHING",
        service.folded(), id, nowMillis);
  }

  @Override
  public boolean isResolved(ServiceName service, String id) {
    Long time = statements.query("SELECT time FROM resolved WHERE service = ? AND id = ?").bind(0, service.folded())
        .bind(1, id).mapTo(Long.class).findOne().orElse(null);
    if (time != null && time < nowMillis - RESOLVED_RENEWED.toMillis()) {
      statements.execute("UPDATE resolved SET time = ? WHERE service = ? AND id = ?", nowMillis, service.folded(), id);
    }
    return time != null;
  }

  @Override
  public boolean wrote() {
    return statements.wrote();
  }
}
