package dev.lanekeeper.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.api.DataPlaneReport;
import dev.lanekeeper.client.RouteJson;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.Stamp;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store that was restored from a backup, and has lost revisions that data planes hold. */
class RestoreTest {

  private static final long EPOCH = 1L << Stamp.EPOCH_SHIFT;
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir
  @SuppressWarnings("NullAway.Init") private Path directory;
  @SuppressWarnings("NullAway.Init") private ControlPlane controlPlane;
  @SuppressWarnings("NullAway.Init") private ControlPlaneClient client;

  @BeforeEach
  void start() throws Exception {
    begin("data");
    client.applyYaml("kind: Service\nname: B\nhosts: [\"b:80\"]\n---\nkind: Tenant\ntenancy: a\n");
  }

  private void begin(String data) throws StartException {
    controlPlane =
        ControlPlane.builder(directory.resolve(data)).port(0).tick(Duration.ofMillis(20)).start();
    client = new ControlPlaneClient(controlPlane.uri(), null);
  }

  @AfterEach
  void stop() {
    controlPlane.close();
  }

  private RouteTable table() throws Exception {
    return RouteJson.readTable(Http.get(controlPlane.uri(), "/v1/routes").body().getBytes(StandardCharsets.UTF_8))
        .table();
  }

  /** Saves the store, lets it go on, and starts another one from what was saved. */
  private RouteTable lose(String... tenants) throws Exception {
    controlPlane.close();
    copy("data", "backup");
    begin("data");
    for (String tenant : tenants) {
      client.applyYaml("kind: Tenant\ntenancy: " + tenant + "\n");
    }
    RouteTable held = table();
    controlPlane.close();
    begin("backup");
    return held;
  }

  private void copy(String from, String to) throws IOException {
    Path copy = Files.createDirectory(directory.resolve(to));
    try (var files = Files.list(directory.resolve(from))) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
  }

  private void report(String id, RouteTable held) {
    client.report(id,
        new DataPlaneReport("B", null, null, "1", held.revision(), 0, 1, "h", 0, List.of(), List.of(), Map.of())
            .holding(held.stamp().text(), held.stampOf(held.log().oldest()).text()));
  }

  private String owner(Stamp stamp) {
    return client.owner("B", "b", null, stamp.text()).owner().kind();
  }

  @Test
  void restored_dataPlaneHoldsWhatIsLost_beginsAnEpochOnce() throws Exception {
    RouteTable held = lose("b", "c");
    long restored = table().revision();
    assertThat(held.revision()).isGreaterThan(restored);
    try (Watching watching = new Watching(controlPlane.uri())) {
      await().atMost(SOON).until(() -> watching.table().revision() == restored);

      report("p1", held);
      report("p2", held);
      report("p1", held);

      assertThat(table().revision()).isEqualTo(EPOCH);
      await().atMost(SOON).until(() -> watching.table().revision() == EPOCH);
      assertThat(watching.resets()).as("not by a change").containsExactly(restored, EPOCH);
      assertThat(watching.faults()).isEmpty();
    }
    RouteTable now = table();
    assertThat(now.snapshot(held.revision(), held.stamp().seal(), false)).isEqualTo(RouteTable.LOST);
    assertThat(owner(held.stamp())).isEqualTo("ended");
    assertThat(owner(Stamp.NONE)).isEqualTo("unregistered");
    assertThat(client.applyYaml("kind: Tenant\ntenancy: d\n").results().getFirst().revision()).isEqualTo(EPOCH + 1);
  }

  @Test
  void restored_numberIsGivenAgain_itsTableIsNotTakenForTheOneThatIsHeld() throws Exception {
    controlPlane.close();
    copy("data", "backup");
    begin("data");
    client.applyYaml("kind: Tenant\ntenancy: lost\n");
    String held = Http.get(controlPlane.uri(), "/v1/routes").headers().firstValue("ETag").orElseThrow();
    assertThat(Http.get(controlPlane.uri(), "/v1/routes", "If-None-Match", held).statusCode()).isEqualTo(304);
    long lost = table().revision();
    controlPlane.close();
    begin("backup");
    client.applyYaml("kind: Tenant\ntenancy: b\n");

    assertThat(table().revision()).isEqualTo(lost);
    assertThat(Http.get(controlPlane.uri(), "/v1/routes", "If-None-Match", held).statusCode()).isEqualTo(200);
  }

  @Test
  void restoredBehindAnEpoch_beginsALaterOne() throws Exception {
    RouteTable held = lose("b");
    report("p1", held);
    RouteTable second = table();
    controlPlane.close();
    // The backup again, from before the first restore was noticed.
    copy("data", "again");
    begin("again");

    report("p1", second);

    assertThat(table().revision()).isEqualTo(2 * EPOCH);
  }

  @Test
  void dataPlaneOfAnotherStore_isNoReason() throws Exception {
    RouteTable own = table();
    RouteTable other = lose("b", "c");
    long before = table().revision();

    client.report("p1",
        new DataPlaneReport("B", null, null, "1", other.revision(), 0, 1, "h", 0, List.of(), List.of(), Map.of())
            .holding(other.stamp().text(), new Stamp(1, own.log().seal(0) + 1).text()));
    client.report("p2", new DataPlaneReport("B", null, null, "1", other.revision(), 0, 1, "h", 0, List.of(), List.of(),
        Map.of()));
    report("p3", own);

    assertThat(table().revision()).isEqualTo(before);
  }
}
