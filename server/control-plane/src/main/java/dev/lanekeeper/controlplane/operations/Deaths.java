package dev.lanekeeper.controlplane.operations;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.api.ProblemException;
import dev.lanekeeper.controlplane.kafka.BrokerException;
import dev.lanekeeper.controlplane.kafka.GroupBroker;
import dev.lanekeeper.controlplane.lifecycle.GroupReads;
import dev.lanekeeper.controlplane.lifecycle.Life;
import dev.lanekeeper.controlplane.lifecycle.Stage;
import dev.lanekeeper.controlplane.store.Catalog;
import dev.lanekeeper.controlplane.store.Ledger;
import dev.lanekeeper.controlplane.store.Reading;
import dev.lanekeeper.controlplane.store.SqliteStore;
import dev.lanekeeper.model.Incarnation;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Takes ended lives of overrides out of the broker: waits until their groups are empty, evicts who is still there after
 * the deadline, deletes the groups. Each life has a thread; what fails is tried again for as long as it takes, after pauses
 * that grow to a minute. Each cause is said once, in the log and as a step of the ledger; what a life waits for now is in
 * {@link #waiting}.
 *
 * <p><b>Threads.</b> Virtual ones of its own.
 */
final class Deaths {

  private static final Logger LOG = System.getLogger(Deaths.class.getName());
  private static final String WAITING = "waiting";
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  private final SqliteStore store;
  private final GroupBroker broker;
  private final InstantSource clock;
  private final Tasks tasks;
  private final Set<Incarnation> inHand = ConcurrentHashMap.newKeySet();
  private final Map<Incarnation, String> waiting = new ConcurrentHashMap<>();

  Deaths(SqliteStore store, GroupBroker broker, InstantSource clock, Tasks tasks) {
    this.store = store;
    this.broker = broker;
    this.clock = clock;
    this.tasks = tasks;
  }

  /** A group of a life, on its cluster. */
  private record Group(ClusterDocument cluster, String name) {}

  /** Takes every life in hand that the ledger says is on its way out. */
  void takeUp() {
    for (Ledger.Entry entry : store.inTransaction(transaction -> transaction.ledger().dying())) {
      Incarnation incarnation = entry.life().incarnation();
      if (inHand.add(incarnation)) {
        tasks.start("death-" + incarnation, () -> {
          try {
            new Burial(incarnation).run();
          } finally {
            waiting.remove(incarnation);
            inHand.remove(incarnation);
          }
        });
      }
    }
  }

  /** What lives wait for, one line each, sorted. */
  List<String> waiting() {
    return waiting.values().stream().sorted().toList();
  }

  /** Takes one life out of the broker. Belongs to its thread. */
  private final class Burial {
    private final Incarnation incarnation;
    /** The steps that stand in the ledger: one that is tried again does not stand there twice. */
    private final Set<String> noted = new HashSet<>();

    Burial(Incarnation incarnation) {
      this.incarnation = incarnation;
    }

    void run() throws InterruptedException {
      Duration pause = PAUSE;
      while (true) {
        Ledger.@Nullable Entry entry = store.inTransaction(transaction -> transaction.ledger().entry(incarnation));
        if (entry == null || entry.life().stage() instanceof Stage.Ended) {
          return;
        }
        boolean failed = false;
        try {
          if (step(entry)) {
            pause = PAUSE;
            continue;
          }
          waiting.remove(incarnation);
        } catch (BrokerException | ProblemException e) {
          failed = true;
          waits(entry, String.valueOf(e.getMessage()));
        }
        Thread.sleep(pause);
        pause = failed || !(entry.life().stage() instanceof Stage.Ending) ? longer(pause) : PAUSE;
      }
    }

    private void waits(Ledger.Entry entry, String cause) {
      String who = entry.life().service() + " for " + entry.life().tenancy() + " (" + incarnation + ")";
      waiting.put(incarnation, who + ": " + cause);
      if (note(entry, WAITING, cause)) {
        LOG.log(Level.WARNING, "the groups of " + who + " are not gone yet; trying again: " + cause);
      }
    }

    /** Does what the stage asks for; whether the life moved on. */
    private boolean step(Ledger.Entry entry) {
      Life life = entry.life();
      return switch (life.stage()) {
        case Stage.Ending ending -> drain(entry, ending);
        case Stage.Deleting deleting -> delete(entry, deleting);
        case Stage.Intended _,Stage.Measured _,Stage.Placed _,Stage.Live _,Stage.Ended _ ->
          throw new IllegalStateException("not dying: " + life);
      };
    }

    private boolean drain(Ledger.Entry entry, Stage.Ending ending) {
      boolean over = ending.isOver(clock.millis());
      for (Group group : groups(entry)) {
        int members = broker.members(group.cluster(), group.name(), PATIENCE).size();
        if (members > 0 && !over) {
          return false;
        }
        if (members > 0) {
          note(entry, "evict", members + " of group " + group.name() + " after the drain deadline");
          broker.evict(group.cluster(), group.name(), PATIENCE);
        }
      }
      return move(entry, ending, ending.drained());
    }

    private boolean delete(Ledger.Entry entry, Stage.Deleting deleting) {
      for (Group group : groups(entry)) {
        note(entry, deleting.effect().step(), group.name() + " on " + group.cluster().name());
        if (!broker.delete(group.cluster(), group.name(), PATIENCE)) {
          note(entry, "evict", "group " + group.name() + " is not empty");
          broker.evict(group.cluster(), group.name(), PATIENCE);
          return false;
        }
      }
      if (noted.stream().anyMatch(step -> step.startsWith(WAITING))) {
        note(entry, "gone", "nothing is left in the broker");
      }
      return move(entry, deleting, deleting.deleted());
    }

    /** Writes a step down, unless it is there; whether it was not. */
    private boolean note(Ledger.Entry entry, String step, String detail) {
      if (!noted.add(step + " " + detail)) {
        return false;
      }
      return store.inTransaction(transaction -> {
        transaction.ledger().step(entry.operation(), incarnation, step, detail);
        return true;
      });
    }
  }

  private static Duration longer(Duration pause) {
    Duration doubled = pause.multipliedBy(2);
    return doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
  }

  private boolean move(Ledger.Entry entry, Stage from, Stage to) {
    return store.inTransaction(transaction -> {
      Incarnation incarnation = entry.life().incarnation();
      boolean moved = transaction.ledger().move(incarnation, from, to);
      String death = entry.death();
      if (moved && to instanceof Stage.Ended) {
        transaction.forgetReadings(incarnation.id());
        if (death != null && !transaction.ledger().isDying(death)) {
          transaction.ledger().done(death);
        }
      }
      return moved;
    });
  }

  /** The groups that a life may have: those of its birth, those of its service now, and what the broker lists. */
  private Set<Group> groups(Ledger.Entry entry) {
    Catalog catalog = store.catalog();
    Life life = entry.life();
    Clusters clusters = store.inTransaction(transaction -> Operations.clusters(catalog, transaction, entry.birth()));
    Set<Group> groups = new TreeSet<>(java.util.Comparator.comparing((Group group) -> group.cluster().name())
        .thenComparing(Group::name));
    Set<String> involved = new TreeSet<>();
    for (GroupReads reads : life.reads()) {
      groups.add(new Group(clusters.named(reads.cluster()), life.incarnation().groupFor(reads.group())));
      involved.add(reads.cluster());
    }
    if (isWorkload(life)) {
      Consumption.of(catalog, life.service()).reads().forEach(reads -> involved.add(reads.cluster()));
    }
    for (Reading reading : catalog.inventory()) {
      if (reading.isConsumer() && reading.incarnation().equals(life.incarnation().id())) {
        addReported(groups, involved, clusters, Consumption.clusterOf(catalog, reading.bootstrap()), life, reading);
      }
    }
    for (String name : involved) {
      ClusterDocument cluster = clusters.named(name);
      broker.groupsEndingWith(cluster, Incarnation.GROUP_INFIX + life.incarnation(), PATIENCE)
          .forEach(group -> groups.add(new Group(cluster, group)));
    }
    return groups;
  }

  /** INVARIANT: only groups that bear this life's own id; a report is no reason to delete anybody else's. */
  private static void addReported(Set<Group> groups, Set<String> involved, Clusters clusters, @Nullable String name,
      Life life, Reading reading) {
    ClusterDocument cluster = name == null ? null : clusters.find(name);
    if (cluster != null && reading.group().endsWith(Incarnation.GROUP_INFIX + life.incarnation())) {
      groups.add(new Group(cluster, reading.group()));
      involved.add(cluster.name());
    }
  }

  private static boolean isWorkload(Life life) {
    return life.target() instanceof dev.lanekeeper.model.Target.Workload;
  }

  /** Whether a life may have anything in a broker at all, as far as is known. */
  static boolean mayHaveGroups(Catalog catalog, Ledger.Entry entry) {
    Life life = entry.life();
    return !life.reads().isEmpty() || (isWorkload(life) && Consumption.of(catalog, life.service()).isAny())
        || catalog.inventory().stream()
            .anyMatch(reading -> reading.isConsumer() && reading.incarnation().equals(life.incarnation().id()));
  }
}
