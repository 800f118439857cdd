package dev.lanekeeper.controlplane.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lanekeeper.controlplane.QuickJava;
import dev.lanekeeper.controlplane.TestDatabase;
import dev.lanekeeper.model.Change;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.Tenancy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} in the midst of writes: nothing acknowledged is lost, no revision is given twice, everybody sees them in order. */
@Timeout(3_600) // as long as it may take on a busy machine to kill 200 times
class StoreKillIT {

  private static final int KILLS = Integer.getInteger("lanekeeper.kills", 20);
  /** Each on a directory of its own, at the same time. */
  private static final int LANES = 2;
  private static final int MOST_WRITES = 25;
  private static final int ALL_WRITES = Integer.getInteger("lanekeeper.writes", 3_000);
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir
  @SuppressWarnings("NullAway.Init") private static Path tools;
  @SuppressWarnings("NullAway.Init") private static QuickJava writers;
  @TempDir
  @SuppressWarnings("NullAway.Init") private Path directory;
  private final long seed = Long.getLong("lanekeeper.seed", System.nanoTime());

  @BeforeAll
  static void prepare() throws Exception {
    writers = QuickJava.prepare(tools, StoreWriter.class, tools.resolve("training").toString(), "t", "20", "all");
  }

  @Test
  void sqlite_isKilledInTheMidstOfWritesAgainAndAgain() throws Exception {
    System.out.println("StoreKillIT: -Dlanekeeper.seed=" + seed);
    List<Callable<Integer>> lanes = new ArrayList<>();
    for (int lane = 0; lane < LANES; lane++) {
      Path store = Files.createDirectory(directory.resolve("lane" + lane));
      Random random = new Random(seed + lane);
      lanes.add(() -> killAgainAndAgain(store, random));
    }
    int kills = 0;
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Integer> lane : executor.invokeAll(lanes)) {
        kills += lane.get();
      }
    }
    assertThat(kills).isEqualTo(KILLS);
  }

  private static int killAgainAndAgain(Path store, Random random) throws IOException, InterruptedException {
    Map<Stamp, String> acknowledged = new ConcurrentHashMap<>();
    long newest = 0;
    int kills = 0;
    while (kills < KILLS / LANES) {
      Process process = writers.start(store.toString(), "r" + kills + "-", "1000000", "quiet");
      try {
        int writes = 1 + random.nextInt(MOST_WRITES);
        int micros = random.nextInt(3_000);
        BufferedReader lines = process.inputReader();
        assertThat(Long.parseLong(after(lines.readLine(), "open "))).as("what was acknowledged before is there")
            .isGreaterThanOrEqualTo(newest);
        for (int i = 0; i < writes; i++) {
          newest = Math.max(newest, took(lines.readLine(), acknowledged));
        }
        Thread.sleep(Duration.ofNanos(micros * 1_000L));
        kill(process);
        kills++;
        // What it had printed by then was acknowledged, too.
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          newest = Math.max(newest, took(line, acknowledged));
        }
      } finally {
        process.destroyForcibly();
      }
    }
    try (Store left = SqliteStore.open(store, InstantSource.system())) {
      StoreConformance.Noting noting = new StoreConformance.Noting();
      left.follow(noting);
      check(noting.seen, left.catalog().table(), acknowledged);
      assertThat(noting.seen.size() - acknowledged.size()).as("one a kill may have been on its way")
          .isBetween(0, kills);
    }
    return kills;
  }

  /** Leaves what it has printed to be read. */
  private static void kill(Process process) throws InterruptedException {
    process.toHandle().destroyForcibly();
    process.waitFor();
  }

  private static String after(@Nullable String line, String prefix) {
    assertThat(line).isNotNull().startsWith(prefix);
    return String.valueOf(line).substring(prefix.length());
  }

  private static long took(@Nullable String line, Map<Stamp, String> acknowledged) {
    String[] parts = after(line, "wrote ").split(" ", -1);
    Stamp stamp = Stamp.parse(parts[0]);
    assertThat(stamp.isNone()).as(line).isFalse();
    assertThat(acknowledged.put(stamp, parts[1])).isNull();
    return stamp.revision();
  }

  private static void check(List<Change> log, RouteTable table, Map<Stamp, String> acknowledged) {
    assertThat(log).extracting(Change::revision)
        .isEqualTo(LongStream.rangeClosed(1, log.size()).boxed().toList());
    assertThat(acknowledged.keySet().stream().map(Stamp::revision).distinct().count()).as("no revision twice")
        .isEqualTo(acknowledged.size());
    acknowledged.forEach((stamp, name) -> {
      assertThat(table.stampOf(stamp.revision())).isEqualTo(stamp);
      assertThat(table.isRegistered(new Tenancy(name))).as(name).isTrue();
    });
  }

  /** A writer in a process of its own, and what it says. */
  private static final class Writer {
    private final Process process;
    private final Thread thread;
    private final Map<Stamp, String> acknowledged = new ConcurrentHashMap<>();
    private final List<Stamp> seen = new CopyOnWriteArrayList<>();
    private final List<String> faults = new CopyOnWriteArrayList<>();
    private volatile boolean done;

    Writer(String url, String prefix, int writes) throws IOException {
      process = writers.start(url, prefix, String.valueOf(writes), "all");
      thread = Thread.ofVirtual().start(this::read);
    }

    private void read() {
      try (BufferedReader lines = process.inputReader()) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          take(line);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private void take(String line) {
      if (line.startsWith("wrote ")) {
        took(line, acknowledged);
      } else if (line.startsWith("saw ")) {
        seen.add(Stamp.parse(line.substring(4)));
      } else if (line.startsWith("done")) {
        done = true;
      } else if (!line.startsWith("open ")) {
        faults.add(line);
      }
    }

    void kill() throws InterruptedException {
      StoreKillIT.kill(process);
      thread.join();
    }
  }

  @Test
  void replicas_oneIsKilledInTheMidstOfTenThousandWrites() throws Exception {
    System.out.println("StoreKillIT: -Dlanekeeper.seed=" + seed);
    int killedAt = ALL_WRITES / 5 + new Random(seed).nextInt(ALL_WRITES / 5);
    List<Writer> all = new CopyOnWriteArrayList<>();
    try (TestDatabase database = TestDatabase.make();
        Store watching = PostgresStore.open(database.address(), "watching")) {
      StoreConformance.Noting noting = new StoreConformance.Noting();
      watching.follow(noting);
      Writer killed = new Writer(database.url(), "killed", ALL_WRITES / 2);
      all.add(killed);
      Writer lasting = new Writer(database.url(), "lasting", ALL_WRITES / 2);
      all.add(lasting);
      await().atMost(SOON).until(() -> killed.acknowledged.size() + lasting.acknowledged.size() >= killedAt);
      killed.kill();
      Writer next = new Writer(database.url(), "next", ALL_WRITES / 2 - killed.acknowledged.size());
      all.add(next);
      await().atMost(SOON).until(() -> lasting.done && next.done);

      long newest = watching.current().revision();
      await().atMost(SOON).until(() -> noting.seen.size() >= newest && lasting.seen.size() >= newest
          && next.seen.size() >= newest);
      Map<Stamp, String> acknowledged = new ConcurrentHashMap<>();
      all.forEach(writer -> acknowledged.putAll(writer.acknowledged));
      assertThat(acknowledged).hasSize(ALL_WRITES);
      check(noting.seen, watching.catalog().table(), acknowledged);
      assertThat(newest).as("one may have been on its way").isBetween((long) ALL_WRITES, ALL_WRITES + 1L);
      List<Stamp> log = noting.seen.stream().map(Change::stamp).toList();
      assertThat(lasting.seen).isEqualTo(log);
      assertThat(next.seen).isEqualTo(log);
      assertThat(log.subList(0, killed.seen.size())).isEqualTo(killed.seen);
      assertThat(all).allSatisfy(writer -> assertThat(writer.faults).isEmpty());
    } finally {
      all.forEach(writer -> writer.process.destroyForcibly());
    }
  }
}
