package dev.lanekeeper.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.lanekeeper.api.Announcement;
import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.api.DataPlaneReport;
import dev.lanekeeper.api.DisposalOrder;
import dev.lanekeeper.api.OperationInfo;
import dev.lanekeeper.api.ProblemException;
import dev.lanekeeper.api.StatusInfo;
import dev.lanekeeper.api.TenantInfo;
import dev.lanekeeper.controlplane.kafka.GroupBroker;
import dev.lanekeeper.kafka.QuarantinedRecord;
import dev.lanekeeper.kafka.QuarantinedRecord.Reason;
import dev.lanekeeper.kafka.RedeliveredRecord;
import dev.lanekeeper.model.ServiceName;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two control planes on one database, before one broker. */
@Timeout(120)
class ReplicasIT {

  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String HOUSE = """
      kind: Service
      name: B
      hosts: ["b:8080"]
      ---
      kind: Service
      name: C
      consumes: [{ topics: [orders], groups: [c] }]
      ---
      kind: Cluster
      bootstrap: "127.0.0.1:9092"
      """;
  private static final String TENANT = "kind: Tenant\ntenancy: %s\noverrides: { C: { workload: {} } }\n";

  @TempDir
  @SuppressWarnings("NullAway.Init") private Path directory;
  private final InMemoryGroups groups = new InMemoryGroups();
  @SuppressWarnings("NullAway.Init") private TestDatabase database;
  @SuppressWarnings("NullAway.Init") private ControlPlane one;
  @SuppressWarnings("NullAway.Init") private ControlPlane other;
  @SuppressWarnings("NullAway.Init") private ControlPlaneClient atOne;
  @SuppressWarnings("NullAway.Init") private ControlPlaneClient atOther;

  @BeforeEach
  void start() throws SQLException, StartException {
    database = TestDatabase.make();
    one = replica();
    other = replica();
    atOne = new ControlPlaneClient(one.uri(), null);
    atOther = new ControlPlaneClient(other.uri(), null);
    atOne.applyYaml(HOUSE);
  }

  private ControlPlane replica() throws StartException {
    return ControlPlane.builder(directory).store(database.address()).port(0).broker(groups).horizon(Duration.ZERO)
        .tick(Duration.ofMillis(50)).start();
  }

  @AfterEach
  void stop() throws SQLException {
    one.close();
    other.close();
    database.close();
  }

  private static DataPlaneReport member(String memberId, long revision) {
    return new DataPlaneReport("C", null, null, "1", revision, 0, 1, "h", 0,
        List.of(new DataPlaneReport.Consumer("127.0.0.1:9092", "c", List.of("orders"), memberId, "x")), List.of(),
        Map.of());
  }

  @Test
  void whatOneIsTold_theOtherKnows() {
    // The override is allowed by one since the member of the baseline reports to the other.
    groups.members.put("c", List.of(new GroupBroker.Member("m1", "x", "/10.0.0.1")));
    atOther.report("p1", member("m1", 0));
    atOne.applyYaml(TENANT.formatted("a"));
    await().atMost(SOON).untilAsserted(() -> assertThat(atOther.tenants()).extracting(TenantInfo::tenancy)
        .containsExactly("a"));
    assertThat(atOther.dataPlanes()).hasSize(1);
    await().atMost(SOON).untilAsserted(() -> assertThat(atOne.dataPlanes()).hasSize(1));

    atOther.announce(new Announcement("C", "a", "w", "i1", "http://127.0.0.1:9103"));
    await().atMost(SOON).untilAsserted(() -> assertThat(atOne.owner("C", "a", null, null).owner().addresses())
        .containsExactly("http://127.0.0.1:9103"));
    assertThatThrownBy(() -> atOne.announce(new Announcement("C", "a", "w2", "i2", "http://127.0.0.1:9104")))
        .isInstanceOfSatisfying(ProblemException.class, e -> assertThat(e.code()).isEqualTo("workload-conflict"));
  }

  @Test
  void death_isFinishedByWhoeverIsAtIt_withWhatTheOtherIsTold() {
    atOne.applyYaml(TENANT.formatted("a"));
    groups.members.put("c", List.of(new GroupBroker.Member("m1", "x", "/10.0.0.1")));
    atOther.report("p1", member("m1", 0));
    atOther.deleteTenant("a");
    await().atMost(SOON).until(() -> waiting().stream().anyMatch(line -> line.contains("have not reported")));
    atOne.report("p1", member("m1", atOne.status().revision()));
    await().atMost(SOON)
        .until(() -> atOne.operations().stream().allMatch(o -> o.state().equals(OperationInfo.DONE)));
    assertThat(groups.ownGroups()).isEmpty();
  }

  private List<String> waiting() {
    List<String> lines = new ArrayList<>(atOne.status().waiting());
    lines.addAll(atOther.status().waiting());
    return lines;
  }

  @Test
  void apply_sameTenantAtBoth_isDoneOnceAndRefusedNowhere() throws Exception {
    List<Callable<Boolean>> tasks = new ArrayList<>();
    IntStream.range(0, 12).forEach(i -> tasks.add(() -> (i % 2 == 0 ? atOne : atOther)
        .applyYaml(TENANT.formatted("a")).results().getFirst().changed()));
    int changed = 0;
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Boolean> done : executor.invokeAll(tasks)) {
        changed += done.get() ? 1 : 0;
      }
    }
    assertThat(changed).isEqualTo(1);
    assertThat(groups.ownGroups()).hasSize(1);
    assertThat(atOther.operations()).extracting(OperationInfo::state).containsOnly(OperationInfo.DONE);
  }

  @Test
  void replica_ends_whatItWasAtIsTakenUpByTheOther() {
    atOne.applyYaml(TENANT.formatted("a"));
    groups.members.put("c", List.of(new GroupBroker.Member("m1", "x", "/10.0.0.1")));
    atOne.deleteTenant("a");
    await().atMost(SOON).until(() -> !atOne.status().waiting().isEmpty());
    one.close();
    await().atMost(SOON).until(() -> !atOther.status().waiting().isEmpty());
    groups.members.clear();
    await().atMost(SOON)
        .until(() -> atOther.operations().stream().allMatch(o -> o.state().equals(OperationInfo.DONE)));
    assertThat(atOther.status().ending()).isZero();
  }

  @Test
  void status_ofAReplica_showsTheStoreAndAllThatUseIt() {
    StatusInfo.Store store = atOne.status().store();
    assertThat(store).isNotNull();
    assertThat(store.kind()).isEqualTo("PostgreSQL");
    assertThat(store.where()).endsWith("/" + database.name());
    assertThat(store.replicas()).hasSize(2);
    assertThat(store.replicas().stream().filter(StatusInfo.Replica::self)).hasSize(1);
  }

  @Test
  void database_outOfReach_isSaidAndNothingElseIs_untilItIsBack() throws Exception {
    try (Watching watching = new Watching(other.uri())) {
      await().atMost(SOON).until(() -> watching.table().revision() == atOne.status().revision());
      database.letIn(false);
      try {
        for (String path : List.of("/v1/routes/current", "/v1/routes", "/v1/routes/watch?after=1", "/v1/operations")) {
          HttpResponse<String> refused = Http.get(other.uri(), path);
          assertThat(refused.statusCode()).as(path).isEqualTo(503);
          assertThat(refused.body()).contains("store-failed", "PostgreSQL server");
          assertThat(refused.headers().firstValue("content-type")).contains("application/problem+json");
        }
        assertThatThrownBy(() -> atOther.applyYaml("kind: Tenant\ntenancy: x\n"))
            .isInstanceOfSatisfying(ProblemException.class, e -> assertThat(e.code()).isEqualTo("store-failed"));
        assertThat(atOther.tenants()).as("the last catalog").isEmpty();
      } finally {
        database.letIn(true);
      }
      await().atMost(SOON).ignoreExceptions()
          .until(() -> !atOne.applyYaml("kind: Tenant\ntenancy: y\n").results().isEmpty());
      await().atMost(SOON).until(() -> watching.table().isRegistered(new dev.lanekeeper.model.Tenancy("y")));
      assertThat(watching.faults()).isEmpty();
    }
  }

  @Test
  void release_byOneThatIsOvertakenByTheOther_isHandedOverOnce() {
    groups.append(new QuarantinedRecord(ServiceName.of("C"), Reason.ENDED, "", "c", "orders", 0, 5, 7, null,
        "x".getBytes(StandardCharsets.UTF_8), new RecordHeaders()).written());
    // Who is about to write comes to it when the other one is through, and no mark is left.
    groups.beforeWriting.set(() -> await().atMost(SOON)
        .until(() -> atOther.operation("0a1b2c3d-4e5f").state().equals(OperationInfo.DONE)));

    OperationInfo done = atOne.release(
        new DisposalOrder("0a1b2c3d-4e5f", List.of("default/c/0/0"), "baseline", "alice", false));

    assertThat(done.state()).isEqualTo(OperationInfo.DONE);
    await("both").atMost(SOON).until(() -> groups.asked("write lanekeeper.release.") == 2);
    assertThat(groups.logOf(RedeliveredRecord.topic(ServiceName.of("C"), "c", "orders"))).hasSize(1);
  }

  @Test
  void tenant_whoseTimeIsOver_isEndedOnce() {
    atOne.applyYaml("kind: Tenant\ntenancy: a\nttl: 1s\n");
    await().atMost(SOON).until(() -> atOther.tenants().isEmpty() && atOne.tenants().isEmpty());
    assertThat(atOne.operations().stream().filter(o -> o.kind().equals("expire"))).hasSize(1);
  }

  @Test
  void kill_ofOneOfTwoProcesses_losesNothingAcknowledged() throws Exception {
    int portOfOne = KilledControlPlane.freePort();
    int portOfOther = KilledControlPlane.freePort();
    Process killed = KilledControlPlane.start(database.url(), portOfOne);
    Process lasting = KilledControlPlane.start(database.url(), portOfOther);
    try (Watching watching = new Watching(URI.create("http://127.0.0.1:" + portOfOne));
        Watching watchingOther = new Watching(URI.create("http://127.0.0.1:" + portOfOther))) {
      List<String> acknowledged = new java.util.concurrent.CopyOnWriteArrayList<>();
      List<Thread> writers = IntStream.range(0, 4).mapToObj(i -> Thread.ofVirtual().start(() -> {
        int port = i % 2 == 0 ? portOfOne : portOfOther;
        var client = new ControlPlaneClient(URI.create("http://127.0.0.1:" + port), null);
        for (int n = 0; n < 60; n++) {
          try {
            client.applyYaml("kind: Tenant\ntenancy: w" + i + "n" + n + "\n");
            acknowledged.add("w" + i + "n" + n);
          } catch (ProblemException cutOff) {
            return;
          }
        }
      })).toList();
      await().atMost(SOON).until(() -> acknowledged.size() > 50);
      killed.destroyForcibly().waitFor();
      for (Thread writer : writers) {
        writer.join();
      }
      killed = KilledControlPlane.start(database.url(), portOfOne);
      assertThat(atOne.status().revision()).isGreaterThanOrEqualTo(acknowledged.size());
      assertThat(atOne.tenants()).extracting(TenantInfo::tenancy).containsAll(acknowledged);
      assertThat(acknowledged.stream().filter(name -> name.startsWith("w1") || name.startsWith("w3"))).hasSize(120);
      await().atMost(SOON).until(() -> watching.table().revision() == atOne.status().revision()
          && watchingOther.table().revision() == atOne.status().revision());
      assertThat(watching.faults()).isEmpty();
      assertThat(watchingOther.faults()).isEmpty();
    } finally {
      killed.destroyForcibly();
      lasting.destroyForcibly();
      killed.waitFor();
      lasting.waitFor();
    }
  }
}
