package dev.lanekeeper.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.api.ProblemException;
import dev.lanekeeper.api.TenantInfo;
import dev.lanekeeper.model.OverrideLife;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.Tenancy;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A disk that is full in the midst of writes, again and again: the kernel lets the process write its files up to a length
 * only, which falls into a commit as often as between two.
 */
@Timeout(300)
class FullDiskIT {

  private static final int ROUNDS = 8;
  private static final int WRITERS = 4;
  private static final int ENOUGH = 12;
  private static final int LONGEST_COMMIT = 40_000;

  @TempDir
  @SuppressWarnings("NullAway.Init") private Path directory;
  private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
  private final Set<String> unsure = ConcurrentHashMap.newKeySet();
  private final AtomicInteger names = new AtomicInteger();
  private final AtomicInteger refusals = new AtomicInteger();
  private final List<String> faults = new CopyOnWriteArrayList<>();

  @Test
  void writes_diskFullAndFreedAgain_goOnByThemselvesAndLoseNothing() throws Exception {
    long seed = Long.getLong("lanekeeper.seed", System.nanoTime());
    System.out.println("FullDiskIT: -Dlanekeeper.seed=" + seed);
    Random random = new Random(seed);
    int port = KilledControlPlane.freePort();
    URI root = URI.create("http://127.0.0.1:" + port);
    ControlPlaneClient client = new ControlPlaneClient(root, null);
    Process process = KilledControlPlane.start(directory, port);
    try (Watching watching = new Watching(root)) {
      client.applyYaml("kind: Service\nname: B\n");
      AtomicBoolean over = new AtomicBoolean();
      List<Thread> writers =
          IntStream.range(0, WRITERS).mapToObj(i -> Thread.ofVirtual().start(() -> write(client, over))).toList();
      for (int round = 0; round < ROUNDS; round++) {
        awaitMore(acknowledged::size);
        limit(process, round == 0 ? 0 : written() + random.nextInt(LONGEST_COMMIT));
        awaitMore(refusals::get);
        checkRefusing(root, watching);
        lift(process);
      }
      awaitMore(acknowledged::size);
      over.set(true);
      for (Thread writer : writers) {
        writer.join();
      }
      assertThat(faults).isEmpty();
      check(client, watching);

      process.destroyForcibly().waitFor();
      process = KilledControlPlane.start(directory, port);
      client.applyYaml("kind: Tenant\ntenancy: last\n");
      acknowledged.add("last");
      check(client, watching);
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  private static void awaitMore(java.util.function.IntSupplier count) {
    int enough = count.getAsInt() + ENOUGH;
    await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(5)).until(() -> count.getAsInt() >= enough);
  }

  private long written() throws IOException {
    return Files.size(directory.resolve("lanekeeper.sqlite-wal"));
  }

  /** Limits the length to which the process can write any file. */
  private static void limit(Process process, long bytes) throws Exception {
    prlimit(process, bytes + ":");
  }

  private static void lift(Process process) throws Exception {
    prlimit(process, "unlimited:");
  }

  private static void prlimit(Process process, String size) throws Exception {
    Process command;
    try {
      command = new ProcessBuilder("prlimit", "--pid", String.valueOf(process.pid()), "--fsize=" + size)
          .redirectErrorStream(true).start();
    } catch (IOException missing) {
      throw new AssertionError("prlimit: not found (expected: util-linux; on Debian: apt-get install util-linux)",
          missing);
    }
    String said = new String(command.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(command.waitFor()).as(said).isZero();
  }

  /** What is refused says so, and the route table is there for everybody. */
  private void checkRefusing(URI root, Watching watching) throws Exception {
    unsure.add("probe");
    HttpResponse<String> refused =
        Http.post(root, "/v1/documents", "application/yaml", "kind: Tenant\ntenancy: probe\nttl: 1h\n");
    if (refused.statusCode() != 200) { // A small commit may still fit.
      assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
      assertThat(refused.body()).contains("\"code\":\"store-failed\"", "free space");
      assertThat(refused.headers().firstValue("Retry-After")).contains("1");
    }
    assertThat(Http.get(root, "/v1/routes").statusCode()).isEqualTo(200);
    assertThat(Http.get(root, "/v1/routes/current").statusCode()).isEqualTo(200);
    int heard = watching.currents();
    await().until(() -> watching.currents() > heard);
  }

  private void check(ControlPlaneClient client, Watching watching) {
    await().atMost(Duration.ofSeconds(20)).until(() -> watching.table().revision() == client.status().revision());
    RouteTable table = watching.table();
    assertThat(watching.faults()).isEmpty();
    assertThat(watching.resets()).as("one, at the beginning").hasSize(1);
    Set<String> there = client.tenants().stream().map(TenantInfo::tenancy).collect(Collectors.toSet());
    assertThat(acknowledged).as("acknowledged, and lost").allMatch(there::contains);
    assertThat(there).as("nothing but what was asked for")
        .allMatch(name -> acknowledged.contains(name) || unsure.contains(name));
    for (String name : unsure) {
      long overrides =
          table.overrides(new Tenancy(name)).stream().filter(life -> life.to() == OverrideLife.OPEN).count();
      assertThat(overrides).as(name + ": wholly, or not at all")
          .isEqualTo(there.contains(name) && !name.equals("probe") ? 1 : 0);
    }
  }

  private void write(ControlPlaneClient client, AtomicBoolean over) {
    while (!over.get()) {
      String name = "t" + names.incrementAndGet();
      try {
        client.applyYaml(
            "kind: Tenant\ntenancy: " + name + "\noverrides: { B: { redirect: \"http://127.0.0.1:9102\" } }\n");
        acknowledged.add(name);
      } catch (ProblemException e) {
        unsure.add(name);
        if (e.code().equals("store-failed")) {
          refusals.incrementAndGet();
        } else {
          faults.add(e.getMessage());
        }
      }
    }
  }
}
