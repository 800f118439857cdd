package dev.lanekeeper.controlplane.operations;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.api.ProblemCode;
import dev.lanekeeper.api.ProblemException;
import dev.lanekeeper.controlplane.kafka.BrokerException;
import dev.lanekeeper.controlplane.kafka.GroupBroker;
import dev.lanekeeper.controlplane.lifecycle.GroupReads;
import dev.lanekeeper.controlplane.lifecycle.Life;
import dev.lanekeeper.controlplane.lifecycle.Stage;
import dev.lanekeeper.controlplane.lifecycle.Start;
import dev.lanekeeper.controlplane.planes.DataPlanes;
import dev.lanekeeper.controlplane.store.Ledger;
import dev.lanekeeper.controlplane.store.Store;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Brings lives of overrides from intended to placed: start offsets are recorded, then set in the broker, before anything
 * is published. What is recorded is never read anew.
 *
 * <p><b>Threads.</b> Any; blocks for as long as the broker takes, {@link #PATIENCE} at most.
 */
final class Births {

  /** How long a birth may ask a broker. */
  static final Duration PATIENCE = Duration.ofSeconds(7);
  /** How long members of a baseline's group have to report. */
  private static final Duration GRACE = Duration.ofSeconds(3);
  /** The module of data planes that looks after Kafka Streams. */
  private static final String STREAMS = "kafka-streams";
  private static final String WITHOUT_STREAMS =
      "set group.protocol=classic in these applications of Kafka Streams and start them again, or override this service"
          + " for nobody";
  private static final Duration PAUSE = Duration.ofMillis(200);

  private final Store store;
  private final GroupBroker broker;
  private final DataPlanes dataPlanes;
  private final Machine machine;

  Births(Store store, GroupBroker broker, DataPlanes dataPlanes, Machine machine) {
    this.store = store;
    this.broker = broker;
    this.dataPlanes = dataPlanes;
    this.machine = machine;
  }

  /**
   * Brings every life of an operation to where it can be published.
   *
   * @throws ProblemException if a broker is out of reach or refuses, or the baseline does not report
   */
  void place(String operation, Clusters clusters) throws InterruptedException {
    Patience patience = new Patience(PATIENCE, machine.nanos());
    for (Ledger.Entry entry : store.read(ledger -> ledger.bornOf(operation))) {
      try {
        place(operation, entry.life(), clusters, patience);
      } catch (BrokerException e) {
        throw asProblem(entry.life(), e);
      }
    }
  }

  private static ProblemException asProblem(Life life, BrokerException e) {
    String field = "overrides." + life.service();
    return e.isUnreachable()
        ? new ProblemException(ProblemCode.KAFKA_UNREACHABLE.problem(field, String.valueOf(e.getMessage()),
            "check that the cluster runs and that bootstrap in its Cluster document is right; nothing was changed"), e)
        : new ProblemException(ProblemCode.KAFKA_REFUSED.problem(field, String.valueOf(e.getMessage()),
            "check what the properties of its Cluster document allow; nothing was changed"), e);
  }

  private void place(String operation, Life life, Clusters clusters, Patience patience) throws InterruptedException {
    Stage stage = life.stage();
    if (stage instanceof Stage.Intended intended) {
      requireRunning(operation);
      requireGates(life);
      if (!life.reads().isEmpty()) {
        step(operation, life, stage, "reading the committed offsets of " + groups(life));
      }
      Stage.Measured measured = intended.measured(measure(life, clusters, patience));
      stage = move(operation, life, stage, measured);
    }
    if (stage instanceof Stage.Measured measured) {
      requireRunning(operation);
      if (!life.reads().isEmpty()) {
        step(operation, life, stage, "setting the offsets of " + ownGroups(life));
        place(life, measured.starts(), clusters, patience);
      }
      move(operation, life, stage, measured.placed());
    }
  }

  private static String groups(Life life) {
    return life.reads().stream().map(reads -> reads.group() + " on " + reads.cluster())
        .collect(Collectors.joining(", "));
  }

  private static String ownGroups(Life life) {
    return life.reads().stream().map(reads -> life.incarnation().groupFor(reads.group()))
        .collect(Collectors.joining(", "));
  }

  private void requireRunning(String operation) {
    if (!store.read(ledger -> ledger.isRunning(operation))) {
      throw cancelled();
    }
  }

  /** What an operation is told of whose tenants or other documents something else was wanted meanwhile. */
  static ProblemException cancelled() {
    return ProblemCode.OPERATION_CANCELLED.exception(
        "what was being applied was deleted, or applied again, before this one was published",
        "apply it again if it is still wanted");
  }

  private void step(String operation, Life life, Stage stage, String detail) {
    store.inTransaction(transaction -> {
      transaction.ledger().step(operation, life.incarnation(), stage.effect().step(), detail);
      return detail;
    });
  }

  private Stage move(String operation, Life life, Stage from, Stage to) {
    return store.inTransaction(transaction -> {
      if (!transaction.ledger().isRunning(operation)) {
        throw cancelled();
      }
      return transaction.ledger().move(life.incarnation(), from, to) ? to : movedByAnother(transaction.ledger(), life);
    });
  }

  /** Who was quicker: what he recorded holds. */
  private static Stage movedByAnother(Ledger ledger, Life life) {
    Ledger.Entry now = ledger.entry(life.incarnation());
    if (now == null) {
      throw cancelled();
    }
    return switch (now.life().stage()) {
      case Stage.Measured measured -> measured;
      case Stage.Placed placed -> placed;
      case Stage.Live live -> live;
      case Stage.Intended _,Stage.Ending _,Stage.Taken _,Stage.Undertaking _,Stage.Closing _,Stage.Fenced _,Stage.Deleting _,Stage.Ended _ ->
        throw cancelled();
    };
  }

  private List<Start> measure(Life life, Clusters clusters, Patience patience) throws InterruptedException {
    Map<String, Map<String, Set<String>>> topics = new TreeMap<>(); // by cluster and group
    life.reads().forEach(reads -> topics.computeIfAbsent(reads.cluster(), key -> new TreeMap<>())
        .computeIfAbsent(reads.group(), key -> new TreeSet<>()).addAll(reads.topics()));
    List<Start> starts = new ArrayList<>();
    for (Map.Entry<String, Map<String, Set<String>>> each : topics.entrySet()) {
      ClusterDocument cluster = clusters.named(each.getKey());
      requireReporting(life, cluster, each.getValue().keySet(), patience);
      starts.addAll(broker.positions(cluster, each.getValue(), patience.left()));
    }
    return starts;
  }

  /** Consumers that no gate can stand before are no member that one could see: they report nothing. */
  private void requireGates(Life life) {
    List<String> missed = dataPlanes.missed(life.service(), STREAMS);
    if (!missed.isEmpty()) {
      throw ProblemCode.BASELINE_NOT_REPORTING.exception("overrides." + life.service(),
          "the baseline of " + life.service() + " has consumers of Kafka Streams that are not kept to their lane: "
              + String.join("; ", missed),
          WITHOUT_STREAMS);
    }
  }

  /** A member that does not report would process messages of the tenant, as its own. */
  private void requireReporting(Life life, ClusterDocument cluster, Set<String> groups, Patience patience)
      throws InterruptedException {
    Patience grace = new Patience(GRACE, machine.nanos());
    while (true) {
      Map<String, List<GroupBroker.Member>> strangers =
          new TreeMap<>(broker.members(cluster, groups, patience.left()));
      Set<String> reporting = dataPlanes.memberIds(life.service());
      strangers.replaceAll((group, members) -> members.stream()
          .filter(member -> !reporting.contains(member.memberId())).toList());
      strangers.values().removeIf(List::isEmpty);
      if (strangers.isEmpty()) {
        return;
      }
      if (grace.isOver()) {
        String group = strangers.keySet().iterator().next();
        throw notReporting(life, group + " on " + cluster.name(), strangers.getOrDefault(group, List.of()));
      }
      machine.threads().sleep(PAUSE);
    }
  }

  private static ProblemException notReporting(Life life, String group, List<GroupBroker.Member> strangers) {
    String who = strangers.stream().map(member -> member.clientId() + " at " + member.host().replace("/", ""))
        .collect(Collectors.joining(", "));
    boolean streams = strangers.stream().anyMatch(member -> member.kind() == GroupBroker.Kind.STREAMS);
    return ProblemCode.BASELINE_NOT_REPORTING.exception("overrides." + life.service(),
        "group " + group + " has " + strangers.size()
            + (strangers.size() == 1 ? " member that is" : " members that are") + " no reporting data plane of "
            + life.service() + ": " + who + " (expected: every consumer of the baseline reports, or it would take the "
            + "tenant's messages)",
        streams
            ? WITHOUT_STREAMS
            : "start these processes under Lanekeeper with LANEKEEPER_SERVICE=" + life.service() + ", or stop them");
  }

  private void place(Life life, List<Start> starts, Clusters clusters, Patience patience) {
    Map<GroupReads, List<Start>> byGroup = starts.stream().collect(Collectors.groupingBy(
        start -> new GroupReads(start.cluster(), start.group(), List.of())));
    byGroup.forEach(
        (key, own) -> broker.place(clusters.named(key.cluster()), life.incarnation().groupFor(key.group()), own,
            patience.left()));
  }
}
