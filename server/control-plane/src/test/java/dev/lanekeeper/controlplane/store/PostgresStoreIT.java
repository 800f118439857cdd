package dev.lanekeeper.controlplane.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.lanekeeper.api.HopInfo;
import dev.lanekeeper.client.RouteJson;
import dev.lanekeeper.controlplane.TestDatabase;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.ServiceName;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The store in PostgreSQL: what every store does, and what several replicas of a control plane need of it. */
@Timeout(120)
class PostgresStoreIT extends StoreConformance {

  private static final Duration SOON = Duration.ofSeconds(20);
  private static int schemas;
  @SuppressWarnings("NullAway.Init") private static TestDatabase database;
  @SuppressWarnings("NullAway.Init") private PostgresAddress address;

  @BeforeAll
  static void makeDatabase() throws SQLException {
    database = TestDatabase.make();
  }

  @AfterAll
  static void dropDatabase() throws SQLException {
    database.close();
  }

  /** Each test has a schema of its own: a database costs more. */
  @BeforeEach
  void makeSchema() throws SQLException {
    String schema = "test" + schemas++;
    database.execute("CREATE SCHEMA " + schema);
    address = database.address(schema);
  }

  @Override
  Store open() {
    return replica("test");
  }

  private PostgresStore replica(String name) {
    return PostgresStore.open(address, name);
  }

  private void execute(String sql) throws SQLException {
    database.execute("SET search_path TO " + schema() + "; " + sql);
  }

  private static String schema() {
    return "test" + (schemas - 1);
  }

  private long count(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(address.url());
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  private static List<Long> upTo(int revision) {
    return IntStream.rangeClosed(1, revision).mapToObj(Long::valueOf).toList();
  }

  @Test
  void replicas_writeAtOnce_noRevisionTwiceNoGapAndBothSeeAllInOrder() throws Exception {
    List<RouteJson.Current> told = new CopyOnWriteArrayList<>();
    try (Store one = replica("one");
        Store other = replica("other");
        var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Noting atOne = new Noting();
      Noting atOther = new Noting();
      one.follow(atOne);
      other.follow(atOther);
      List<Callable<Long>> tasks = new ArrayList<>();
      IntStream.range(0, 150).forEach(i -> tasks.add(() -> publish(i % 2 == 0 ? one : other, "t" + i)));
      IntStream.range(0, 60).forEach(i -> tasks.add(() -> {
        Store asked = i % 2 == 0 ? one : other;
        RouteJson.Current now = asked.current();
        assertThat(asked.catalog().table().revision()).as("known here").isGreaterThanOrEqualTo(now.revision());
        told.add(now);
        return 0L;
      }));
      Collections.shuffle(tasks);
      List<Long> given = new ArrayList<>();
      for (Future<Long> done : executor.invokeAll(tasks)) {
        given.add(done.get());
      }
      given.removeIf(revision -> revision == 0);
      assertThat(given).containsExactlyInAnyOrderElementsOf(upTo(150));
      await().atMost(SOON).until(() -> atOne.revisions().size() == 150 && atOther.revisions().size() == 150);
      assertThat(atOne.revisions()).isEqualTo(upTo(150));
      assertThat(atOther.seen).isEqualTo(atOne.seen);
      assertNothingMissed(one.catalog().table(), told);
    }
  }

  @Test
  void replica_writesWithoutBeingAsked_isHeardByTheOtherAtOnce() {
    try (Store one = replica("one"); Store other = replica("other")) {
      Noting atOther = new Noting();
      other.follow(atOther);
      for (int i = 1; i <= 5; i++) {
        publish(one, "t" + i);
        List<Long> expected = upTo(i);
        await().atMost(SOON).pollInterval(Duration.ofMillis(5)).until(() -> atOther.revisions().equals(expected));
      }
    }
  }

  @Test
  void catalog_ofAnotherReplica_isBroughtUpToWhatWasWritten() throws Exception {
    try (Store one = replica("one"); Store other = replica("other")) {
      fill(one);
      other.current();
      assertSame(other.catalog(), one.catalog());
      other.inTransaction(transaction -> {
        assertThat(transaction.catalog().tenants()).as("known to who decides").hasSize(1);
        transaction.removeAnnouncement("i1");
        return true;
      });
      one.<Boolean>inTransaction(transaction -> {
        assertThat(transaction.catalog().announcements()).as("known without being asked").isEmpty();
        return true;
      });
    }
  }

  @Test
  void catalog_ofAReplicaThatIsFarBehind_isReadAsAWhole() throws Exception {
    try (Store one = replica("one"); Store other = replica("other")) {
      fill(one);
      execute("DELETE FROM edits; UPDATE counter SET edits_from = version");
      fill(one);
      other.current();
      assertSame(other.catalog(), one.catalog());
    }
  }

  @Test
  void clock_goesBack_timesNever() throws SQLException {
    try (Store store = replica("one")) {
      publish(store, "a");
      // As if the clock had been a minute ahead when something was written.
      execute("UPDATE counter SET time = time + 60000");
      long ahead = store.current().asOfMillis();
      assertThat(ahead).isGreaterThan(System.currentTimeMillis() + 30_000);
      publish(store, "b");
      RouteTable table = store.catalog().table();
      assertThat(table.log().commitMillis(1)).isGreaterThanOrEqualTo(ahead);
    }
  }

  @Test
  void connections_break_areMadeAnewAndNothingIsMissed() throws SQLException {
    try (Store one = replica("one"); Store other = replica("other")) {
      Noting atOther = new Noting();
      other.follow(atOther);
      for (int i = 1; i <= 4; i++) {
        database.breakConnections();
        assertThat(publish(one, "t" + i)).isEqualTo(i);
        assertThat(one.current().revision()).isEqualTo(i);
        assertThat(one.read(Ledger::countRunning)).isZero();
      }
      await().atMost(SOON).until(() -> atOther.revisions().equals(upTo(4)));
    }
  }

  @Test
  void database_outOfReach_nothingIsSaidToBeCurrentAndTheCatalogStays() throws SQLException {
    try (Store one = replica("one"); Store other = replica("other")) {
      Noting atOther = new Noting();
      other.follow(atOther);
      publish(one, "a");
      await().atMost(SOON).until(() -> atOther.revisions().equals(upTo(1)));
      database.letIn(false);
      try {
        assertThatThrownBy(other::current).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> publish(other, "b")).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> other.read(Ledger::countRunning)).isInstanceOf(StoreException.class);
        assertThat(other.catalog().table().revision()).isEqualTo(1);
      } finally {
        database.letIn(true);
      }
      await().atMost(SOON).ignoreExceptions().until(() -> publish(one, "c") == 2);
      await().atMost(SOON).until(() -> atOther.revisions().equals(upTo(2)));
      assertThat(other.current().revision()).isEqualTo(2);
    }
  }

  @Test
  void commit_connectionBreaksAfterIt_isDoneAndFollowedOnce() {
    FailingConnections connections = new FailingConnections();
    try (Store store = PostgresStore.open(address, "one", connections::around)) {
      Noting noting = new Noting();
      store.follow(noting);
      publish(store, "a");
      connections.commit(FailingConnections.Commit.FAILS_AFTER_THE_DISK);
      assertThat(publish(store, "b")).isEqualTo(2);
      assertThat(store.<String>inTransaction(transaction -> {
        transaction.ledger().begin(new Ledger.Running("op", "apply", List.of(), ""));
        return "begun";
      })).as("without a revision").isEqualTo("begun");
      connections.commit(FailingConnections.Commit.SUCCEEDS);
      assertThat(publish(store, "c")).isEqualTo(3);
      assertThat(noting.revisions()).isEqualTo(upTo(3));
      assertThat(store.read(Ledger::countRunning)).isEqualTo(1);
    }
  }

  @Test
  void commit_connectionBreaksBeforeIt_isRefusedAndItsRevisionGivenToTheNext() {
    FailingConnections connections = new FailingConnections();
    try (Store store = PostgresStore.open(address, "one", connections::around)) {
      Noting noting = new Noting();
      store.follow(noting);
      connections.commit(FailingConnections.Commit.FAILS_BEFORE_THE_DISK);
      assertThatThrownBy(() -> publish(store, "a")).isInstanceOf(StoreException.class)
          .hasMessageContaining("disk I/O error");
      assertThatThrownBy(() -> store.inTransaction(transaction -> {
        transaction.ledger().begin(new Ledger.Running("op", "apply", List.of(), ""));
        return "begun";
      })).isInstanceOf(StoreException.class);
      connections.commit(FailingConnections.Commit.SUCCEEDS);
      assertThat(publish(store, "b")).isEqualTo(1);
      assertThat(noting.seen).extracting(change -> change.stamp())
          .containsExactly(store.catalog().table().log().newestStamp());
      assertThat(store.read(Ledger::countRunning)).isZero();
    }
  }

  @Test
  void commit_databaseGoesAwayInIt_isToldLaterAsItIs() throws Exception {
    FailingConnections connections = new FailingConnections();
    try (Store store = PostgresStore.open(address, "one", connections::around)) {
      Noting noting = new Noting();
      store.follow(noting);
      publish(store, "a");
      connections.commit(FailingConnections.Commit.FAILS_AFTER_THE_DISK);
      connections.openable(false);
      assertThatThrownBy(() -> publish(store, "b")).isInstanceOf(StoreException.class)
          .hasMessageContaining("not known");
      connections.commit(FailingConnections.Commit.SUCCEEDS);
      connections.openable(true);
      await().atMost(SOON).until(() -> noting.revisions().equals(upTo(2)));
      await().atMost(SOON).ignoreExceptions().until(() -> publish(store, "c") == 3);
    }
  }

  @Test
  void database_isRestoredUnderAReplica_isRefusedUntilItStartsAnew() throws SQLException {
    try (Store store = replica("one")) {
      publish(store, "a");
      publish(store, "b");
      execute("DELETE FROM changes WHERE revision = 2; UPDATE counter SET revision = 1");
      assertThatThrownBy(store::current).isInstanceOfSatisfying(StoreException.class,
          e -> assertThat(e.next()).contains("start the control plane anew"));
      assertThatThrownBy(() -> publish(store, "c")).isInstanceOf(StoreException.class);
    }
    try (Store store = replica("one")) {
      assertThat(store.current().revision()).isEqualTo(1);
      assertThat(publish(store, "c")).isEqualTo(2);
    }
  }

  @Test
  void database_lostRevisionsAndGaveThemAgain_isRefusedUntilItStartsAnew() throws SQLException {
    try (Store store = replica("one")) {
      publish(store, "a");
      publish(store, "b");
      execute("DELETE FROM changes WHERE revision = 2; UPDATE counter SET revision = 1");
      try (Store anew = replica("anew")) {
        assertThat(publish(anew, "c")).isEqualTo(2);
        assertThatThrownBy(store::current).isInstanceOfSatisfying(StoreException.class,
            e -> assertThat(e.next()).contains("start the control plane anew"));
        assertThatThrownBy(() -> publish(store, "d")).isInstanceOf(StoreException.class);
        assertThat(publish(anew, "d")).isEqualTo(3);
        assertThatThrownBy(() -> publish(store, "e")).isInstanceOf(StoreException.class);
      }
    }
  }

  @Test
  void database_lostWhatHasNoRevision_isRefusedThoughOthersWentOn() throws SQLException {
    try (Store store = replica("one")) {
      seen(store, "a");
      seen(store, "b");
      execute("DELETE FROM edits WHERE version = 2; DELETE FROM inventory WHERE topic = 'b';"
          + " UPDATE counter SET version = 1");
      assertThatThrownBy(store::current).isInstanceOf(StoreException.class);
      try (Store anew = replica("anew")) {
        seen(anew, "c");
        seen(anew, "d");
        assertThatThrownBy(() -> seen(store, "e")).isInstanceOfSatisfying(StoreException.class,
            e -> assertThat(e.next()).contains("start the control plane anew"));
      }
    }
  }

  private static void seen(Store store, String topic) {
    store.inTransaction(transaction -> {
      transaction.put(new Reading(ServiceName.of("C"), "", "k:9092", "c", topic, true));
      return topic;
    });
  }

  @Test
  void edit_ofALaterVersion_isRefusedByWhoCannotReadIt_andKeepsNobodyWaiting() throws SQLException {
    try (Store store = replica("one")) {
      publish(store, "a");
      execute("INSERT INTO edits (version, number, kind, key) VALUES (1, 0, 'LATER', 'x');"
          + " UPDATE counter SET version = 1");

      assertThatThrownBy(() -> publish(store, "b")).isInstanceOfSatisfying(StoreException.class,
          e -> assertThat(e.next()).contains("newest version"));

      execute("SET lock_timeout = '2s'; SELECT revision FROM counter FOR UPDATE");
    }
  }

  @Test
  void replica_cannotTakeOverWhatWasWritten_keepsNobodyWaiting() throws SQLException {
    try (Store store = replica("one")) {
      publish(store, "a");
      execute("INSERT INTO edits (version, number, kind, key) VALUES (1, 0, 'READING', 'no JSON');"
          + " UPDATE counter SET version = 1");

      assertThatThrownBy(() -> publish(store, "b")).isInstanceOf(RuntimeException.class);

      execute("SET lock_timeout = '2s'; SELECT revision FROM counter FOR UPDATE");
    }
  }

  @Test
  void replica_isStoppedInTheMidstOfATransaction_theOthersGoOn() throws Exception {
    try (Store stopped = replica("stopped");
        Store other = replica("other");
        var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      CountDownLatch writing = new CountDownLatch(1);
      CountDownLatch goOn = new CountDownLatch(1);
      Future<Long> never = executor.submit(() -> stopped.<Long>inTransaction(transaction -> {
        long revision = transaction.revision();
        writing.countDown();
        awaitUninterruptibly(goOn);
        return revision;
      }));
      writing.await();
      assertThat(publish(other, "a")).as("once the server has lost patience").isEqualTo(1);
      goOn.countDown();
      assertThatThrownBy(never::get).hasCauseInstanceOf(StoreException.class);
      assertThat(publish(stopped, "b")).isEqualTo(2);
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void replicas_startAtOnce_makeTheTablesOnce() throws Exception {
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Store>> tasks = new ArrayList<>();
      IntStream.range(0, 4).forEach(i -> tasks.add(() -> replica("r" + i)));
      List<Store> stores = new ArrayList<>();
      for (Future<Store> done : executor.invokeAll(tasks)) {
        stores.add(done.get());
      }
      assertThat(stores.stream().map(Store::identity).distinct()).hasSize(1);
      for (int i = 0; i < stores.size(); i++) {
        assertThat(publish(stores.get(i), "t" + i)).isEqualTo(i + 1);
      }
      stores.forEach(Store::close);
    }
  }

  @Test
  void leases_ofAReplicaThatIsGone_areTakenByAnother() throws SQLException {
    try (PostgresStore one = replica("one"); PostgresStore other = replica("other")) {
      assertThat(one.leases().take(List.of("a", "b"))).isTrue();
      assertThat(one.leases().take(List.of("b"))).as("its own").isTrue();
      assertThat(other.leases().take(List.of("b", "c"))).isFalse();
      assertThat(one.leases().take(List.of("c"))).as("all or none").isTrue();
      assertThat(other.leases().takeFree(List.of("a", "d"))).isEqualTo(Set.of("d"));
      one.leases().release(List.of("a"));
      assertThat(other.leases().take(List.of("a"))).isTrue();
      execute("UPDATE replicas SET heard_at = heard_at - interval '11 seconds' WHERE name = 'one'");
      assertThat(other.leases().take(List.of("b", "c"))).as("of who has been silent").isTrue();
    }
  }

  /** What it was at may have been done: then nobody takes it, and it would stand there for ever. */
  @Test
  void leases_ofAReplicaThatIsGone_goToo() throws Exception {
    try (PostgresStore one = replica("one"); PostgresStore other = replica("other")) {
      assertThat(one.leases().take(List.of("a"))).isTrue();
      assertThat(other.leases().take(List.of("b"))).isTrue();
      execute("UPDATE leases SET holder = 'killed' WHERE name = 'a'");

      ((PostgresLeases) other.leases()).stillHere(); // as it does now and then

      execute("DO $$ BEGIN ASSERT (SELECT array_agg(name) = '{b}' FROM leases), 'leases of who is gone'; END $$");
    }
  }

  @Test
  void presence_ofAllReplicas_isOne() throws Exception {
    try (Store one = replica("one"); Store other = replica("other")) {
      one.presence().tend();
      one.presence().heard("p1", report(7));
      assertThat(said(other, "p1")).isEqualTo(report(7));
      other.presence().heard("p1", report(8));
      assertThat(said(one, "p1")).isEqualTo(report(8));
      execute("UPDATE listening SET since = since - interval '1 minute'");
      assertThat(one.presence().isDeaf()).isFalse();
      execute("UPDATE presence SET heard_at = heard_at - interval '11 seconds'");
      try (Store third = replica("third")) {
        assertThat(third.presence().present()).as("silent").isEmpty();
      }
      execute("UPDATE listening SET last = last - interval '20 seconds'");
      other.presence().tend();
      assertThat(one.presence().isDeaf()).as("nobody was there to hear anybody").isTrue();
    }
  }

  @Test
  void clock_goesBack_whoIsHeardFromIsThere_andWhoIsGoneHasNothing() throws SQLException {
    replica("first").close();
    clock("+ interval '1 hour'");
    address = database.address("test" + (schemas - 1) + ",pg_catalog");
    try (PostgresStore one = replica("one"); PostgresStore other = replica("other")) {
      one.presence().heard("p1", report(7));
      one.presence().heard("p2", report(7));
      assertThat(other.presence().present()).containsOnlyKeys("p1", "p2");
      assertThat(one.leases().take(List.of("a"))).isTrue();

      clock("");

      one.presence().heard("p1", report(8));
      assertThat(said(other, "p1")).isEqualTo(report(8));
      assertThat(other.presence().present()).as("whom nobody has heard since").containsOnlyKeys("p1");
      assertThat(other.leases().take(List.of("a"))).as("of who has said nothing since").isTrue();
      assertThat(other.info().replicas()).isEmpty();
    }
  }

  /** What the database's clock says to those who look for functions in this schema first. */
  private void clock(String shift) throws SQLException {
    execute("CREATE OR REPLACE FUNCTION clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS"
        + " $$SELECT pg_catalog.clock_timestamp() " + shift + "$$");
  }

  @Test
  void open_cannotBeUsed_saysWhyAndWhatToDo() throws SQLException {
    refused(new PostgresAddress("jdbc:postgresql://127.0.0.1:1/x?user=u", "u", "topsecret"), "127.0.0.1:1/x",
        "start the server");
    String nowhere = address.url().replace(database.name(), "lanekeeper_nowhere");
    refused(new PostgresAddress(nowhere, null, null), "lanekeeper_nowhere", "createdb");
    execute("CREATE TABLE customers (id INTEGER)");
    refused(address, "tables of something else", "of its own");
    execute("DROP TABLE customers");
    replica("one").close();
    execute("INSERT INTO lanekeeper_schema_history (installed_rank, version, description, type, script, installed_by,"
        + " execution_time, success) VALUES (99, '99', 'later', 'SQL', 'V99__later.sql', 'x', 1, true)");
    refused(address, "of version 99", "newest Lanekeeper");
  }

  private static void refused(PostgresAddress address, String message, String next) {
    assertThatThrownBy(() -> PostgresStore.open(address, "x").close()).isInstanceOfSatisfying(StoreException.class,
        e -> {
          assertThat(e.getMessage()).contains(message).doesNotContain("topsecret");
          assertThat(e.next()).contains(next);
        });
  }

  @Test
  void address_withASecretOrOfSomethingElse_isRefused() {
    for (String url : List.of("jdbc:mysql://h/d", "http://h", "jdbc:postgresql:d", "jdbc:postgresql://h/d?password=pw1",
        "jdbc:postgresql://u:pw1@h/d", "jdbc:postgresql://h:x/d")) {
      assertThatThrownBy(() -> new PostgresAddress(url, null, null)).as(url)
          .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("expected").message()
          .doesNotContain("pw1");
    }
    assertThat(new PostgresAddress("jdbc:postgresql://a:1,b:2/d?user=x", null, "pw1").toString())
        .isEqualTo("a:1,b:2/d");
  }

  /** Where what is told of traces has to wait, leases, which hold for ten seconds, are renewed all the same. */
  @Test
  void traces_thatWait_doNotKeepLeasesOrPresenceWaiting() throws Exception {
    try (PostgresStore store = replica("one");
        Connection other = DriverManager.getConnection(address.url());
        Statement statement = other.createStatement();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      other.setAutoCommit(false);
      statement.execute("LOCK TABLE hops IN ACCESS EXCLUSIVE MODE");
      Future<?> told = threads.submit(() -> store.traces().add(hops(1)));
      await().atMost(SOON)
          .until(() -> count("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'hops'::regclass") == 1);

      store.leases().take(Set.of("x"));
      assertThat(store.presence().present()).isEmpty();

      assertThat(told).isNotDone();
      other.commit();
      told.get();
      assertThat(store.traces().of("t0")).hasSize(1);
    }
  }

  /** What is told between two looks is not kept without bounds. */
  @Test
  void traces_toldByMany_areTendedMeanwhile() throws Exception {
    try (PostgresStore store = replica("one")) {
      for (int i = 0; i < 80; i++) {
        store.traces().add(hops(1_000));
      }
      assertThat(count("SELECT count(*) FROM hops")).isLessThanOrEqualTo(Traces.MOST + Traces.MOST / 5);
    }
  }

  private static List<HopInfo> hops(int many) {
    return IntStream.range(0, many).mapToObj(at -> new HopInfo("t" + at, at, "call", "A", null, null, "B", "1", "",
        "pass", "baseline", null, null, null)).toList();
  }
}
