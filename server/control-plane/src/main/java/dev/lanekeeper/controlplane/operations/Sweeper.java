package dev.lanekeeper.controlplane.operations;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.controlplane.kafka.BrokerException;
import dev.lanekeeper.controlplane.kafka.GroupBroker;
import dev.lanekeeper.controlplane.store.Store;
import dev.lanekeeper.model.Incarnation;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Deletes groups that came to be again after their life had ended: a process of it that was cut off, and polls once more, makes its
 * group anew. Nothing is lost with it: what the life owned its undertaker has read, and the rest is others'.
 *
 * <p>Touches only groups that bear the id of an ended life of this ledger: others may be another environment's.
 *
 * <p><b>Threads.</b> Belongs to one.
 */
public final class Sweeper {

  private static final Logger LOG = System.getLogger(Sweeper.class.getName());
  private static final Duration EVERY = Duration.ofMinutes(1);
  private static final List<String> LEASE = List.of("sweeper");
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Store store;
  private final GroupBroker broker;
  private final LongSupplier nanos;
  /** The groups of which it was said that they cannot be deleted. */
  private final Set<String> said = new HashSet<>();
  private Patience rest;

  /**
   * Of a store's clusters.
   *
   * @param nanos the machine's clock, by which waits are measured
   */
  public Sweeper(Store store, GroupBroker broker, LongSupplier nanos) {
    this.store = store;
    this.broker = broker;
    this.nanos = nanos;
    this.rest = new Patience(EVERY, nanos);
  }

  /** Looks once at every cluster, if it is time to. */
  public void work() {
    if (!rest.isOver()) {
      return;
    }
    rest = new Patience(EVERY, nanos);
    if (!store.leases().take(LEASE)) {
      return;
    }
    for (ClusterDocument cluster : store.catalog().clusters().values()) {
      try {
        sweep(cluster);
      } catch (BrokerException e) {
        LOG.log(Level.DEBUG, "what is left of ended overrides is looked for later", e);
      }
    }
  }

  private void sweep(ClusterDocument cluster) {
    List<String> groups = broker.groupsEndingWith(cluster, "", PATIENCE);
    for (String group : groups) {
      int infix = group.lastIndexOf(Incarnation.GROUP_INFIX);
      String id = infix < 0 ? "" : group.substring(infix + Incarnation.GROUP_INFIX.length());
      if (infix >= 0 && store.inTransaction(transaction -> transaction.ledger().hasEnded(id))) {
        delete(cluster, group);
      }
    }
  }

  private void delete(ClusterDocument cluster, String group) {
    try {
      if (broker.delete(cluster, group, PATIENCE)) {
        LOG.log(Level.INFO,
            "group " + group + " on " + cluster.name() + " was made again after its override had ended; deleted");
      }
    } catch (BrokerException e) {
      if (e.isUnreachable()) {
        throw e;
      }
      if (said.add(group)) {
        LOG.log(Level.WARNING, "group " + group + " was made again after its override had ended, and cannot be deleted;"
            + " trying again: " + e.getMessage());
      }
    }
  }
}
