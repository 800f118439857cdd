package dev.lanekeeper.controlplane.store;

import dev.lanekeeper.model.Change;
import dev.lanekeeper.model.OverrideLife;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.Tenancy;
import dev.lanekeeper.model.TenantLife;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes to a store in a process of its own, to be killed. Prints {@code wrote REVISION-SEAL NAME} once a write is acknowledged,
 * {@code saw REVISION-SEAL} for what its follower is told, {@code fault WHAT} where that is out of order, {@code done} at the end.
 * Stays until its standard input ends.
 */
final class StoreWriter {

  private static final PrintStream OUT =
      new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), true);

  private StoreWriter() {}

  /** Is told what the store publishes; every revision once, in order. */
  private static final class Order implements Follower {
    private final AtomicLong last = new AtomicLong();

    @Override
    public void begins(List<Change> log, RouteTable table) {
      log.forEach(this::saw);
    }

    @Override
    public void published(Change change, RouteTable after) {
      saw(change);
      if (after.revision() != change.revision()) {
        OUT.println("fault table of " + after.revision() + " at " + change.revision());
      }
    }

    private void saw(Change change) {
      long before = last.getAndSet(change.revision());
      if (change.revision() != before + 1) {
        OUT.println("fault " + change.revision() + " after " + before);
      }
      OUT.println("saw " + change.stamp());
    }
  }

  /**
   * Runs one.
   *
   * @param args URL or directory; the prefix of names; how many writes; whether its follower tells all (all) or nothing (quiet)
   */
  public static void main(String[] args) throws Exception {
    Store store = args[0].startsWith(PostgresAddress.PREFIX)
        ? PostgresStore.open(new PostgresAddress(args[0], null, null), args[1])
        : SqliteStore.open(Path.of(args[0]), InstantSource.system());
    if (args[3].equals("all")) {
      store.follow(new Order());
    }
    OUT.println("open " + store.catalog().table().revision());
    int writes = Integer.parseInt(args[2]);
    for (int i = 0; i < writes; i++) {
      String name = args[1] + i;
      long revision = store.inTransaction(transaction -> {
        transaction.publish(new TenantLife(new Tenancy(name), transaction.revision(), OverrideLife.OPEN));
        return transaction.revision();
      });
      OUT.println("wrote " + store.catalog().table().stampOf(revision) + " " + name);
    }
    OUT.println("done");
    System.in.transferTo(java.io.OutputStream.nullOutputStream());
    store.close();
  }
}
