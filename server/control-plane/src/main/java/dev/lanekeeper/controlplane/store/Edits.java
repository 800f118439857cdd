package dev.lanekeeper.controlplane.store;

import dev.lanekeeper.model.RouteTable;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/** The edits of the catalog as they are written down for other replicas. */
final class Edits {

  private Edits() {}

  /** Writes down those of one transaction. */
  static void write(Handle handle, long version, List<CatalogEdit> edits) {
    PreparedBatch batch =
        handle.prepareBatch("INSERT INTO edits (version, number, kind, key, body) VALUES (?, ?, ?, ?, ?)");
    for (int number = 0; number < edits.size(); number++) {
      CatalogEdit edit = edits.get(number);
      batch.add(version, number, edit.kind().name(), edit.key(), edit.body());
    }
    batch.execute();
    handle.execute("UPDATE counter SET version = ? WHERE id = 1", version);
  }

  /** Forgets those up to a version. */
  static void forget(Handle handle, long upTo) {
    if (upTo > 0) {
      handle.execute("DELETE FROM edits WHERE version <= ?", upTo);
      handle.execute("UPDATE counter SET edits_from = ? WHERE id = 1", upTo);
    }
  }

  /** A catalog after those behind a version, with another table. */
  static Catalog apply(Handle handle, long after, Catalog catalog, RouteTable table) {
    CatalogChange change = new CatalogChange(catalog);
    handle.createQuery("SELECT kind, key, body FROM edits WHERE version > ? ORDER BY version, number").bind(0, after)
        .map((row, context) -> new CatalogEdit(kind(row.getString(1)), row.getString(2), row.getString(3)))
        .forEach(edit -> edit.apply(change));
    return change.with(table);
  }

  private static CatalogEdit.Kind kind(String name) {
    try {
      return CatalogEdit.Kind.valueOf(name);
    } catch (IllegalArgumentException later) {
      throw new StoreException("edits: " + name + ", which this version cannot read",
          "let all control planes of a store be of the newest version", later);
    }
  }
}
