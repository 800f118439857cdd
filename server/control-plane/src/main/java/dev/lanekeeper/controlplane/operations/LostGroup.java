package dev.lanekeeper.controlplane.operations;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.controlplane.kafka.GroupBroker;
import dev.lanekeeper.controlplane.lifecycle.GroupReads;
import dev.lanekeeper.controlplane.store.Catalog;
import dev.lanekeeper.controlplane.store.Ledger;
import dev.lanekeeper.controlplane.store.Store;
import dev.lanekeeper.kafka.QuarantinedRecord;
import dev.lanekeeper.kafka.RedeliveredRecord;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.PartitionOffset;
import dev.lanekeeper.model.Residue;
import dev.lanekeeper.model.ServiceName;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Buries one group that this store had made, and of which its ledger knows nothing any more: it was restored from before. Whatever its
 * workload left is put aside, whatever its residue policy was. Each step stands in the ledger before it is taken; who finds the group
 * again after a crash begins anew where it has committed.
 *
 * <pre>
 * found --nobody in it, ends taken--&gt; visited, until read up to them --deleted--&gt; gone
 * </pre>
 *
 * <p><b>Threads.</b> Belongs to one.
 */
final class LostGroup {

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  /** How long who is in it has for leaving by himself. */
  private static final Duration GRACE = Duration.ofSeconds(3);
  private static final Duration PAUSE = Duration.ofSeconds(10);

  private final Store store;
  private final GroupBroker broker;
  /** As its document has it now. */
  private ClusterDocument cluster;
  private final String group;
  private final String operation;
  private final Undertaker.Estate estate;
  private final String baseline;
  private final Patience grace;
  private final LongSupplier nanos;
  private final Set<String> noted = new HashSet<>();
  private final Tally tally = new Tally();
  private @Nullable Patience pause;
  private @Nullable List<PartitionOffset> ends;

  private LostGroup(Store store, GroupBroker broker, ClusterDocument cluster, String group, Incarnation incarnation,
      ServiceName service, Machine machine) {
    this.store = store;
    this.broker = broker;
    this.cluster = cluster;
    this.group = group;
    this.baseline = baseline(group);
    this.estate = new Undertaker.Estate(service, incarnation, Residue.QUARANTINE, true);
    this.operation = new Ids(machine.random()).operation();
    this.nanos = machine.nanos();
    this.grace = new Patience(GRACE, nanos);
    store.inTransaction(transaction -> {
      transaction.ledger().begin(new Ledger.Running(operation, OperationKind.BURY.code(), List.of(), ""));
      transaction.ledger().step(operation, estate.incarnation(), "found", "group " + group + " on " + cluster.name()
          + " was made by this control plane, and is in no ledger: what its workload left is put aside");
      return operation;
    });
  }

  /** The burial of a group; null if no service is known to read as its baseline. */
  static @Nullable LostGroup of(Store store, GroupBroker broker, ClusterDocument cluster, String group,
      Incarnation incarnation, Machine machine) {
    ServiceName service =
        service(store.catalog(), cluster, baseline(group));
    return service == null ? null : new LostGroup(store, broker, cluster, group, incarnation, service, machine);
  }

  /** The group of the baseline that it belongs to. */
  private static String baseline(String group) {
    String counterpart = Incarnation.baselineGroup(group);
    return RedeliveredRecord.isGroup(counterpart) ? RedeliveredRecord.readFor(counterpart) : counterpart;
  }

  private static @Nullable ServiceName service(Catalog catalog, ClusterDocument cluster, String baseline) {
    return catalog.serviceNames().stream().filter(name -> Consumption.of(catalog, name).reads().stream()
        .anyMatch(reads -> reads.cluster().equals(cluster.name()) && reads.group().equals(baseline))).findFirst()
        .orElse(null);
  }

  /** Its operation in the ledger. */
  String operation() {
    return operation;
  }

  /** For people. */
  String text() {
    return "group " + group + " on " + cluster.name()
        + ", of which the ledger knows nothing, is buried: what it left is put"
        + " aside for " + estate.service();
  }

  /** Goes on, unless something failed just now; whether it is gone, or nobody's any more to bury. */
  boolean work() {
    Patience rest = pause;
    if (rest != null && !rest.isOver()) {
      return false;
    }
    pause = null;
    ClusterDocument now = store.catalog().clusters().get(cluster.name());
    if (now == null || !isWanted()) {
      return true; // the next sweep begins anew, if there is something left
    }
    cluster = now;
    OwnGroups.Own own = own();
    if (!own.topics().isEmpty() && !isRead(own)) {
      return false;
    }
    Set<String> internal = OwnGroups.internalTopics(cluster, List.of(own), broker, PATIENCE);
    if (!internal.isEmpty()) {
      note("delete-groups", internal + " on " + cluster.name());
      broker.deleteTopics(cluster, internal, PATIENCE);
    }
    note("delete-groups", group + " on " + cluster.name());
    if (!broker.delete(cluster, group, PATIENCE)) {
      evict();
      return false;
    }
    store.inTransaction(transaction -> {
      transaction.ledger().done(operation);
      return operation;
    });
    return true;
  }

  /**
   * With what its workload read, and what it committed. One that has committed nothing is gone: its birth has set its offsets, and what was
   * processed nobody could tell.
   */
  private OwnGroups.Own own() {
    Set<String> topics = new TreeSet<>();
    if (broker.topicsCommitted(cluster, Set.of(group), PATIENCE).getOrDefault(group, Set.of()).isEmpty()) {
      return new OwnGroups.Own(cluster, group, topics, List.of());
    }
    broker.positions(cluster, group, read(), PATIENCE).forEach(position -> topics.add(position.topic()));
    return new OwnGroups.Own(cluster, group, topics, List.of());
  }

  /** What its workload read, beside what it committed. */
  private Set<String> read() {
    Set<String> topics = new TreeSet<>();
    if (RedeliveredRecord.isGroup(Incarnation.baselineGroup(group))) {
      return topics; // what was handed over, and nothing of the baseline's
    }
    for (GroupReads reads : Consumption.of(store.catalog(), estate.service()).reads()) {
      if (reads.cluster().equals(cluster.name()) && reads.group().equals(baseline)) {
        topics.addAll(reads.topics());
      }
    }
    return topics;
  }

  /** INVARIANT: the ends are taken after nobody else is in the group. */
  private boolean isRead(OwnGroups.Own own) {
    if (broker.members(cluster, group, PATIENCE).stream().anyMatch(member -> !member.isUndertaker())) {
      ends = null;
      evict();
      return false;
    }
    List<PartitionOffset> known = ends;
    if (known == null) {
      known = broker.ends(cluster, own.topics(), PATIENCE);
      ends = known;
    }
    broker.keep(cluster, QuarantinedRecord.topic(estate.service()), PATIENCE);
    note("take", "its place, to read " + own.topics());
    try (Visit visit = new Visit(broker, nanos, this::undertaker)) {
      boolean read = visit.run(List.of(new Visit.Errand(own, known)));
      if (visit.occupied() != null) {
        ends = null;
        evict();
      }
      if (read) {
        note("bury", tally.disposed() + " messages that may have been its own: put aside");
      }
      return read;
    } catch (Undertaker.NotWantedException another) {
      return false;
    } finally {
      tally.news().forEach(news -> note("lost", news));
    }
  }

  /** Hands nothing over: all is put aside. */
  private Undertaker undertaker(OwnGroups.Own own) {
    return new Undertaker(estate, own.baseline(), own.topics(),
        broker.undertake(cluster, group, own.topics(), List.of()), store, record -> false, this::isWanted, tally);
  }

  /** Another control plane may have taken this one for dead, and gone on. */
  private boolean isWanted() {
    return store.read(ledger -> ledger.isRunning(operation));
  }

  private void evict() {
    if (grace.isOver()) {
      note("evict", "who is in group " + group);
      broker.evict(cluster, group, PATIENCE);
    }
  }

  /** Something failed: it is tried again after a while. */
  void waits(String cause) {
    pause = new Patience(PAUSE, nanos);
    ends = null; // topics may be made anew meanwhile
    note("waiting", cause);
  }

  private void note(String step, String detail) {
    if (noted.add(step + " " + detail)) {
      store.inTransaction(transaction -> {
        transaction.ledger().step(operation, estate.incarnation(), step, detail);
        return step;
      });
    }
  }
}
