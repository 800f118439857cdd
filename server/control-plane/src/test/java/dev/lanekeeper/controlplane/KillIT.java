package dev.lanekeeper.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.api.ProblemException;
import dev.lanekeeper.api.TenantInfo;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} in the midst of writes, again and again, on one data directory; {@code -Dlanekeeper.kills=N} says how often. */
@Timeout(3_600) // as long as it may take on a busy machine to kill 200 times
class KillIT {

  private static final int ROUNDS = Integer.getInteger("lanekeeper.kills", 8);
  private static final int WRITERS = 4;

  @TempDir
  @SuppressWarnings("NullAway.Init") private Path directory;
  private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
  private final Set<String> deleted = ConcurrentHashMap.newKeySet();
  private final Set<String> unsure = ConcurrentHashMap.newKeySet();
  private final AtomicInteger names = new AtomicInteger();

  @Test
  void kill_inTheMidstOfWrites_losesNothingAcknowledgedAndLeavesNoGap() throws Exception {
    long seed = Long.getLong("lanekeeper.seed", System.nanoTime());
    System.out.println("KillIT: -Dlanekeeper.seed=" + seed);
    Random random = new Random(seed);
    int port = KilledControlPlane.freePort();
    URI root = URI.create("http://127.0.0.1:" + port);
    try (Watching watching = new Watching(root)) {
      for (int round = 0; round < ROUNDS; round++) {
        Process process = KilledControlPlane.start(directory, port);
        try {
          check(new ControlPlaneClient(root, null));
          killAmidWrites(process, root, 1 + random.nextInt(40), random.nextInt(20));
        } finally {
          process.destroyForcibly();
          process.waitFor();
        }
      }
      Process process = KilledControlPlane.start(directory, port);
      try {
        ControlPlaneClient client = new ControlPlaneClient(root, null);
        check(client);
        await().atMost(Duration.ofSeconds(20)).until(() -> watching.table().revision() == client.status().revision());
        assertThat(watching.faults()).isEmpty();
        assertThat(watching.resets()).as("one, at the beginning").hasSize(1);
        assertThat(acknowledged.size()).isGreaterThan(ROUNDS);
      } finally {
        process.destroyForcibly();
        process.waitFor();
      }
    }
  }

  private void check(ControlPlaneClient client) {
    Set<String> there = client.tenants().stream().map(TenantInfo::tenancy).collect(Collectors.toSet());
    assertThat(acknowledged).as("acknowledged, and lost").allMatch(there::contains);
    assertThat(deleted).as("deleted, and there again").noneMatch(there::contains);
    assertThat(there).as("nothing but what was asked for")
        .allMatch(name -> acknowledged.contains(name) || unsure.contains(name));
  }

  /** Kills it once some more names were written, a random little later. */
  private void killAmidWrites(Process process, URI root, int writes, int millis) throws InterruptedException {
    AtomicBoolean over = new AtomicBoolean();
    int enough = acknowledged.size() + deleted.size() + writes;
    List<Thread> writers = IntStream.range(0, WRITERS).mapToObj(i -> Thread.ofVirtual().start(() -> write(root, over)))
        .toList();
    await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(2))
        .until(() -> acknowledged.size() + deleted.size() >= enough);
    assertThat(process.waitFor(millis, TimeUnit.MILLISECONDS)).isFalse();
    process.destroyForcibly();
    process.waitFor();
    over.set(true);
    for (Thread writer : writers) {
      writer.join();
    }
  }

  private void write(URI root, AtomicBoolean over) {
    ControlPlaneClient client = new ControlPlaneClient(root, null);
    while (!over.get()) {
      int number = names.incrementAndGet();
      String name = "t" + number;
      try {
        unsure.add(name);
        client.applyYaml("kind: Tenant\ntenancy: " + name + "\n");
        acknowledged.add(name);
        unsure.remove(name);
        if (number % 3 == 0) {
          acknowledged.remove(name);
          unsure.add(name);
          client.deleteTenant(name);
          unsure.remove(name);
          deleted.add(name);
        }
      } catch (ProblemException cutOff) {
        return;
      }
    }
  }
}
