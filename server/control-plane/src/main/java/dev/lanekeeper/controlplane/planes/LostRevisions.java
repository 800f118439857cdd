package dev.lanekeeper.controlplane.planes;

import dev.lanekeeper.api.DataPlaneReport;
import dev.lanekeeper.controlplane.store.Store;
import dev.lanekeeper.controlplane.store.Transaction;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.Stamp;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * Notices that the store has lost revisions that it once gave (it was restored from a backup, say): a data plane holds one that it
 * does not know. A new epoch begins then. What was stamped with a lost revision is ended from there on, never "never registered", and
 * nobody takes a number that is given again for what it was.
 *
 * <p>A data plane that comes from another store has another origin, and is no reason: it gets a whole table.
 *
 * <p><b>Threads.</b> Any.
 */
final class LostRevisions {

  private static final Logger LOG = System.getLogger(LostRevisions.class.getName());
  private static final int LAST_EPOCH = Stamp.epochOf(Stamp.LARGEST_REVISION);

  private final Store store;

  LostRevisions(Store store) {
    this.store = store;
  }

  /** Looks at what a data plane holds. */
  void look(DataPlaneReport report) {
    Stamp held = Stamp.parse(report.stamp());
    Stamp origin = Stamp.parse(report.origin());
    if (held.isNone() || origin.isNone() || !isLost(store.catalog().table(), held, origin)) {
      return;
    }
    // Another control plane may have given it just now.
    store.current();
    if (isLost(store.catalog().table(), held, origin)) {
      store.inTransaction(transaction -> begin(transaction, held, origin));
    }
  }

  /** INVARIANT: false of what was held in an epoch that is over: else each data plane that has yet to hear of it would begin another. */
  private static boolean isLost(RouteTable table, Stamp held, Stamp origin) {
    return table.stampOf(origin.revision()).equals(origin) && !table.stampOf(held.revision()).equals(held)
        && Stamp.epochOf(held.revision()) >= Stamp.epochOf(table.revision());
  }

  private static long begin(Transaction transaction, Stamp held, Stamp origin) {
    RouteTable table = transaction.catalog().table();
    if (!isLost(table, held, origin)) {
      return table.revision();
    }
    int epoch = Stamp.epochOf(held.revision()) + 1;
    if (epoch > LAST_EPOCH) {
      LOG.log(Level.ERROR,
          "a data plane holds revision " + held + ", which this store has lost; there is no epoch left");
      return table.revision();
    }
    long revision = transaction.beginEpoch(epoch);
    LOG.log(Level.WARNING, "a data plane holds revision " + held + ", which this store has lost; its newest was "
        + table.stamp() + ". Epoch " + epoch + " begins, at revision " + revision);
    return revision;
  }
}
