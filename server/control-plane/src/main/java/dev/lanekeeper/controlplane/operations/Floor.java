package dev.lanekeeper.controlplane.operations;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.api.ProblemException;
import dev.lanekeeper.controlplane.kafka.BrokerException;
import dev.lanekeeper.controlplane.kafka.GroupBroker;
import dev.lanekeeper.controlplane.lifecycle.Life;
import dev.lanekeeper.controlplane.lifecycle.Start;
import dev.lanekeeper.controlplane.store.Catalog;
import dev.lanekeeper.controlplane.store.FloorRound;
import dev.lanekeeper.controlplane.store.Ledger;
import dev.lanekeeper.controlplane.store.Store;
import dev.lanekeeper.kafka.QuarantinedRecord;
import dev.lanekeeper.model.OverrideLife;
import dev.lanekeeper.model.PartitionOffset;
import dev.lanekeeper.model.RouteTable;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Raises the floor: takes tenants that have ended out of the table, once nobody can meet a message of theirs any more whose owner
 * would be another one then. In rounds, of which there is one at a time:
 *
 * <pre>
 * something ended long ago, and nothing older is on its way out
 *     | ends of all topics taken
 *   GROUPS       every known group of every service has passed them
 *     | ends of all quarantines taken
 *   QUARANTINES  the resolver has settled what stood there
 *     | ends of all hand-over topics taken
 *   HANDOVERS    the groups have passed them
 *     | floor published
 * </pre>
 *
 * <p>That something ended long ago is for people, who are told for so long that a tenant has ended; safety hangs on the offsets.
 *
 * <p><b>Threads.</b> {@link #work} belongs to one; {@link #heldBack} to any.
 */
public final class Floor {

  private static final Logger LOG = System.getLogger(Floor.class.getName());
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration EVERY = Duration.ofSeconds(30);
  private static final int MOST_LINES = 20;

  private final Store store;
  private final GroupBroker broker;
  private final Duration remembered;
  private final LongSupplier nanos;
  private @Nullable Patience rest;
  private volatile List<String> heldBack = List.of();

  /**
   * Of a store's table.
   *
   * @param remembered how long after its end a tenant is remembered at least
   * @param nanos the machine's clock, by which waits are measured
   */
  public Floor(Store store, GroupBroker broker, Duration remembered, LongSupplier nanos) {
    this.store = store;
    this.broker = broker;
    this.remembered = remembered;
    this.nanos = nanos;
  }

  /** What keeps tenants in the table that ended long ago, one line each; for people. */
  public List<String> heldBack() {
    return heldBack;
  }

  /** Goes on as far as it can, if it is time to. */
  public void work() {
    Patience last = rest;
    if (last != null && !last.isOver()) {
      return;
    }
    rest = new Patience(EVERY, nanos);
    try {
      List<String> waits = step();
      while (waits == null) {
        waits = step();
      }
      heldBack = waits.size() <= MOST_LINES ? waits : waits.subList(0, MOST_LINES);
    } catch (BrokerException | ProblemException e) {
      heldBack = List.of(String.valueOf(e.getMessage()));
    }
  }

  /** One step. What it waits for, or null: it has been taken. */
  private @Nullable List<String> step() {
    FloorRound round = store.<@Nullable FloorRound>inTransaction(transaction -> transaction.ledger().round());
    Catalog catalog = store.catalog(); // as new as the ledger: a transaction brings it up
    if (round == null) {
      return begin();
    }
    return switch (round.phase()) {
      case GROUPS -> {
        Readers readers = readers(catalog);
        FloorRound whole = completed(round, readers);
        List<String> waits = new ArrayList<>(readers.unknown());
        waits.addAll(behind(readers, whole.places()));
        yield waits.isEmpty() ? next(round, FloorRound.Phase.QUARANTINES, ends(quarantines(catalog))) : waits;
      }
      case QUARANTINES -> {
        List<String> waits = new ArrayList<>();
        places(catalog, round).forEach((cluster, places) -> Standing
            .behind(broker, cluster, Resolution.group(store), places, PATIENCE)
            .forEach(standing -> waits.add("in " + standing.place().topic() + " on " + cluster.name()
                + " stands what nobody can decide yet, from " + standing.position() + " on")));
        yield waits.isEmpty()
            ? next(round, FloorRound.Phase.HANDOVERS, ends(Readers.ofHandovers(catalog).topics()))
            : waits;
      }
      case HANDOVERS -> {
        List<String> waits = behind(Readers.ofHandovers(catalog), round.places());
        if (waits.isEmpty()) {
          publish(round);
          yield null;
        }
        yield waits;
      }
    };
  }

  private Readers readers(Catalog catalog) {
    return Readers.of(catalog, lives());
  }

  private List<Life> lives() {
    return store.inTransaction(transaction -> transaction.ledger().unended()).stream().map(Ledger.Entry::life).toList();
  }

  /** INVARIANT: the ends are taken after all that is to be forgotten was over: nothing is added to what it owns any more. */
  private @Nullable List<String> begin() {
    List<String> waits = new ArrayList<>();
    long floor = store.inTransaction(transaction -> {
      RouteTable table = transaction.catalog().table();
      long longAgo = transaction.nowMillis() - remembered.toMillis();
      long wanted = table.snapshotAt(longAgo, Long.MAX_VALUE);
      long possible = wanted;
      for (Ledger.Entry entry : transaction.ledger().unended()) {
        OverrideLife life = table.override(entry.life().tenancy(), entry.life().incarnation());
        if (life != null && life.to() <= wanted) {
          waits.add(life.service() + " for " + life.tenancy() + " (" + life.incarnation()
              + "), which ended with revision " + life.to() + ", is still on its way out");
          possible = Math.min(possible, life.to() - 1);
        }
      }
      return possible;
    });
    Catalog catalog = store.catalog();
    boolean any = floor > catalog.table().floor()
        && catalog.table().content().tenants().stream().anyMatch(life -> life.to() <= floor);
    if (!any) {
      return waits;
    }
    Readers readers = readers(catalog);
    return readers.unknown().isEmpty()
        ? next(null, new FloorRound(floor, FloorRound.Phase.GROUPS, ends(readers.topics())))
        : readers.unknown();
  }

  private @Nullable List<String> next(FloorRound round, FloorRound.Phase phase, List<PartitionOffset> places) {
    return next(round, new FloorRound(round.floor(), phase, places));
  }

  private @Nullable List<String> next(@Nullable FloorRound round, FloorRound next) {
    store.inTransaction(transaction -> transaction.ledger().moveRound(round, next));
    return null;
  }

  private List<PartitionOffset> ends(Map<ClusterDocument, Set<String>> topics) {
    List<PartitionOffset> ends = new ArrayList<>();
    topics.forEach((cluster, names) -> ends.addAll(broker.ends(cluster, names, PATIENCE)));
    return ends;
  }

  /** The round, with the ends of topics that nobody was known to read when it began. */
  private FloorRound completed(FloorRound round, Readers readers) {
    Set<String> known =
        round.places().stream().map(place -> place.cluster() + " " + place.topic()).collect(Collectors.toSet());
    Map<ClusterDocument, Set<String>> missing = readers.topics();
    missing.forEach((cluster, topics) -> topics.removeIf(topic -> known.contains(cluster.name() + " " + topic)));
    missing.values().removeIf(Set::isEmpty);
    List<PartitionOffset> more = ends(missing);
    if (more.isEmpty()) {
      return round;
    }
    more.addAll(round.places());
    FloorRound whole = new FloorRound(round.floor(), round.phase(), more);
    next(round, whole);
    return whole;
  }

  private List<String> behind(Readers readers, List<PartitionOffset> places) {
    List<String> behind = new ArrayList<>();
    for (Readers.Reader reader : readers.groups()) {
      List<PartitionOffset> own = places.stream().filter(
          place -> place.cluster().equals(reader.cluster().name()) && reader.topics().contains(place.topic())).toList();
      standings(reader, own).forEach(standing -> behind.add(standing.text()));
    }
    return behind;
  }

  private List<Standing> standings(Readers.Reader reader, List<PartitionOffset> places) {
    if (places.isEmpty()) {
      return List.of();
    }
    Set<String> topics = places.stream().map(PartitionOffset::topic).collect(Collectors.toSet());
    List<Start> positions = broker.positions(reader.cluster(), reader.group(), topics, PATIENCE).stream()
        .map(reader::concerned).toList();
    return Standing.behind(broker, reader.cluster(), reader.group(), positions, places, PATIENCE);
  }

  private Map<ClusterDocument, Set<String>> quarantines(Catalog catalog) {
    Set<String> topics = new TreeSet<>();
    catalog.serviceNames().forEach(service -> topics.add(QuarantinedRecord.topic(service)));
    return catalog.clusters().values().stream().collect(Collectors.toMap(cluster -> cluster, cluster -> topics));
  }

  private static Map<ClusterDocument, List<PartitionOffset>> places(Catalog catalog, FloorRound round) {
    return catalog.clusters().values().stream().collect(Collectors.toMap(cluster -> cluster, cluster -> round.places()
        .stream().filter(place -> place.cluster().equals(cluster.name())).toList()));
  }

  private void publish(FloorRound round) {
    long revision = store.inTransaction(transaction -> {
      if (!transaction.ledger().moveRound(round, null)) {
        return 0L; // somebody else has
      }
      transaction.forget(round.floor());
      return transaction.revision();
    });
    LOG.log(Level.DEBUG, "what had ended by revision " + round.floor() + " is forgotten with revision " + revision);
  }
}
