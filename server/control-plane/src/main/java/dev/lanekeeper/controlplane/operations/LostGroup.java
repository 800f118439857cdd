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
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Buries one group that this store had made, and of which its ledger knows nothing any more: it was restored from before. With it goes
 * the one in which its workload read, or was to read, what was handed over. Whatever the workload left is put aside, whatever its residue
 * policy was. Each step stands in the ledger before it is taken; who finds the group again after a crash begins anew where it has
 * committed.
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
    List<OwnGroups.Own> all = own();
    List<OwnGroups.Own> own = all.stream().filter(each -> !each.topics().isEmpty()).toList();
    if (!own.isEmpty() && !isRead(own)) {
      return false;
    }
    Set<String> internal = OwnGroups.internalTopics(cluster, all, broker, PATIENCE);
    if (!internal.isEmpty()) {
      note("delete-groups", internal + " on " + cluster.name());
      broker.deleteTopics(cluster, internal, PATIENCE);
    }
    note("delete-groups", group + " on " + cluster.name());
    // The other one last: what was processed of what was handed over stands in its offsets alone.
    for (OwnGroups.Own each : all) {
      if (!broker.delete(cluster, each.name(), PATIENCE)) {
        evict(Set.of(each.name()));
        return false;
      }
    }
    store.inTransaction(transaction -> {
      transaction.ledger().done(operation);
      return operation;
    });
    return true;
  }

  /** With what the workload read, and what was handed over to it. */
  private List<OwnGroups.Own> own() {
    if (isOfHandovers(group)) {
      return List.of(new OwnGroups.Own(cluster, group, topics(group, handedOver(read())), List.of()));
    }
    // One that has committed nothing is gone: its birth has set its offsets, and what was processed nobody could tell.
    Set<String> topics = committed().isEmpty() ? Set.of() : topics(group, read());
    Set<String> origins = new TreeSet<>(topics);
    origins.addAll(read());
    List<OwnGroups.Own> own = new ArrayList<>(List.of(new OwnGroups.Own(cluster, group, topics, List.of())));
    Set<String> again = handedOver(origins);
    if (!again.isEmpty()) {
      String reads = estate.incarnation().groupFor(RedeliveredRecord.groupFor(baseline));
      own.add(new OwnGroups.Own(cluster, reads, topics(reads, again), List.of()));
    }
    return own;
  }

  private static boolean isOfHandovers(String group) {
    return RedeliveredRecord.isGroup(Incarnation.baselineGroup(group));
  }

  /** The group with which one goes in which what was handed over is read; null if this is none. */
  static @Nullable String goesWith(String group, Incarnation incarnation) {
    return isOfHandovers(group) ? incarnation.groupFor(baseline(group)) : null;
  }

  private Set<String> committed() {
    return broker.topicsCommitted(cluster, Set.of(group), PATIENCE).getOrDefault(group, Set.of());
  }

  /** These, and those in which a group has committed, as far as they are there. */
  private Set<String> topics(String of, Set<String> read) {
    Set<String> topics = new TreeSet<>();
    broker.positions(cluster, of, read, PATIENCE).forEach(position -> topics.add(position.topic()));
    return topics;
  }

  /** The topics through which anything of these may have been handed over. Its workload may have read none of it, and not joined. */
  private Set<String> handedOver(Set<String> origins) {
    Set<String> topics = new TreeSet<>();
    origins.forEach(origin -> topics.add(RedeliveredRecord.topic(estate.service(), baseline, origin)));
    topics.retainAll(broker.topicsBeginning(cluster, RedeliveredRecord.topicPrefix(estate.service()), PATIENCE));
    return topics;
  }

  /** What its workload read, as far as is known. */
  private Set<String> read() {
    Set<String> topics = new TreeSet<>();
    for (GroupReads reads : Consumption.of(store.catalog(), estate.service()).reads()) {
      if (reads.cluster().equals(cluster.name()) && reads.group().equals(baseline)) {
        topics.addAll(reads.topics());
      }
    }
    return topics;
  }

  /** INVARIANT: the ends up to which is read are taken after nobody else is in the group. Who stands beyond those of now has lost records. */
  private boolean isRead(List<OwnGroups.Own> own) {
    Set<String> occupied = new TreeSet<>();
    OwnGroups.members(own, broker, PATIENCE).forEach((each, members) -> {
      if (members.stream().anyMatch(member -> !member.isUndertaker())) {
        occupied.add(each.name());
      }
    });
    if (!occupied.isEmpty()) {
      ends = null;
      evict(occupied);
      return false;
    }
    Set<String> topics = new TreeSet<>();
    own.forEach(each -> topics.addAll(each.topics()));
    List<PartitionOffset> now = broker.ends(cluster, topics, PATIENCE);
    List<PartitionOffset> known = ends == null ? now : Undertaker.reachable(ends, now);
    ends = known;
    broker.keep(cluster, QuarantinedRecord.topic(estate.service()), PATIENCE);
    note("take", "its place, to read " + topics);
    List<Visit.Errand> errands = new ArrayList<>();
    for (OwnGroups.Own each : own) {
      List<PartitionOffset> to = known.stream().filter(end -> each.topics().contains(end.topic())).toList();
      errands.add(new Visit.Errand(each, to,
          Undertaker.passed(now, broker.positions(cluster, each.name(), each.topics(), PATIENCE))));
    }
    try (Visit visit = new Visit(broker, nanos, this::undertaker)) {
      boolean read = visit.run(errands);
      OwnGroups.Own left = visit.occupied();
      if (left != null) {
        ends = null;
        evict(Set.of(left.name()));
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
        broker.undertake(cluster, own.name(), own.topics(), List.of()), store, Undertaker.Handing.NONE, this::isWanted,
        tally);
  }

  /** Another control plane may have taken this one for dead, and gone on. */
  private boolean isWanted() {
    return store.read(ledger -> ledger.isRunning(operation));
  }

  private void evict(Set<String> occupied) {
    if (grace.isOver()) {
      note("evict", "who is in " + occupied);
      occupied.forEach(each -> broker.evict(cluster, each, PATIENCE));
    }
  }

  /** Something failed: it is tried again after a while. */
  void waits(String cause) {
    pause = new Patience(PAUSE, nanos);
    ends = null; // topics may be made anew meanwhile
    if (noted.add("waiting " + Causes.kind(cause))) {
      write("waiting", cause);
    }
  }

  private void note(String step, String detail) {
    if (noted.add(step + " " + detail)) {
      write(step, detail);
    }
  }

  private void write(String step, String detail) {
    store.inTransaction(transaction -> {
      transaction.ledger().step(operation, estate.incarnation(), step, detail);
      return step;
    });
  }
}
