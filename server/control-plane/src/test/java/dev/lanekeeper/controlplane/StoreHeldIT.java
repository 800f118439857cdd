package dev.lanekeeper.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.api.OperationInfo;
import dev.lanekeeper.api.ProblemException;
import dev.lanekeeper.controlplane.kafka.GroupBroker;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Somebody else holds the store's file for writing: for the control plane, a store that fails until it is let go. */
@Timeout(120)
class StoreHeldIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String HOUSE = """
      kind: Service
      name: C
      consumes: [{ topics: [orders], groups: [c] }]
      ---
      kind: Cluster
      bootstrap: "127.0.0.1:9092"
      """;
  private static final String TENANT = "kind: Tenant\ntenancy: a\noverrides: { C: { workload: {} } }\n";

  @TempDir
  @SuppressWarnings("NullAway.Init") private Path directory;
  private final InMemoryGroups groups = new InMemoryGroups();
  @SuppressWarnings("NullAway.Init") private ControlPlane controlPlane;
  @SuppressWarnings("NullAway.Init") private ControlPlaneClient client;

  @BeforeEach
  void start() throws StartException {
    controlPlane = ControlPlane.builder(directory).port(0).broker(groups).tick(Duration.ofMillis(50)).start();
    client = new ControlPlaneClient(controlPlane.uri(), null);
    client.applyYaml(HOUSE);
  }

  @AfterEach
  void stop() {
    controlPlane.close();
  }

  private Connection held() throws SQLException {
    Connection holder = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("lanekeeper.sqlite"));
    try (Statement statement = holder.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
    }
    return holder;
  }

  @Test
  void apply_storeFailsUnderIt_isTakenUpByTheRunningProcess() throws Exception {
    groups.members.put("c", List.of(new GroupBroker.Member("stranger", "x", "/10.0.0.1")));
    CompletableFuture<String> applying = CompletableFuture.supplyAsync(() -> {
      try {
        client.applyYaml(TENANT);
        return "applied";
      } catch (ProblemException e) {
        return e.code();
      }
    });
    await().until(() -> client.operations().stream().anyMatch(o -> o.state().equals(OperationInfo.RUNNING)));
    try (Connection holder = held()) {
      assertThat(holder.isClosed()).isFalse();
      groups.members.clear();
      assertThat(code(applying)).isEqualTo("store-failed");
      assertThat(client.tenants()).isEmpty();
    }

    await().atMost(PATIENCE).until(() -> client.tenants().size() == 1);
    assertThat(client.operations()).extracting(OperationInfo::state).containsOnly(OperationInfo.DONE);
    assertThat(groups.ownGroups())
        .containsExactly("c.lk." + client.tenant("a").overrides().getFirst().incarnation());
  }

  private static String code(CompletableFuture<String> applying) throws InterruptedException, ExecutionException {
    return applying.get();
  }

  @Test
  void announce_storeFails_isNotBelievedUntilItIsKept() throws Exception {
    client.applyYaml(TENANT);
    var announcement = new dev.lanekeeper.api.Announcement("C", "a", "w", "i1", "http://127.0.0.1:9103");
    try (Connection holder = held()) {
      assertThat(holder.isClosed()).isFalse();
      assertThatThrownBy(() -> client.announce(announcement))
          .isInstanceOfSatisfying(ProblemException.class, e -> assertThat(e.code()).isEqualTo("store-failed"));
    }

    client.announce(announcement);

    assertThat(client.owner("C", "a", null, null).owner().addresses()).containsExactly("http://127.0.0.1:9103");
  }
}
