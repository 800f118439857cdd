package dev.lanekeeper.client.protocol;

import dev.lanekeeper.model.RevisionLog;
import dev.lanekeeper.model.RouteTable;

/** What the seals say about where two tables come from. */
final class History {

  private History() {}

  /** Whether a table holds this revision with this seal, another seal, or not at all. */
  enum Match {
    SAME, OTHER, UNKNOWN
  }

  /** Looks a revision up. */
  static Match match(RouteTable table, long revision, int seal) {
    RevisionLog log = table.log();
    int low = 0;
    int high = log.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      long found = log.revision(middle);
      if (found == revision) {
        return log.seal(middle) == seal ? Match.SAME : Match.OTHER;
      }
      if (found < revision) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return Match.UNKNOWN;
  }

  /** Looks the newest revision of one table up in another. */
  static Match match(RouteTable table, RouteTable newestOf) {
    return match(table, newestOf.stamp().revision(), newestOf.stamp().seal());
  }
}
