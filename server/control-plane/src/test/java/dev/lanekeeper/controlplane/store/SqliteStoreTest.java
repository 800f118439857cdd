package dev.lanekeeper.controlplane.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lanekeeper.client.RouteJson;
import dev.lanekeeper.controlplane.MutableClock;
import dev.lanekeeper.model.Stamp;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteStoreTest extends StoreConformance {

  @TempDir
  @SuppressWarnings("NullAway.Init") private Path directory;

  @Override
  Store open() {
    return SqliteStore.open(directory, InstantSource.system());
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
    try (SqliteStore store = SqliteStore.open(directory, InstantSource.system(), connections::around)) {
      store.follow((change, table) -> followed.add(change.stamp()));
      connections.commit(FailingConnections.Commit.FAILS_BEFORE_THE_DISK);
      assertThatThrownBy(() -> store.inTransaction(transaction -> {
        return transaction.revision();
      })).isInstanceOf(StoreException.class).hasMessageContaining("disk I/O error");
      connections.commit(FailingConnections.Commit.SUCCEEDS);

      assertThat(publish(store, "b")).isEqualTo(1);
      assertThat(followed).containsExactly(store.catalog().table().log().newestStamp());
    }
  }

  @Test
  void inDoubt_fileCannotBeOpened_isReadAsOfThenAndTellsLaterWhatWasOnDisk() {
    FailingConnections connections = new FailingConnections();
    MutableClock clock = new MutableClock();
    List<Long> followed = new ArrayList<>();
    try (SqliteStore store = SqliteStore.open(directory, clock, connections::around)) {
      store.follow((change, table) -> followed.add(change.revision()));
      publish(store, "a");
      long before = store.current().asOfMillis();
      connections.commit(FailingConnections.Commit.FAILS_AFTER_THE_DISK);
      connections.openable(false);
      assertThatThrownBy(() -> store.inTransaction(transaction -> {
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
    }
  }
}
