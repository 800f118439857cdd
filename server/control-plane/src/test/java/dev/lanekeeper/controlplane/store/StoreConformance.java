package dev.lanekeeper.controlplane.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.api.DataPlaneReport;
import dev.lanekeeper.api.Document;
import dev.lanekeeper.api.DocumentException;
import dev.lanekeeper.api.Documents;
import dev.lanekeeper.api.HopInfo;
import dev.lanekeeper.api.TenantDocument;
import dev.lanekeeper.client.RouteJson;
import dev.lanekeeper.controlplane.lifecycle.Life;
import dev.lanekeeper.controlplane.lifecycle.Stage;
import dev.lanekeeper.model.Change;
import dev.lanekeeper.model.Handover;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.OverrideLife;
import dev.lanekeeper.model.Residue;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.Service;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.Target;
import dev.lanekeeper.model.Tenancy;
import dev.lanekeeper.model.TenantLife;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What every store does. */
abstract class StoreConformance {

  private static final ServiceName C = ServiceName.of("C");

  /** Opens the store of this test, for the first time or again. */
  abstract Store open() throws Exception;

  static long publish(Store store, String name) {
    return store.inTransaction(transaction -> {
      transaction.publish(new TenantLife(new Tenancy(name), transaction.revision(), OverrideLife.OPEN));
      return transaction.revision();
    });
  }

  /** A follower that notes all that it is told. */
  static class Noting implements Follower {
    final List<Change> seen = new CopyOnWriteArrayList<>();
    volatile RouteTable table = RouteTable.EMPTY;

    @Override
    public void begins(List<Change> log, RouteTable now) {
      seen.addAll(log);
      table = now;
    }

    @Override
    public void published(Change change, RouteTable after) {
      seen.add(change);
      table = after;
    }

    List<Long> revisions() {
      return seen.stream().map(Change::revision).toList();
    }
  }

  private static List<Long> upTo(long revision) {
    return IntStream.rangeClosed(1, (int) revision).mapToObj(Long::valueOf).toList();
  }

  @Test
  void inTransaction_throws_nothingIsKeptAndNoRevisionIsLost() throws Exception {
    try (Store store = open()) {
      assertThat(publish(store, "a")).isEqualTo(1);
      assertThatThrownBy(() -> store.inTransaction(transaction -> {
        transaction.publish(new Service(ServiceName.of("B"), List.of(), false));
        transaction.put(new Reading(C, "", "k:9092", "c", "orders", true));
        throw new IllegalArgumentException("no, at revision " + transaction.revision());
      })).hasMessage("no, at revision 2");
      assertThat(store.catalog().inventory()).isEmpty();
      assertThat(publish(store, "b")).isEqualTo(2);
      assertThat(store.catalog().table().service(ServiceName.of("B"))).isNull();
    }
  }

  @Test
  void inTransaction_insideOfOne_isRefused() throws Exception {
    try (Store store = open()) {
      assertThatThrownBy(() -> store.inTransaction(outer -> publish(store, "a")))
          .isInstanceOf(IllegalStateException.class);
      assertThat(publish(store, "b")).isEqualTo(1);
    }
  }

  @Test
  void inTransaction_commitIsRefused_keepsNothingAndGoesOn() throws Exception {
    try (Store store = open()) {
      publish(store, "a");
      assertThatThrownBy(() -> store.inTransaction(transaction -> {
        transaction.publish(new TenantLife(new Tenancy("x"), transaction.revision(), OverrideLife.OPEN));
        // A foreign key that is looked at when it is committed: no such revision.
        transaction
            .put(new RegisteredTenant(new TenantDocument(new Tenancy("x"), null, Map.of(), null, Map.of()), 99, null));
        return true;
      })).isInstanceOf(StoreException.class);

      assertThat(publish(store, "b")).isEqualTo(2);
      assertThat(store.catalog().tenants()).isEmpty();
      assertThat(store.catalog().table().revision()).isEqualTo(2);
    }
  }

  @Test
  void open_again_holdsTheFoldOfTheLog() throws Exception {
    byte[] before;
    Noting noting = new Noting();
    String identity;
    try (Store store = open()) {
      identity = store.identity();
      store.follow(noting);
      for (int i = 0; i < 20; i++) {
        publish(store, "t" + i);
      }
      store.inTransaction(transaction -> {
        transaction.publish(new TenantLife(new Tenancy("t3"), 4, transaction.revision()));
        return true;
      });
      before = RouteJson.writeTable(store.catalog().table(), 0);
    }
    try (Store store = open()) {
      assertThat(store.identity()).isEqualTo(identity).matches("[0-9a-f]{16}");
      assertThat(RouteJson.writeTable(store.catalog().table(), 0)).isEqualTo(before);
      Noting again = new Noting();
      store.follow(again);
      assertThat(RouteJson.writeTable(again.table, 0)).isEqualTo(before);
      RouteTable folded = RouteTable.EMPTY;
      for (Change change : again.seen) {
        folded = folded.with(change);
      }
      assertThat(RouteJson.writeTable(folded, 0)).isEqualTo(before);
      assertThat(again.seen).isEqualTo(noting.seen);
    }
  }

  @Test
  void open_again_holdsTheCatalog() throws Exception {
    Catalog before;
    try (Store store = open()) {
      fill(store);
      before = store.catalog();
    }
    try (Store store = open()) {
      assertSame(store.catalog(), before);
      assertThat(store.catalog().inventory()).containsExactlyInAnyOrder(Reading.seen(ServiceName.of("F"), ""),
          new Reading(C, "x", "k:9092", "c", "orders", false));
      assertThat(store.catalog().tenants()).hasSize(1);
      assertThat(store.catalog().announcements().keySet()).containsExactly("i1");
      assertThat(store.catalog().clusters().keySet()).containsExactly("default");
      assertThat(store.catalog().services()).isEmpty();
    }
  }

  /** Puts something of each kind into a catalog, and takes something out again. */
  static void fill(Store store) throws DocumentException {
    List<Document> documents = Documents.read("test", """
        kind: Service
        name: C
        hosts: ["c:80"]
        ---
        kind: Service
        name: D
        hosts: ["d:80"]
        ---
        kind: Cluster
        bootstrap: "k:9092"
        ---
        kind: Cluster
        name: other
        bootstrap: "o:9092"
        ---
        kind: Environment
        profile: production
        """);
    store.inTransaction(transaction -> {
      documents.forEach(transaction::put);
      transaction.put(new Reading(C, "", "k:9092", "c", "orders", true));
      transaction.put(Reading.seen(ServiceName.of("D"), ""));
      transaction.put(Reading.seen(ServiceName.of("E"), "abc"));
      transaction.put(Reading.seen(ServiceName.of("F"), ""));
      for (String name : List.of("a", "b")) {
        transaction
            .put(new RegisteredTenant(new TenantDocument(new Tenancy(name), null, Map.of(), null, Map.of("k", "v")),
                transaction.revision(), name.equals("a") ? 77L : null));
      }
      Incarnation incarnation = live(transaction, "op" + transaction.revision());
      transaction.put(new StoredAnnouncement("i1", incarnation, "w", URI.create("http://127.0.0.1:1")));
      transaction.put(new StoredAnnouncement("i2", incarnation, "w", null));
      return transaction.revision();
    });
    store.inTransaction(transaction -> {
      transaction.remove(C);
      transaction.remove(ServiceName.of("D"));
      transaction.put(new Reading(C, "x", "k:9092", "c", "orders", true));
      transaction.put(new Reading(C, "x", "k:9092", "c", "orders", false)); // the same, in place of the one before
      transaction.forgetReadings("abc");
      transaction.removeCluster("other");
      transaction.remove(new Tenancy("b"));
      transaction.removeAnnouncement("i2");
      return true;
    });
  }

  private static Incarnation live(Transaction transaction, String operation) {
    transaction.ledger().begin(new Ledger.Running(operation, "apply", List.of("a"), ""));
    Life life = new Life(new Incarnation("incarnation" + operation), C, new Tenancy("a"), new Target.Workload(),
        Residue.DISCARD, List.of(), List.of(), new Stage.Intended());
    transaction.ledger().insert(operation, life);
    return life.incarnation();
  }

  static void assertSame(Catalog one, Catalog other) {
    assertThat(RouteJson.writeTable(one.table(), 0)).isEqualTo(RouteJson.writeTable(other.table(), 0));
    assertThat(one.services()).isEqualTo(other.services());
    assertThat(one.clusters()).isEqualTo(other.clusters());
    assertThat(one.environment()).isEqualTo(other.environment());
    assertThat(one.tenants()).isEqualTo(other.tenants());
    assertThat(one.inventory()).isEqualTo(other.inventory());
    assertThat(one.announcements()).isEqualTo(other.announcements());
  }

  @Test
  void move_fromWhereTheLifeIsNot_movesNothing() throws Exception {
    try (Store store = open()) {
      Incarnation incarnation = store.inTransaction(transaction -> live(transaction, "op"));
      Stage.Intended intended = new Stage.Intended();
      Stage.Measured measured = intended.measured(List.of());
      assertThat(moved(store, incarnation, intended, measured)).isTrue();
      assertThat(moved(store, incarnation, intended, measured)).as("a second, late doer").isFalse();
      assertThat(store.read(ledger -> ledger.bornOf("op")).getFirst().life().stage()).isEqualTo(measured);
    }
    try (Store store = open()) {
      List<Ledger.Entry> born = store.read(ledger -> ledger.bornOf("op"));
      assertThat(born).hasSize(1);
      assertThat(store.read(Ledger::unpublished)).extracting(Ledger.Running::id).containsExactly("op");
      store.inTransaction(transaction -> {
        transaction.ledger().step("op", null, "publish", "revision 1");
        transaction.ledger().done("op");
        return true;
      });
      assertThat(store.read(ledger -> ledger.operations(10)).getFirst().steps()).hasSize(1);
      assertThat(store.read(Ledger::countRunning)).isZero();
    }
  }

  private static boolean moved(Store store, Incarnation incarnation, Stage from, Stage to) {
    return store.inTransaction(transaction -> transaction.ledger().move(incarnation, from, to));
  }

  @Test
  void resolved_isRememberedOnce() throws Exception {
    try (Store store = open()) {
      for (int i = 0; i < 2; i++) {
        store.inTransaction(transaction -> {
          transaction.resolved(C, "orders-0@5");
          return true;
        });
      }
      assertThat(store.<Boolean>inTransaction(transaction -> transaction.isResolved(C, "orders-0@5"))).isTrue();
      assertThat(store.<Boolean>inTransaction(transaction -> transaction.isResolved(C, "orders-0@6"))).isFalse();
    }
  }

  @Test
  void ledger_ownTopicsRoundsAndDisposals_areKept_andGoWithAFailedTransaction() throws Exception {
    OwnTopic topic = new OwnTopic("kafka", C, new Handover("c", "orders", "lanekeeper.again"));
    FloorRound round = new FloorRound(7, FloorRound.Phase.GROUPS, List.of());
    Disposals.Disposal disposal =
        new Disposals.Disposal("op", "default", C, "orders-0@5", "default/c/0/1", null, null, "somebody", 1, false);
    try (Store store = open()) {
      assertThatThrownBy(() -> store.inTransaction(transaction -> {
        note(transaction, topic, round, disposal);
        throw new IllegalArgumentException("no");
      })).hasMessage("no");
      assertThat(store.<List<OwnTopic>>read(ledger -> ledger.ownTopics("kafka"))).isEmpty();
      assertThat(store.<@Nullable FloorRound>read(Ledger::round)).isNull();
      assertThat(disposalsOf(store)).isEmpty();

      store.inTransaction(transaction -> note(transaction, topic, round, disposal));

      assertThat(store.<List<OwnTopic>>read(ledger -> ledger.ownTopics("kafka"))).containsExactly(topic);
      assertThat(store.<List<OwnTopic>>read(ledger -> ledger.ownTopics("another"))).isEmpty();
      assertThat(store.<@Nullable FloorRound>read(Ledger::round)).isEqualTo(round);
      assertThat(disposalsOf(store)).containsExactly(disposal);
    }
  }

  @Test
  void ledger_topicThatIsBeingDeleted_isKnownUntilItIsGone_orStays() throws Exception {
    OwnTopic topic = new OwnTopic("kafka", C, new Handover("c", "orders", "lanekeeper.again"));
    try (Store store = open()) {
      store.inTransaction(transaction -> {
        transaction.ledger().going(topic); // none of this store's
        transaction.ledger().made(topic);
        return transaction.ledger().goingTopics("kafka").isEmpty();
      });
      assertThat(store.<Set<OwnTopic>>read(ledger -> ledger.goingTopics("kafka"))).isEmpty();
      assertThatThrownBy(() -> store.inTransaction(transaction -> {
        transaction.ledger().going(topic);
        throw new IllegalArgumentException("no");
      })).hasMessage("no");
      assertThat(store.<Set<OwnTopic>>read(ledger -> ledger.goingTopics("kafka"))).isEmpty();
      store.inTransaction(transaction -> {
        transaction.ledger().going(topic);
        transaction.ledger().made(topic);
        return true;
      });
    }
    try (Store store = open()) {
      assertThat(store.<Set<OwnTopic>>read(ledger -> ledger.goingTopics("kafka"))).containsExactly(topic);
      assertThat(store.<Set<OwnTopic>>read(ledger -> ledger.goingTopics("another"))).isEmpty();
      assertThat(store.<List<OwnTopic>>read(ledger -> ledger.ownTopics("kafka"))).containsExactly(topic);
      assertThatThrownBy(() -> store.inTransaction(transaction -> {
        transaction.ledger().staying(topic);
        throw new IllegalArgumentException("no");
      })).hasMessage("no");
      assertThat(store.<Set<OwnTopic>>read(ledger -> ledger.goingTopics("kafka"))).containsExactly(topic);
      store.inTransaction(transaction -> {
        transaction.ledger().staying(topic);
        return true;
      });
      assertThat(store.<Set<OwnTopic>>read(ledger -> ledger.goingTopics("kafka"))).isEmpty();
      assertThat(store.<List<OwnTopic>>read(ledger -> ledger.ownTopics("kafka"))).containsExactly(topic);
      store.inTransaction(transaction -> {
        transaction.ledger().going(topic);
        transaction.ledger().gone(topic);
        transaction.ledger().made(topic);
        return true;
      });
      assertThat(store.<Set<OwnTopic>>read(ledger -> ledger.goingTopics("kafka"))).isEmpty();
    }
  }

  @Test
  void inventory_serviceInAnotherCase_isOneReading_alsoAfterARestart() throws Exception {
    try (Store store = open()) {
      for (String name : List.of("C", "c")) {
        store.inTransaction(transaction -> {
          transaction.put(new Reading(ServiceName.of(name), "", "k:9092", "c", "orders", name.equals("C")));
          return name;
        });
      }
      assertThat(store.catalog().inventory()).containsExactly(new Reading(C, "", "k:9092", "c", "orders", false));
    }
    try (Store store = open()) {
      assertThat(store.catalog().inventory()).containsExactly(new Reading(C, "", "k:9092", "c", "orders", false));
    }
  }

  private static boolean note(Transaction transaction, OwnTopic topic, FloorRound round,
      Disposals.Disposal disposal) {
    transaction.ledger().begin(new Ledger.Running("op", "RELEASE", List.of(), ""));
    transaction.ledger().made(topic);
    transaction.ledger().made(topic);
    transaction.disposals().insert(disposal);
    return transaction.ledger().moveRound(null, round);
  }

  private static List<Disposals.Disposal> disposalsOf(Store store) {
    return store.inTransaction(transaction -> transaction.disposals().of("op"));
  }

  @Test
  void ledger_ownTopicsRoundsAndDisposals_goOn() throws Exception {
    OwnTopic topic = new OwnTopic("kafka", C, new Handover("c", "orders", "lanekeeper.again"));
    FloorRound round = new FloorRound(7, FloorRound.Phase.GROUPS, List.of());
    Disposals.Disposal disposal =
        new Disposals.Disposal("op", "default", C, "orders-0@5", "default/c/0/1", null, null, "somebody", 1, false);
    try (Store store = open()) {
      store.inTransaction(transaction -> note(transaction, topic, round, disposal));
      store.inTransaction(transaction -> {
        transaction.ledger().gone(topic);
        assertThat(transaction.ledger().moveRound(null, null)).isFalse();
        assertThat(transaction.ledger().moveRound(round, null)).isTrue();
        transaction.disposals().forgetBefore(2);
        assertThat(transaction.disposals().last(C, "orders-0@5")).isEqualTo(disposal);
        transaction.disposals().done("op");
        return true;
      });
      assertThat(store.<List<OwnTopic>>read(ledger -> ledger.ownTopics("kafka"))).isEmpty();
      assertThat(store.<@Nullable FloorRound>read(Ledger::round)).isNull();
      assertThat(disposalsOf(store)).singleElement().matches(Disposals.Disposal::done);
      store.inTransaction(transaction -> {
        transaction.disposals().forgetBefore(2);
        return true;
      });
      assertThat(disposalsOf(store)).isEmpty();
    }
  }

  /** The rule that counts: whoever was told "current as of t" must know every revision with an earlier time. */
  @Test
  void current_amongWriters_neverMissesAnEarlierChange() throws Exception {
    List<RouteJson.Current> told = new CopyOnWriteArrayList<>();
    try (Store store = open(); var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Long>> tasks = new ArrayList<>();
      IntStream.range(0, 60).forEach(i -> tasks.add(() -> publish(store, "t" + i)));
      IntStream.range(0, 60).forEach(i -> tasks.add(() -> {
        Thread.sleep(ThreadLocalRandom.current().nextInt(30));
        RouteJson.Current now = store.current();
        assertThat(store.catalog().table().revision()).as("known here").isGreaterThanOrEqualTo(now.revision());
        told.add(now);
        return 0L;
      }));
      for (var done : executor.invokeAll(tasks)) {
        done.get();
      }
      assertNothingMissed(store.catalog().table(), told);
      assertThat(store.catalog().table().revision()).isEqualTo(60);
    }
  }

  /** Whoever follows would else be handed what is older than what he is told to be current. */
  @Test
  void current_isToldOnlyOnceWhoFollowsKnowsIt() throws Exception {
    AtomicBoolean told = new AtomicBoolean();
    AtomicBoolean inOrder = new AtomicBoolean();
    AtomicReference<@Nullable Thread> asking = new AtomicReference<>();
    try (Store store = open()) {
      store.current();
      store.follow(new Noting() {
        @Override
        public void published(Change change, RouteTable after) {
          Thread other = Thread.ofPlatform().start(() -> inOrder.set(store.current().revision() == 1 && told.get()));
          asking.set(other);
          await().until(() -> other.getState() == Thread.State.TERMINATED || other.getState() == Thread.State.WAITING);
          told.set(true);
        }
      });
      publish(store, "a");
      Thread asked = asking.get();
      assertThat(asked).isNotNull();
      asked.join();
      assertThat(inOrder).isTrue();
    }
  }

  static void assertNothingMissed(RouteTable table, List<RouteJson.Current> told) {
    for (RouteJson.Current current : told) {
      for (int row = 0; row < table.log().size(); row++) {
        if (table.log().commitMillis(row) < current.asOfMillis()) {
          assertThat(table.log().revision(row)).isLessThanOrEqualTo(current.revision());
        }
      }
    }
  }

  @Test
  void inTransaction_manyAtOnce_givesEachRevisionOnceAndFollowersTheirOrder() throws Exception {
    try (Store store = open(); var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Noting noting = new Noting();
      store.follow(noting);
      List<Callable<Long>> tasks = new ArrayList<>();
      IntStream.range(0, 100).forEach(i -> tasks.add(() -> publish(store, "t" + i)));
      List<Long> given = new ArrayList<>();
      for (var done : executor.invokeAll(tasks)) {
        given.add(done.get());
      }
      assertThat(given).containsExactlyInAnyOrderElementsOf(upTo(100));
      assertThat(noting.revisions()).isEqualTo(upTo(100));
    }
  }

  @Test
  void seals_ofRevisions_differ() throws Exception {
    try (Store store = open()) {
      IntStream.range(0, 10).forEach(i -> publish(store, "t" + i));
      assertThat(IntStream.range(0, 10).map(row -> store.catalog().table().log().seal(row)).distinct().count())
          .isGreaterThan(8);
    }
  }

  @Test
  void beginEpoch_leavesALogThatTellsWhatIsLost() throws Exception {
    long epoch = 3L << Stamp.EPOCH_SHIFT;
    try (Store store = open()) {
      publish(store, "a");
      assertThat(store.<Long>inTransaction(transaction -> transaction.beginEpoch(3))).isEqualTo(epoch);
      assertThatThrownBy(() -> store.<Long>inTransaction(transaction -> transaction.beginEpoch(3)))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(publish(store, "b")).isEqualTo(epoch + 1);
    }
    try (Store store = open()) {
      Noting noting = new Noting();
      store.follow(noting);
      assertThat(noting.revisions()).containsExactly(1L, epoch, epoch + 1);
      RouteTable table = store.catalog().table();
      assertThat(table.snapshot(2, 7, false)).isEqualTo(RouteTable.LOST);
      assertThat(table.snapshot(epoch + 2, 7, true)).isEqualTo(RouteTable.UNSTAMPED);
    }
  }

  @Test
  void presence_whoWasHeard_isThereWithWhatItSaid() throws Exception {
    try (Store store = open()) {
      store.presence().tend();
      store.presence().heard("p1", report(7));
      store.presence().heard("p2", null);
      store.presence().heard("p1", report(8));
      assertThat(store.presence().present()).containsOnlyKeys("p1", "p2");
      assertThat(said(store, "p1")).isEqualTo(report(8));
      assertThat(store.presence().isDeaf()).as("only just begun to listen").isTrue();
    }
  }

  private static HopInfo hop(String trace, long at) {
    return new HopInfo(trace, at, "call", "A", null, null, "B", "123", "", "pass", "baseline", null, null, null);
  }

  @Test
  void traces_ofSeveral_areKeptApart_inTheOrderOfTheirTimes() throws Exception {
    try (Store store = open()) {
      store.traces().add(List.of(hop("t1", 2), hop("t2", 5)));
      store.traces().add(List.of());
      store.traces().add(List.of(hop("t1", 1)));
      store.traces().tend();
      assertThat(store.traces().of("t1")).containsExactly(hop("t1", 1), hop("t1", 2));
      assertThat(store.traces().of("t2")).containsExactly(hop("t2", 5));
      assertThat(store.traces().of("none")).isEmpty();
    }
  }

  @Test
  void traces_tooMany_goOldestFirst_andOneIsNeverTooLong() throws Exception {
    try (Store store = open()) {
      store.traces().add(List.of(hop("first", 1)));
      for (int i = 0; i < Traces.MOST / 1_000; i++) {
        String name = "t" + i;
        store.traces().add(IntStream.range(0, 1_000).mapToObj(at -> hop(name, at)).toList());
      }
      store.traces().add(List.of(hop("t" + (Traces.MOST / 1_000 - 1), 1_000)));
      store.traces().tend();
      assertThat(store.traces().of("first")).isEmpty();
      assertThat(store.traces().of("t" + (Traces.MOST / 1_000 - 1))).hasSize(Traces.MOST_OF_ONE);
    }
  }

  /** What a process said last; null if it is not there, or said nothing. */
  static @Nullable DataPlaneReport said(Store store, String id) {
    Presence.Heard heard = store.presence().present().get(id);
    return heard == null ? null : heard.report();
  }

  static DataPlaneReport report(long revision) {
    return new DataPlaneReport("C", null, null, "1", revision, 5, 1, "h", 2,
        List.of(new DataPlaneReport.Consumer("k:9092", "c", List.of("orders"), "m1", "x")), List.of(), Map.of("a", 1L));
  }

  @Test
  void close_thenUsed_isRefused() throws Exception {
    Store store = open();
    store.close();
    assertThatThrownBy(() -> publish(store, "a")).isInstanceOf(StoreException.class).hasMessageContaining("closed");
    assertThatThrownBy(store::current).isInstanceOf(StoreException.class);
  }

  @Test
  void clusters_ofTheCatalog_areThoseThatWerePut() throws Exception {
    try (Store store = open()) {
      fill(store);
      assertThat(store.catalog().clusters().values()).extracting(ClusterDocument::bootstrap).containsExactly("k:9092");
      assertThat(store.catalog().environment().profile()).isEqualTo("production");
    }
  }
}
