package dev.lanekeeper.controlplane.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lanekeeper.api.TenantDocument;
import dev.lanekeeper.client.RouteJson;
import dev.lanekeeper.controlplane.MutableClock;
import dev.lanekeeper.model.Change;
import dev.lanekeeper.model.OverrideLife;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.Service;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.Tenancy;
import dev.lanekeeper.model.TenantLife;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteStoreTest {

  @TempDir
  @SuppressWarnings("NullAway.Init") private Path directory;

  private static long publish(SqliteStore store, String name) {
    return store.inTransaction(transaction -> {
      transaction.publish(new TenantLife(new Tenancy(name), transaction.revision(), OverrideLife.OPEN));
      return transaction.revision();
    });
  }

  @Test
  void inTransaction_throws_nothingIsKeptAndNoRevisionIsLost() {
    try (SqliteStore store = SqliteStore.open(directory, InstantSource.system())) {
      assertThat(publish(store, "a")).isEqualTo(1);
      assertThatThrownBy(() -> store.inTransaction(transaction -> {
        transaction.publish(new Service(ServiceName.of("B"), List.of(), false));
        throw new IllegalArgumentException("no, at revision " + transaction.revision());
      })).hasMessage("no, at revision 2");
      assertThat(publish(store, "b")).isEqualTo(2);
      assertThat(store.catalog().table().service(ServiceName.of("B"))).isNull();
    }
  }

  @Test
  void open_again_holdsTheFoldOfTheLog() {
    byte[] before;
    List<Change> seen = new ArrayList<>();
    try (SqliteStore store = SqliteStore.open(directory, InstantSource.system())) {
      store.follow((change, table) -> seen.add(change));
      for (int i = 0; i < 20; i++) {
        publish(store, "t" + i);
      }
      store.inTransaction(transaction -> {
        transaction.publish(new TenantLife(new Tenancy("t3"), 4, transaction.revision()));
        return true;
      });
      before = RouteJson.writeTable(store.catalog().table(), 0);
    }
    try (SqliteStore store = SqliteStore.open(directory, InstantSource.system())) {
      assertThat(RouteJson.writeTable(store.catalog().table(), 0)).isEqualTo(before);
      RouteTable folded = RouteTable.EMPTY;
      for (Change change : store.loadedChanges()) {
        folded = folded.with(change);
      }
      assertThat(RouteJson.writeTable(folded, 0)).isEqualTo(before);
      assertThat(store.loadedChanges()).isEqualTo(seen);
    }
  }

  @Test
  void clock_goesBack_timesNever() {
    MutableClock clock = new MutableClock();
    try (SqliteStore store = SqliteStore.open(directory, clock)) {
      long given = store.current().asOfMillis();
      clock.advance(Duration.ofSeconds(-30));
      publish(store, "a");
      assertThat(store.catalog().table().log().commitMillis(0)).as("not before what was said to be current")
          .isGreaterThanOrEqualTo(given);
      assertThat(store.current().asOfMillis()).isGreaterThanOrEqualTo(given);
    }
    try (SqliteStore store = SqliteStore.open(directory, clock)) {
      publish(store, "b");
      assertThat(store.catalog().table().log().commitMillis(1))
          .isGreaterThanOrEqualTo(store.catalog().table().log().commitMillis(0));
    }
  }

  /** The rule that counts: whoever was told "current as of t" must know every revision with an earlier time. */
  @Test
  void current_amongWriters_neverMissesAnEarlierChange() throws Exception {
    List<RouteJson.Current> told = new CopyOnWriteArrayList<>();
    try (SqliteStore store = SqliteStore.open(directory, InstantSource.system());
        var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Long>> tasks = new ArrayList<>();
      IntStream.range(0, 60).forEach(i -> tasks.add(() -> publish(store, "t" + i)));
      IntStream.range(0, 60).forEach(i -> tasks.add(() -> {
        Thread.sleep(ThreadLocalRandom.current().nextInt(30));
        told.add(store.current());
        return 0L;
      }));
      for (var done : executor.invokeAll(tasks)) {
        done.get();
      }
      RouteTable table = store.catalog().table();
      assertThat(table.revision()).isEqualTo(60);
      for (RouteJson.Current current : told) {
        for (int row = 0; row < table.log().size(); row++) {
          if (table.log().commitMillis(row) < current.asOfMillis()) {
            assertThat(table.log().revision(row)).isLessThanOrEqualTo(current.revision());
          }
        }
      }
    }
  }

  @Test
  void seals_ofRevisions_differ() {
    try (SqliteStore store = SqliteStore.open(directory, InstantSource.system())) {
      IntStream.range(0, 10).forEach(i -> publish(store, "t" + i));
      assertThat(IntStream.range(0, 10).map(row -> store.catalog().table().log().seal(row)).distinct().count())
          .isGreaterThan(8);
    }
  }

  @Test
  void inTransaction_commitIsRefused_keepsNothingAndGoesOn() {
    try (SqliteStore store = SqliteStore.open(directory, InstantSource.system())) {
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
  void inTransaction_commitFailsAfterItReachedTheDisk_isDoneAndFollowed() {
    FailingConnections connections = new FailingConnections();
    List<Long> followed = new ArrayList<>();
    try (SqliteStore store = SqliteStore.open(directory, InstantSource.system(), connections::around)) {
      store.follow((change, table) -> followed.add(change.revision()));
      publish(store, "a");
      connections.commit(FailingConnections.Commit.FAILS_AFTER_THE_DISK);

      assertThat(publish(store, "b")).isEqualTo(2);

      connections.commit(FailingConnections.Commit.SUCCEEDS);
      assertThat(publish(store, "c")).isEqualTo(3);
      assertThat(followed).containsExactly(1L, 2L, 3L);
    }
  }

  @Test
  void inTransaction_commitFailsBeforeTheDisk_isRefusedAndItsRevisionGivenToTheNext() {
    FailingConnections connections = new FailingConnections();
    List<Stamp> followed = new ArrayList<>();
    List<String> done = new ArrayList<>();
    try (SqliteStore store = SqliteStore.open(directory, InstantSource.system(), connections::around)) {
      store.follow((change, table) -> followed.add(change.stamp()));
      connections.commit(FailingConnections.Commit.FAILS_BEFORE_THE_DISK);
      assertThatThrownBy(() -> store.inTransaction(transaction -> {
        transaction.onceKept(() -> done.add("a"));
        return transaction.revision();
      })).isInstanceOf(StoreException.class).hasMessageContaining("disk I/O error");
      connections.commit(FailingConnections.Commit.SUCCEEDS);

      assertThat(publish(store, "b")).isEqualTo(1);
      assertThat(followed).containsExactly(store.catalog().table().log().newestStamp());
      assertThat(done).as("what was to follow a commit").isEmpty();
    }
  }

  @Test
  void inDoubt_fileCannotBeOpened_isReadAsOfThenAndTellsLaterWhatWasOnDisk() {
    FailingConnections connections = new FailingConnections();
    MutableClock clock = new MutableClock();
    List<Long> followed = new ArrayList<>();
    List<String> done = new ArrayList<>();
    try (SqliteStore store = SqliteStore.open(directory, clock, connections::around)) {
      store.follow((change, table) -> followed.add(change.revision()));
      publish(store, "a");
      long before = store.current().asOfMillis();
      connections.commit(FailingConnections.Commit.FAILS_AFTER_THE_DISK);
      connections.openable(false);
      assertThatThrownBy(() -> store.inTransaction(transaction -> {
        transaction.onceKept(() -> done.add("b"));
        return transaction.revision();
      })).isInstanceOf(StoreException.class);
      clock.advance(Duration.ofMinutes(1));

      assertThat(store.current()).as("nobody knows of later").isEqualTo(new RouteJson.Current(1, before));
      assertThat(store.catalog().table().revision()).isEqualTo(1);
      assertThatThrownBy(() -> publish(store, "c")).isInstanceOf(StoreException.class);
      assertThat(followed).containsExactly(1L);

      connections.commit(FailingConnections.Commit.SUCCEEDS);
      connections.openable(true);
      assertThat(store.current()).isEqualTo(new RouteJson.Current(2, before + 60_000));
      assertThat(followed).containsExactly(1L, 2L);
      assertThat(done).containsExactly("b");
    }
  }
}
