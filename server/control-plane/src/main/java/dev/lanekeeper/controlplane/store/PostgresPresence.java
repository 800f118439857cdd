package dev.lanekeeper.controlplane.store;

import dev.lanekeeper.api.ApiJson;
import dev.lanekeeper.api.DataPlaneReport;
import java.util.HashMap;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Who was heard of, by any replica, in a table of a PostgreSQL store; by the clock of the database.
 *
 * <p><b>Threads.</b> Any; blocks.
 */
final class PostgresPresence implements Presence {

  private static final String SILENCE = "interval '" + Presence.SILENCE.toMillis() + " milliseconds'";
  private static final String NEVER = "-infinity";
  /** Reads again what was committed late. */
  private static final String OVERLAP = "interval '2 seconds'";

  private final Line line;
  /** What was read last, by id. */
  private Map<String, Note> notes = Map.of();
  private String readAt = NEVER;
  private long readMicros;

  private record Note(@Nullable String text, @Nullable DataPlaneReport report, long heardMicros) {}

  PostgresPresence(Line line) {
    this.line = line;
  }

  @Override
  public void heard(String id, @Nullable DataPlaneReport report) {
    String text = report == null ? null : ApiJson.write(report);
    line.use(handle -> handle.execute("INSERT INTO presence (id, report, heard_at) VALUES (?, ?, clock_timestamp())"
        + " ON CONFLICT (id) DO UPDATE SET report = excluded.report, heard_at = excluded.heard_at", id, text));
  }

  @Override
  public Map<String, Heard> present() {
    return line.use(this::present);
  }

  /** INVARIANT: runs with the line held: one at a time. */
  private Map<String, Heard> present(Handle handle) {
    var now =
        handle.createQuery("SELECT clock_timestamp()::text, floor(extract(epoch FROM clock_timestamp()) * 1000000)"
            + "::bigint").map((row, context) -> Map.entry(row.getString(1), row.getLong(2))).one();
    if (now.getValue() < readMicros) {
      readAt = NEVER; // the clock went back: what is said now is older than what was read
    }
    Map<String, Note> after = new HashMap<>(notes);
    handle.createQuery("SELECT id, report, floor(extract(epoch FROM heard_at) * 1000000)::bigint FROM presence"
        + " WHERE heard_at > greatest(?::timestamptz - " + OVERLAP + ", ?::timestamptz - " + SILENCE + ")"
        + " AND heard_at < ?::timestamptz + " + SILENCE).bind(0, readAt).bind(1, now.getKey()).bind(2, now.getKey())
        .map((row, context) -> Map.entry(row.getString(1), note(row.getString(1), row.getString(2), row.getLong(3))))
        .forEach(entry -> after.put(entry.getKey(), entry.getValue()));
    long silence = Presence.SILENCE.toMillis() * 1_000;
    after.values().removeIf(note -> Math.abs(now.getValue() - note.heardMicros()) > silence);
    notes = after;
    readAt = now.getKey();
    readMicros = now.getValue();
    Map<String, Heard> present = new HashMap<>();
    after.forEach((id, note) -> present.put(id,
        new Heard(note.report(), Math.max(0, now.getValue() - note.heardMicros()) / 1_000)));
    return present;
  }

  private Note note(String id, @Nullable String text, long heardMicros) {
    Note last = notes.get(id);
    DataPlaneReport report = last != null && text != null && text.equals(last.text())
        ? last.report()
        : text == null ? null : ApiJson.read(text, DataPlaneReport.class);
    return new Note(text, report, heardMicros);
  }

  @Override
  public boolean isDeaf() {
    return line.use(handle -> handle.createQuery("SELECT since > clock_timestamp() - " + SILENCE + " FROM listening")
        .mapTo(Boolean.class).one());
  }

  @Override
  public void tend() {
    line.use(handle -> {
      handle.execute("UPDATE listening SET last = clock_timestamp(), since = CASE WHEN last < clock_timestamp()"
          + " - interval '3 seconds' THEN clock_timestamp() ELSE since END"
          + " WHERE last < clock_timestamp() - interval '300 milliseconds'");
      return handle.execute("DELETE FROM presence WHERE heard_at < clock_timestamp() - 10 * " + SILENCE);
    });
  }
}
