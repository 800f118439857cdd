package dev.lanekeeper.controlplane.operations;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.api.ProblemException;
import dev.lanekeeper.controlplane.kafka.BrokerException;
import dev.lanekeeper.controlplane.kafka.GroupBroker;
import dev.lanekeeper.controlplane.lifecycle.Stage;
import dev.lanekeeper.controlplane.store.Catalog;
import dev.lanekeeper.controlplane.store.Ledger;
import dev.lanekeeper.controlplane.store.Store;
import dev.lanekeeper.model.Incarnation;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Looks again and again for groups of workloads under test that should not be there. The broker is asked first and the ledger after:
 * the other way round, a group that is just being made would seem to be in no ledger.
 *
 * <p>A group whose life has ended by this ledger came to be again: a process that was cut off, and polls once more, makes its group
 * anew. It is deleted: what the life owned its undertaker has read, and the rest is others'. One that this store had made, by its
 * name, and that is in no ledger, is a {@link LostGroup}, and buried. All others may be another Lanekeeper's: they are left alone, and
 * named.
 *
 * <p><b>Threads.</b> {@link #work} belongs to one; the rest to any.
 */
public final class Sweeper {

  private static final Logger LOG = System.getLogger(Sweeper.class.getName());
  /** A topic that an application of Kafka Streams under test has for itself. */
  private static final Pattern INTERNAL =
      Pattern.compile(".+" + Pattern.quote(Incarnation.GROUP_INFIX) + "([a-z0-9]+)-.+");
  private static final Duration EVERY = Duration.ofMinutes(1);
  private static final List<String> LEASE = List.of("sweeper");
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int MOST_LINES = 20;

  private final Store store;
  private final GroupBroker broker;
  private final Machine machine;
  /** By cluster and group. */
  private final Map<List<String>, LostGroup> lost = new LinkedHashMap<>();
  /** The groups of which it was said that they cannot be deleted. */
  private final Set<String> said = new HashSet<>();
  private Patience rest;
  private volatile List<String> burying = List.of();
  private volatile List<String> leftOver = List.of();

  /** Of a store's clusters. */
  public Sweeper(Store store, GroupBroker broker, Machine machine) {
    this.store = store;
    this.broker = broker;
    this.machine = machine;
    this.rest = new Patience(EVERY, machine.nanos());
  }

  /** What is being buried, one line each; for people. */
  public List<String> burying() {
    return burying;
  }

  /** What is left alone, one line each; for people. */
  public List<String> leftOver() {
    return leftOver;
  }

  /** Looks once at every cluster, if it is time to, and goes on with what is being buried. */
  public void work() {
    if (rest.isOver()) {
      rest = new Patience(EVERY, machine.nanos());
      if (!store.leases().take(LEASE)) {
        lost.clear(); // another control plane goes on
        burying = List.of();
        return;
      }
      List<String> left = new ArrayList<>();
      for (ClusterDocument cluster : store.catalog().clusters().values()) {
        try {
          sweep(cluster, left);
        } catch (BrokerException | ProblemException e) {
          LOG.log(Level.DEBUG, "what is left of ended overrides is looked for later", e);
        }
      }
      leftOver = left.size() <= MOST_LINES ? List.copyOf(left) : List.copyOf(left.subList(0, MOST_LINES));
      forgetGone();
    }
    for (Iterator<LostGroup> each = lost.values().iterator(); each.hasNext();) {
      if (isGone(each.next())) {
        each.remove();
      }
    }
    burying = lost.values().stream().map(LostGroup::text).toList();
  }

  private void sweep(ClusterDocument cluster, List<String> left) {
    Set<String> there = new TreeSet<>(broker.groupsEndingWith(cluster, "", PATIENCE));
    for (String group : there) {
      Incarnation incarnation = Incarnation.ofGroup(group);
      if (incarnation == null) {
        continue;
      }
      String first = LostGroup.goesWith(group, incarnation);
      Ledger.Entry entry =
          store.<Ledger.@Nullable Entry>inTransaction(transaction -> transaction.ledger().entry(incarnation));
      if (entry == null && first != null && there.contains(first)) {
        continue; // it goes with that one
      }
      if (entry == null) {
        found(cluster, group, incarnation, left);
      } else if (entry.life().stage() instanceof Stage.Ended) {
        delete(cluster, group);
      }
    }
    sweepTopics(cluster);
  }

  private void found(ClusterDocument cluster, String group, Incarnation incarnation, List<String> left) {
    String where = "group " + group + " on " + cluster.name();
    List<String> key = List.of(cluster.name(), group);
    if (!Ids.isOf(store.identity(), incarnation.id())) {
      if (isBaseline(group)) {
        return; // its name alone is like ours
      }
      left.add(
          where + " is in no ledger, and was not made by this control plane: if no other Lanekeeper is at work there,"
              + " delete it");
    } else if (!lost.containsKey(key)) {
      LostGroup burial = LostGroup.of(store, broker, cluster, group, incarnation, machine);
      if (burial == null) {
        left.add(
            where + " is in no ledger; it is buried once a service is known that reads as the group it is named after");
      } else {
        lost.put(key, burial);
      }
    }
  }

  private boolean isBaseline(String group) {
    Catalog catalog = store.catalog();
    return catalog.serviceNames().stream().map(service -> Consumption.of(catalog, service)).anyMatch(
        known -> Stream.of(known.reads(), known.unknown()).flatMap(List::stream)
            .anyMatch(reads -> reads.group().equals(group)));
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

  private boolean isGone(LostGroup group) {
    try {
      return group.work();
    } catch (BrokerException | ProblemException e) {
      group.waits(String.valueOf(e.getMessage()));
      return false;
    }
  }

  /** Ends the burials of a control plane that died: what is left of them was begun anew, or is gone. */
  private void forgetGone() {
    Set<String> inHand = new HashSet<>();
    lost.values().forEach(group -> inHand.add(group.operation()));
    store.inTransaction(transaction -> {
      transaction.ledger().unpublished().stream()
          .filter(running -> running.kind().equals(OperationKind.BURY.code()) && !inHand.contains(running.id()))
          .forEach(running -> transaction.ledger().done(running.id()));
      return inHand;
    });
  }
}
