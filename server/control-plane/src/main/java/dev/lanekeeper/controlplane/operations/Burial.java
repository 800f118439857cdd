package dev.lanekeeper.controlplane.operations;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.api.Document;
import dev.lanekeeper.api.ProblemException;
import dev.lanekeeper.controlplane.kafka.BrokerException;
import dev.lanekeeper.controlplane.kafka.GroupBroker;
import dev.lanekeeper.controlplane.lifecycle.Effect;
import dev.lanekeeper.controlplane.lifecycle.GroupReads;
import dev.lanekeeper.controlplane.lifecycle.Life;
import dev.lanekeeper.controlplane.lifecycle.Stage;
import dev.lanekeeper.controlplane.lifecycle.Start;
import dev.lanekeeper.controlplane.store.Catalog;
import dev.lanekeeper.controlplane.store.Ledger;
import dev.lanekeeper.kafka.QuarantinedRecord;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.OverrideLife;
import dev.lanekeeper.model.PartitionOffset;
import dev.lanekeeper.model.Residue;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntSupplier;
import java.util.function.LongFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Takes one ended life out of the broker, from one {@link Stage} to the next: lets its workload drain, takes its place, reads what
 * it left, agrees with the baseline on where it ends, deletes its groups. What fails is tried again for as long as it takes, after
 * pauses that grow to a minute. Each cause is said once, in the log and as a step of the ledger.
 *
 * <p><b>Threads.</b> Belongs to one; an interrupt ends it, and whoever finds the life in the ledger goes on.
 */
final class Burial {

  private static final Logger LOG = System.getLogger(Burial.class.getName());
  private static final String WAITING = "waiting";
  private static final String EVICT = "evict";
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
  /** After how long undertakers read what has come meanwhile; in the end they read up to the fence. */
  private static final Duration BETWEEN_VISITS = Duration.ofSeconds(30);
  /** After how long the broker is asked again which groups there are. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(2);
  /** How long a member that is told to stop has for leaving by itself, with what it has in hand done and committed. */
  private static final Duration GRACE = Duration.ofSeconds(3);
  /** The same for an undertaker: it may be another control plane's, and at work; one that died is out by itself about then. */
  private static final Duration GRACE_OF_OURS = Duration.ofSeconds(10);
  /** After how long undertakers join even where there is nothing to read: a broker forgets the offsets of a group that is empty for days. */
  private static final Duration KEPT_FRESH = Duration.ofHours(12);

  private final Deaths.Surroundings surroundings;
  private final Incarnation incarnation;
  private final Map<Incarnation, String> waiting;
  private final IntSupplier crowd;
  private final GroupBroker broker;
  /** The steps that stand in the ledger: one that is tried again does not stand there twice. */
  private final Set<String> noted = new HashSet<>();
  private final Tally tally = new Tally();
  private final Hearing hearing;
  /** What this step waits for; empty if for nothing that people should know. */
  private String waitsFor = "";
  private List<OwnGroups.Own> groups = List.of();
  private @Nullable Patience groupsKnown;
  private @Nullable Patience nextVisit;
  /** Until when a process that says that it is in a group is believed. */
  private @Nullable Patience said;
  private Patience fresh;
  /** That its birth brought along; they never change. */
  private @Nullable List<Document> documents;
  /** By cluster and group: of those in which somebody is who has to leave. */
  private final Map<List<String>, Patience> graces = new HashMap<>();

  /**
   * That of one life.
   *
   * @param waiting where it says what it waits for
   * @param crowd how many of them ask now and then
   */
  Burial(Deaths.Surroundings surroundings, Incarnation incarnation, Map<Incarnation, String> waiting,
      IntSupplier crowd) {
    this.surroundings = surroundings;
    this.incarnation = incarnation;
    this.waiting = waiting;
    this.crowd = crowd;
    this.broker = surroundings.broker();
    this.hearing = new Hearing(broker, surroundings.machine().nanos());
    this.fresh = new Patience(KEPT_FRESH, surroundings.machine().nanos());
  }

  /** Returns once the life has ended. */
  void run() throws InterruptedException {
    Duration look = surroundings.patiences().look();
    Duration pause = look;
    while (true) {
      Ledger.Entry entry = surroundings.store().read(ledger -> ledger.entry(incarnation));
      if (entry == null || entry.life().stage() instanceof Stage.Ended) {
        return;
      }
      boolean failed = false;
      waitsFor = "";
      try {
        if (step(entry)) {
          pause = look;
          groupsKnown = null;
          continue;
        }
        tell(waitsFor);
      } catch (BrokerException | ProblemException e) {
        if (Thread.interrupted()) {
          throw new InterruptedException("given up: " + e.getMessage());
        }
        failed = true;
        waits(entry, String.valueOf(e.getMessage()));
      }
      surroundings.machine().threads().sleep(Pace.among(crowd.getAsInt(), pause));
      pause = failed ? longer(pause) : look;
    }
  }

  private static Duration longer(Duration pause) {
    Duration doubled = pause.multipliedBy(2);
    return doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
  }

  private void tell(String what) {
    if (what.isEmpty()) {
      waiting.remove(incarnation);
    } else {
      waiting.put(incarnation, what);
    }
  }

  private String who(Ledger.Entry entry) {
    return entry.life().service() + " for " + entry.life().tenancy() + " (" + incarnation + ")";
  }

  private void waits(Ledger.Entry entry, String cause) {
    String who = who(entry);
    waiting.put(incarnation, who + ": " + cause);
    if (noted.add(WAITING + " " + Causes.kind(cause))) {
      write(entry, WAITING, cause);
      LOG.log(Level.WARNING, "the groups of " + who + " are not gone yet; trying again: " + cause);
    }
  }

  /** Does what the stage asks for; whether the life moved on. */
  private boolean step(Ledger.Entry entry) throws InterruptedException {
    return switch (entry.life().stage()) {
      case Stage.Ending ending -> drain(entry, ending);
      case Stage.Taken taken -> take(entry, taken);
      case Stage.Undertaking undertaking -> undertake(entry, undertaking);
      case Stage.Closing closing -> settle(entry, closing);
      case Stage.Fenced fenced -> bury(entry, fenced);
      case Stage.Deleting deleting -> delete(entry, deleting);
      case Stage.Intended _,Stage.Measured _,Stage.Placed _,Stage.Live _,Stage.Ended _ ->
        throw new IllegalStateException("not dying: " + entry.life());
    };
  }

  private boolean drain(Ledger.Entry entry, Stage.Ending ending) {
    if (!ending.isOver(surroundings.machine().clock().millis()) && (isSaidToBeThere() || isThere(entry))) {
      return false;
    }
    return publish(entry, ending, OverrideLife::taken, revision -> ending.taken());
  }

  /** As long as a process says that it is in a group of this life the broker is asked now and then only: the process may have died. */
  private boolean isSaidToBeThere() {
    if (!surroundings.dataPlanes().consuming().contains(incarnation.id())) {
      return false;
    }
    Patience believed = said;
    if (believed != null && !believed.isOver()) {
      return true;
    }
    said = new Patience(LOOK_AGAIN, surroundings.machine().nanos());
    return believed == null;
  }

  private boolean isThere(Ledger.Entry entry) {
    Catalog catalog = surroundings.store().catalog();
    List<OwnGroups.Own> known = OwnGroups.known(entry.life(), catalog, clusters(entry, catalog));
    return OwnGroups.members(known, broker, PATIENCE).values().stream().anyMatch(members -> !members.isEmpty());
  }

  /** INVARIANT: the takeover stands in the ledger and in the table: a workload that comes back is told to stop. */
  private boolean take(Ledger.Entry entry, Stage.Taken taken) {
    return areEmpty(entry, groups(entry)) && move(entry, taken, taken.emptied());
  }

  /** Puts out who is in groups, and does not leave by himself; whether nobody was. */
  private boolean areEmpty(Ledger.Entry entry, List<OwnGroups.Own> all) {
    boolean empty = true;
    for (Map.Entry<OwnGroups.Own, List<GroupBroker.Member>> each : OwnGroups.members(all, broker, PATIENCE)
        .entrySet()) {
      OwnGroups.Own group = each.getKey();
      List<GroupBroker.Member> members = each.getValue();
      if (members.isEmpty()) {
        graces.remove(key(group));
      } else {
        boolean ours = members.stream().allMatch(GroupBroker.Member::isUndertaker);
        // Who comes back again and again is there again in a few seconds: it is looked at once whether he is out.
        empty &= evict(entry, group, ours ? GRACE_OF_OURS : GRACE, members.size() + " of group " + group.name())
            && broker.members(group.cluster(), group.name(), PATIENCE).isEmpty();
      }
    }
    return empty;
  }

  /** Puts out who does not leave by himself: it stands in the table that he must. Whether it was time to. */
  private boolean evict(Ledger.Entry entry, OwnGroups.Own group, Duration grace, String whom) {
    if (!graces.computeIfAbsent(key(group), key -> new Patience(grace, surroundings.machine().nanos())).isOver()) {
      return false;
    }
    note(entry, EVICT, whom);
    broker.evict(group.cluster(), group.name(), PATIENCE);
    return true;
  }

  private static List<String> key(OwnGroups.Own group) {
    return List.of(group.cluster().name(), group.name());
  }

  private boolean undertake(Ledger.Entry entry, Stage.Undertaking undertaking) {
    if (undertaking.isOver(surroundings.machine().clock().millis(), surroundings.patiences().horizon())) {
      return publish(entry, undertaking, OverrideLife::closing, undertaking::closing);
    }
    visitNowAndThen(entry);
    return false;
  }

  /** Has what is there read, where it is time to, and nobody else waits to be visited. */
  private void visitNowAndThen(Ledger.Entry entry) {
    Patience rest = nextVisit;
    // What is discarded nobody reads.
    if (entry.life().residue() != Residue.DISCARD && (rest == null || rest.isOver())) {
      try (Turns.Turn turn = surroundings.turns().takeFree()) {
        if (turn != null && visit(entry, ends -> ends)) {
          nextVisit = new Patience(BETWEEN_VISITS, surroundings.machine().nanos());
        }
      }
    }
  }

  /**
   * Has undertakers read on in the place of the workload, where there is something to read; whether nothing is left to read. A group
   * that stands beyond the end of a topic has lost records, and would never be given those that come in their place: it begins anew.
   *
   * @param to up to where, by the ends of a group's topics
   */
  private boolean visit(Ledger.Entry entry, UnaryOperator<List<PartitionOffset>> to) {
    tally.news().forEach(news -> note(entry, "lost", news));
    List<Visit.Errand> errands = new ArrayList<>();
    for (OwnGroups.Own group : groups(entry)) {
      List<PartitionOffset> ends =
          group.topics().isEmpty() ? List.of() : broker.ends(group.cluster(), group.topics(), PATIENCE);
      List<PartitionOffset> places = to.apply(ends);
      List<Start> positions = broker.positions(group.cluster(), group.name(), group.topics(), PATIENCE);
      List<PartitionOffset> lost = Undertaker.passed(ends, positions);
      boolean isPast = lost.isEmpty() && Undertaker.isPast(places, positions);
      if (!isPast || (fresh.isOver() && !group.topics().isEmpty())) {
        errands.add(new Visit.Errand(asTheyAre(group, ends), places, lost));
      }
    }
    if (errands.isEmpty()) {
      return true;
    }
    // Also another undertaker: who died in its seat would be waited for.
    if (!areEmpty(entry, errands.stream().map(Visit.Errand::group).toList())) {
      return false;
    }
    try (Visit visit =
        new Visit(broker, surroundings.machine().nanos(), group -> undertaker(entry.life(), group))) {
      boolean read = visit.run(errands);
      OwnGroups.Own occupied = visit.occupied();
      if (occupied != null) {
        evict(entry, occupied, GRACE,
            broker.members(occupied.cluster(), occupied.name(), PATIENCE).size() + " of group " + occupied.name());
      }
      tally.news().forEach(news -> note(entry, "lost", news));
      if (read) {
        fresh = new Patience(KEPT_FRESH, surroundings.machine().nanos());
      }
      return read;
    } catch (Undertaker.NotWantedException another) {
      return false; // the ledger says how to go on
    }
  }

  /** Of a topic that was made anew since the birth all is to be read: where the old one began says nothing of it. */
  private static OwnGroups.Own asTheyAre(OwnGroups.Own group, List<PartitionOffset> ends) {
    Map<String, String> ids = new HashMap<>();
    ends.forEach(end -> ids.put(end.topic(), end.topicId()));
    return new OwnGroups.Own(group.cluster(), group.name(), group.topics(), group.starts().stream()
        .map(start -> ids.getOrDefault(start.topic(), start.topicId()).equals(start.topicId()) ? start : start.at(0))
        .toList());
  }

  /** Whether the ledger has this life where it was. Another control plane that took this one for dead may have gone on with it. */
  private boolean isStill(Stage stage) {
    Ledger.Entry now = surroundings.store().read(ledger -> ledger.entry(incarnation));
    return now != null && now.life().stage().equals(stage);
  }

  private Undertaker undertaker(Life life, OwnGroups.Own group) {
    broker.keep(group.cluster(), QuarantinedRecord.topic(life.service()), PATIENCE);
    Undertaker.Handing handing = handing(life, group); // before a reader is open: the broker is asked
    return new Undertaker(Undertaker.Estate.of(life), group.baseline(), group.topics(),
        broker.undertake(group.cluster(), group.name(), group.topics(), group.starts()), surroundings.store(),
        handing, () -> isStill(life.stage()), tally);
  }

  private Undertaker.Handing handing(Life life, OwnGroups.Own group) {
    ClusterDocument cluster = group.cluster();
    Handovers handovers = new Handovers(surroundings.store(), broker, cluster, broker.id(cluster, PATIENCE),
        surroundings.machine().nanos());
    return new Undertaker.Handing() {
      @Override
      public boolean isRead(String topic) {
        return Consumption.takesHandovers(surroundings.store().catalog(), life.service(), "", group.baseline(), topic);
      }

      @Override
      public boolean prepare(QuarantinedRecord record) {
        return handovers.prepare(record);
      }
    };
  }

  /** INVARIANT: the ends are taken after every member of the baseline knows that nobody but the undertaker acts up to them. */
  private boolean settle(Ledger.Entry entry, Stage.Closing closing) {
    bringUp();
    Map<String, Long> known = surroundings.dataPlanes().revisions(entry.life().service());
    String missing = hearing.stillMissing(known, closing.revision());
    Map<ClusterDocument, Set<String>> groupNames = new LinkedHashMap<>();
    Map<ClusterDocument, Set<String>> topics = new LinkedHashMap<>();
    if (missing == null) {
      Catalog catalog = surroundings.store().catalog();
      Clusters clusters = clusters(entry, catalog);
      baseline(entry, catalog).forEach(reads -> {
        ClusterDocument cluster = clusters.named(reads.cluster());
        groupNames.computeIfAbsent(cluster, key -> new TreeSet<>()).add(reads.group());
        topics.computeIfAbsent(cluster, key -> new TreeSet<>()).addAll(reads.topics());
      });
      missing = hearing.missing(groupNames, known, closing.revision());
    }
    if (missing != null) {
      waitsFor = who(entry) + ": " + missing;
      visitNowAndThen(entry); // it may take long
      return false;
    }
    List<PartitionOffset> fence = new ArrayList<>();
    topics.forEach((cluster, names) -> fence.addAll(broker.ends(cluster, names, PATIENCE)));
    return publish(entry, closing, inTable -> inTable.fencedAt(fence), revision -> closing.fenced());
  }

  /**
   * Every group of the baseline whose members may act on records of this life: also those in which its service does not read any
   * more, by what is documented and reported; somebody may be in them yet.
   */
  private List<GroupReads> baseline(Ledger.Entry entry, Catalog catalog) {
    List<GroupReads> baseline = new ArrayList<>(Consumption.of(catalog, entry.life().service()).reads());
    // As they were found when its place was taken: whoever makes one later is told to stop before it gets anything.
    (groups.isEmpty() ? groups(entry) : groups).forEach(group -> baseline
        .add(new GroupReads(group.cluster().name(), group.baseline(), List.copyOf(group.topics()))));
    return baseline;
  }

  /** INVARIANT: the catalog is as new as the ledger: what another control plane published, and went, stands in it. */
  private void bringUp() {
    surroundings.store().current();
  }

  private boolean bury(Ledger.Entry entry, Stage.Fenced fenced) throws InterruptedException {
    if (entry.life().residue() == Residue.DISCARD) {
      note(entry, fenced.effect().step(), "what nobody had processed: discarded, unread");
      return move(entry, fenced, fenced.buried());
    }
    tell(who(entry) + ": others are read to their fences first");
    try (Turns.Turn _ = surroundings.turns().take()) {
      tell("");
      // It may have been long until then.
      return !isStill(fenced) || (readToTheFence(entry) && move(entry, fenced, fenced.buried()));
    }
  }

  private boolean readToTheFence(Ledger.Entry entry) {
    bringUp();
    OverrideLife life = surroundings.store().catalog().table().override(entry.life().tenancy(), incarnation);
    List<PartitionOffset> fence = life == null || life.fence() == null ? List.of() : life.fence();
    if (!visit(entry, ends -> Undertaker.reachable(fence, ends))) {
      waitsFor = who(entry) + ": its undertaker has not read to the fence";
      return false;
    }
    note(entry, Effect.BURY.step(), tally.disposed() + " messages that nobody had processed: "
        + (entry.life().residue() == Residue.REDELIVER ? "handed over to the baseline" : "put aside")
        + (tally.perhapsProcessed() == 0
            ? ""
            : ", but " + tally.perhapsProcessed() + " that may have been processed: put aside")
        + (tally.unread() == 0
            ? ""
            : ", but " + tally.unread() + " that its consumers would not have read: put aside")
        + (tally.inDoubt() == 0
            ? ""
            : "; put aside, too: " + tally.inDoubt()
                + " with a timestamp of the future, until it can be told whose they are"));
    return true;
  }

  private boolean delete(Ledger.Entry entry, Stage.Deleting deleting) {
    boolean gone = true;
    for (Map.Entry<ClusterDocument, List<OwnGroups.Own>> each : OwnGroups.byCluster(groups(entry)).entrySet()) {
      ClusterDocument cluster = each.getKey();
      List<OwnGroups.Own> own = each.getValue();
      Set<String> topics = OwnGroups.internalTopics(cluster, own, broker, PATIENCE);
      if (!topics.isEmpty()) {
        note(entry, deleting.effect().step(), topics + " on " + cluster.name());
        broker.deleteTopics(cluster, topics, PATIENCE);
      }
      own.forEach(group -> note(entry, deleting.effect().step(), group.name() + " on " + cluster.name()));
      Set<String> occupied = broker.delete(cluster, OwnGroups.names(own), PATIENCE);
      own.stream().filter(group -> occupied.contains(group.name()))
          .forEach(group -> evict(entry, group, GRACE, "group " + group.name() + " is not empty"));
      gone &= occupied.isEmpty();
    }
    if (!gone) {
      return false;
    }
    if (noted.stream().anyMatch(step -> step.startsWith(WAITING))) {
      note(entry, "gone", "nothing is left in the broker");
    }
    return move(entry, deleting, deleting.deleted());
  }

  /** Writes a step down, unless it is there; whether it was not. */
  private boolean note(Ledger.Entry entry, String step, String detail) {
    boolean isNew = noted.add(step + " " + detail);
    if (isNew) {
      write(entry, step, detail);
    }
    return isNew;
  }

  private void write(Ledger.Entry entry, String step, String detail) {
    surroundings.store().inTransaction(transaction -> {
      transaction.ledger().step(entry.operation(), incarnation, step, detail);
      return detail;
    });
  }

  /**
   * Moves the life on, in the ledger and in the table at once.
   *
   * @param turn what its entry in the table becomes
   * @param next what its stage becomes, with the revision of that
   */
  private boolean publish(Ledger.Entry entry, Stage from, UnaryOperator<OverrideLife> turn,
      LongFunction<? extends Stage> next) {
    return surroundings.store().inTransaction(transaction -> {
      OverrideLife life = transaction.catalog().table().override(entry.life().tenancy(), incarnation);
      if (life == null) {
        throw new IllegalStateException("not in the table: " + entry.life());
      }
      Ledger.Entry now = transaction.ledger().entry(incarnation);
      if (now == null || !now.life().stage().equals(from)) {
        return true; // somebody else moved it on
      }
      long revision = transaction.revision();
      Stage to = next.apply(revision);
      transaction.ledger().move(incarnation, from, to);
      transaction.ledger().step(entry.operation(), incarnation, to.name(), "at revision " + revision);
      transaction.publish(turn.apply(life));
      return true;
    });
  }

  private boolean move(Ledger.Entry entry, Stage from, Stage to) {
    return surroundings.store().inTransaction(transaction -> {
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

  private List<OwnGroups.Own> groups(Ledger.Entry entry) {
    Patience known = groupsKnown;
    if (known == null || known.isOver()) {
      Catalog catalog = surroundings.store().catalog();
      groups = OwnGroups.of(entry.life(), catalog, clusters(entry, catalog), broker, PATIENCE);
      groupsKnown = new Patience(Pace.among(crowd.getAsInt(), LOOK_AGAIN), surroundings.machine().nanos());
    }
    return groups;
  }

  private Clusters clusters(Ledger.Entry entry, Catalog catalog) {
    List<Document> brought = documents;
    if (brought == null) {
      brought = Operations.documents(surroundings.store().read(ledger -> ledger.documents(entry.birth())));
      documents = brought;
    }
    return Clusters.asTheyAre(catalog, brought);
  }
}
