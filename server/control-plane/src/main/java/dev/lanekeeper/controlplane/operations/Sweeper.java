package dev.lanekeeper.controlplane.operations;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.controlplane.kafka.BrokerException;
import dev.lanekeeper.controlplane.kafka.GroupBroker;
import dev.lanekeeper.controlplane.store.SqliteStore;
import dev.lanekeeper.model.Incarnation;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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
  /** A topic that an application of Kafka Streams under test has for itself. */
  private static final Pattern INTERNAL =
      Pattern.compile(".+" + Pattern.quote(Incarnation.GROUP_INFIX) + "([a-z0-9]+)-.+");
  private static final Duration EVERY = Duration.ofMinutes(1);
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final SqliteStore store;
  private final GroupBroker broker;
  private final LongSupplier nanos;
  private Patience rest;

  /**
   * Of a store's clusters.
   *
   * @param nanos the machine's clock, by which waits are measured
   */
  public Sweeper(SqliteStore store, GroupBroker broker, LongSupplier nanos) {
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
      boolean ended = infix >= 0 && store.inTransaction(transaction -> transaction.ledger().hasEnded(id));
      if (ended && broker.delete(cluster, group, PATIENCE)) {
        LOG.log(Level.INFO,
            "group " + group + " on " + cluster.name() + " was made again after its override had ended; deleted");
      }
    }
    sweepTopics(cluster);
  }

  /** Those of applications of Kafka Streams: their names begin with that of the group. */
  private void sweepTopics(ClusterDocument cluster) {
    Set<String> left = new TreeSet<>();
    for (String topic : broker.topicsBeginning(cluster, "", PATIENCE)) {
      Matcher own = INTERNAL.matcher(topic);
      if (own.matches() && store.inTransaction(transaction -> transaction.ledger().hasEnded(own.group(1)))) {
        left.add(topic);
      }
    }
    if (!left.isEmpty()) {
      broker.deleteTopics(cluster, left, PATIENCE);
      LOG.log(Level.INFO,
          "topics " + left + " on " + cluster.name() + " were made again after their override had ended; deleted");
    }
  }
}
