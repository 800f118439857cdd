package dev.lanekeeper.client.protocol;

import dev.lanekeeper.client.Tables;
import dev.lanekeeper.model.Change;
import dev.lanekeeper.model.OverrideLife;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.Tenancy;
import dev.lanekeeper.model.TenantLife;
import java.util.ArrayList;
import java.util.List;

/** A control plane's store as it should be: an ordered log, and what follows from it. */
final class ModelServer {

  /** All changes of the history that is served now, in order. */
  private final List<Change> log = new ArrayList<>();
  private int histories;

  /** The store's clock. */
  static long clock(long now) {
    return Tables.BEGIN + now;
  }

  void commit(long now) {
    long revision = newest() + 1;
    // The seal names the history in which the revision was given.
    int seal = (int) (revision * 1_000_003 + histories * 7_919L);
    log.add(new Change(revision, seal, clock(now),
        List.of(new TenantLife(new Tenancy("t" + revision), revision, OverrideLife.OPEN)), List.of(), List.of(),
        List.of(),
        List.of(), null));
  }

  /** The store is lost from a revision on; what comes later is of another history. */
  void loseFrom(int size) {
    while (log.size() > size) {
      log.remove(log.size() - 1);
    }
    histories++;
  }

  int size() {
    return log.size();
  }

  int histories() {
    return histories;
  }

  long newest() {
    return log.isEmpty() ? 0 : log.get(log.size() - 1).revision();
  }

  RouteTable table() {
    RouteTable table = RouteTable.of(RouteTable.EMPTY.content());
    for (Change change : log) {
      table = table.with(change);
    }
    return table;
  }

  /** The changes after a revision; null if it is past the history. */
  List<Change> after(long revision) {
    return log.stream().filter(change -> change.revision() > revision).toList();
  }

  /** Whether the log holds all revisions of a table, and the table all of theirs up to its newest. */
  boolean holds(RouteTable table) {
    if (table.log().size() > log.size()) {
      return false;
    }
    for (int row = 0; row < table.log().size(); row++) {
      Change change = log.get(row);
      if (table.log().revision(row) != change.revision() || table.log().seal(row) != change.seal()) {
        return false;
      }
    }
    return true;
  }

  /** The newest revision with a commit time before this one. */
  long newestBefore(long millis) {
    return log.stream().filter(change -> change.commitMillis() < millis).mapToLong(Change::revision).max().orElse(0);
  }
}
