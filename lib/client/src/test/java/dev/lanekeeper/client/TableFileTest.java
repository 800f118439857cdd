package dev.lanekeeper.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.Self;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Tenancy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The last table on disk. */
class TableFileTest {

  private static final URI ROOT = URI.create("http://127.0.0.1:7400");

  @TempDir Path directory;
  private final List<String> log = new ArrayList<>();
  private final Tally tally = new Tally((level, message, failure) -> log.add(message));

  private TableFile file(Path where, String service, String tenancy) {
    return new TableFile(where,
        new Self(ServiceName.of(service), tenancy.isEmpty() ? null : new Tenancy(tenancy), null), ROOT, tally);
  }

  private TableFile file() {
    return file(directory, "C", "");
  }

  private static byte[] json(RouteTable table) {
    return RouteJson.writeTable(table, 0);
  }

  @Test
  void saved_loaded_isTheSame() {
    file().save(Tables.full(), 5);
    RouteTable loaded = file().load();
    assertThat(loaded).isNotNull();
    assertThat(json(loaded)).isEqualTo(json(Tables.full()));
    assertThat(log).isEmpty();
  }

  @Test
  void missing_isNone() {
    assertThat(file(directory.resolve("not-there"), "C", "").load()).isNull();
    assertThat(log).isEmpty();
  }

  @Test
  void names_ofDifferentProcesses_differ() {
    List<Path> paths = List.of(file().path(), file(directory, "D", "").path(), file(directory, "C", "a").path(),
        file(directory, "C", "a/b").path(), file(directory, "C", "a.b").path(), file(directory, "C", "A").path());
    assertThat(paths.stream().map(path -> path.toString().toLowerCase(Locale.ROOT))).doesNotHaveDuplicates();
    assertThat(file(directory, "c", "").path()).isEqualTo(file().path());
    assertThat(file(directory, "C", "a/b").path().getParent()).isEqualTo(directory);
  }

  @Test
  void everyByteBroken_isNoneOrTheSame() throws Exception {
    file().save(Tables.table(3, 0), 5);
    byte[] good = Files.readAllBytes(file().path());
    for (int i = 0; i < good.length; i++) {
      byte[] bad = good.clone();
      bad[i] ^= 4;
      Files.write(file().path(), bad);
      assertThat(file().load()).as("byte %d", i).isNull();
    }
    assertThat(tally.counters().get("disk-corrupt")).isGreaterThan(good.length - 10L);
    assertThat(log.stream().filter(line -> line.contains("corrupt"))).hasSize(1);
  }

  @Test
  void truncatedAnywhere_isNone() throws Exception {
    file().save(Tables.table(3, 0), 5);
    byte[] good = Files.readAllBytes(file().path());
    for (int length = 0; length < good.length; length++) {
      Files.write(file().path(), Arrays.copyOf(good, length));
      assertThat(file().load()).as("length %d", length).isNull();
    }
  }

  @Test
  void corrupt_isKeptBeside() throws Exception {
    Files.createDirectories(directory);
    Files.writeString(file().path(), "no table");
    assertThat(file().load()).isNull();
    assertThat(Files.readString(Path.of(file().path() + ".corrupt"))).isEqualTo("no table");
    assertThat(Files.exists(file().path())).isFalse();
  }

  @Test
  void otherVersion_isNoneAndStaysUntilTheNextSave() throws Exception {
    Files.writeString(file().path(), "lanekeeper-routes 2 00000000 0\n");
    assertThat(file().load()).isNull();
    assertThat(Files.exists(file().path())).isTrue();
    assertThat(log).singleElement().asString().contains("of version 2 (expected: 1)");
  }

  @Test
  void goodChecksumOfNoTable_isCorrupt() throws Exception {
    file().save(Tables.table(1, 0), 5);
    byte[] json = "{}".getBytes(StandardCharsets.UTF_8);
    CRC32C sum = new CRC32C();
    sum.update(json);
    Files.writeString(file().path(), "lanekeeper-routes 1 " + String.format("%08x", sum.getValue()) + " 2\n{}");
    assertThat(file().load()).isNull();
    assertThat(log).singleElement().asString().contains("no field \"revisions\"");
  }

  @Test
  void directoryThatCannotBe_isSaidOnce() throws Exception {
    Path plain = Files.createFile(directory.resolve("plain"));
    TableFile file = file(plain, "C", "");
    file.save(Tables.full(), 1);
    file.save(Tables.full(), 1);
    assertThat(file.load()).isNull();
    assertThat(log.stream().filter(line -> line.contains("cannot be saved"))).hasSize(1);
    assertThat(tally.counters()).containsEntry("disk-unwritable", 2L);
  }

  @Test
  void killedInTheMiddleOfASave_leavesTheLastTableAndIsTidiedUp() throws Exception {
    file().save(Tables.table(3, 0), 5);
    Path old = Path.of(file().path() + ".1.tmp");
    Path fresh = Path.of(file().path() + ".2.tmp");
    Files.writeString(old, "lanekeeper-rou");
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(3_600)));
    Files.writeString(fresh, "lanekeeper-rou");
    RouteTable loaded = file().load();
    assertThat(loaded).isNotNull();
    assertThat(loaded.revision()).isEqualTo(3);
    assertThat(Files.exists(old)).isFalse();
    assertThat(Files.exists(fresh)).isTrue(); // Another process may be writing it.
  }

  @Test
  void twoProcessesAtOnce_leaveOneWholeTable() throws Exception {
    List<Thread> threads = new ArrayList<>();
    for (int writer = 1; writer <= 4; writer++) {
      RouteTable table = Tables.table(writer * 50L, 0);
      threads.add(new Thread(() -> {
        for (int i = 0; i < 25; i++) {
          file().save(table, 1);
        }
      }));
    }
    threads.forEach(Thread::start);
    for (int i = 0; i < 50; i++) {
      RouteTable seen = file().load();
      assertThat(seen == null ? 0 : seen.revision() % 50).isZero();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(file().load()).isNotNull();
    assertThat(tally.counters()).isEmpty();
    try (var files = Files.list(directory)) {
      assertThat(files.filter(path -> path.toString().endsWith(".tmp"))).isEmpty();
    }
  }
}
