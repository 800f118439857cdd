package dev.lanekeeper.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.api.OperationInfo;
import dev.lanekeeper.api.ProblemException;
import dev.lanekeeper.controlplane.kafka.GroupBroker;
import dev.lanekeeper.controlplane.lifecycle.GroupReads;
import dev.lanekeeper.controlplane.lifecycle.Life;
import dev.lanekeeper.controlplane.lifecycle.Stage;
import dev.lanekeeper.controlplane.store.Ledger;
import dev.lanekeeper.controlplane.store.SqliteStore;
import dev.lanekeeper.controlplane.store.Store;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.Residue;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Target;
import dev.lanekeeper.model.Tenancy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The control plane dies at every call to the broker, before and after it takes effect, and is started again. */
@Timeout(120)
class ResumeTest {

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
  private final MutableClock clock = new MutableClock();
  private final InMemoryGroups groups = new InMemoryGroups();

  private ControlPlane start(Path at) throws StartException {
    return start(at, System::nanoTime);
  }

  private ControlPlane start(Path at, LongSupplier nanos) throws StartException {
    return ControlPlane.builder(at).port(0).clock(clock).nanos(nanos).broker(groups).tick(Duration.ofMillis(20))
        .horizon(Duration.ZERO).start();
  }

  /** Waits, while time goes on. */
  private void awaitInTime(Callable<Boolean> condition) {
    await().dontCatchUncaughtExceptions().pollInterval(Duration.ofMillis(20)).until(() -> {
      clock.advance(Duration.ofMillis(500));
      return condition.call();
    });
  }

  private static ControlPlaneClient client(ControlPlane controlPlane) {
    return new ControlPlaneClient(controlPlane.uri(), null);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void birth_diesAtAnyCall_isBornOnceWithTheRecordedOffsets(boolean before) throws Exception {
    for (int call = 0;; call++) {
      Path at = directory.resolve("birth-" + call);
      groups.offsets.clear();
      groups.offsets.put("c", new TreeMap<>(Map.of("orders", 17L)));
      boolean died;
      try (ControlPlane first = start(at)) {
        client(first).applyYaml(HOUSE);
        groups.dieAt(call, before);
        try {
          client(first).applyYaml(TENANT);
        } catch (ProblemException cutOff) {
          assertThat(groups.hasDied()).isTrue();
        }
        died = groups.hasDied();
      }
      boolean measured = groups.asked("place") > 0;
      groups.dieAt(-1, false);
      groups.offsets.put("c", new TreeMap<>(Map.of("orders", 40L)));

      try (ControlPlane second = start(at)) {
        await().dontCatchUncaughtExceptions()
            .until(() -> client(second).operations().stream().allMatch(o -> o.state().equals(OperationInfo.DONE)));
        String incarnation = client(second).tenant("a").overrides().getFirst().incarnation();
        assertThat(groups.ownGroups()).containsExactly("c.lk." + incarnation);
        Map<String, Long> placed = groups.offsets.get("c.lk." + incarnation);
        assertThat(placed).as("call " + call).isEqualTo(Map.of("orders", measured || !died ? 17L : 40L));
        assertThat(client(second).status().revision()).isEqualTo(2);
      }
      if (!died) {
        assertThat(call).as("calls of a birth").isEqualTo(3);
        return;
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void death_diesAtAnyCall_endsWithoutAGroup(boolean before) throws Exception {
    for (int call = 0;; call++) {
      Path at = directory.resolve("death-" + call);
      groups.offsets.clear();
      groups.members.clear();
      boolean died;
      try (ControlPlane first = start(at, clock::nanos)) {
        client(first).applyYaml(HOUSE + "---\n" + TENANT);
        String group = "c.lk." + client(first).tenant("a").overrides().getFirst().incarnation();
        groups.members.put(group, List.of(new GroupBroker.Member("m", "c", "/127.0.0.1")));
        groups.dieAt(call, before);
        String operation = client(first).deleteTenant("a").operation();
        await().dontCatchUncaughtExceptions().until(() -> groups.hasDied()
            || groups.asked("members") >= 2);
        clock.advance(Duration.ofSeconds(31));
        awaitInTime(() -> groups.hasDied() || client(first).operation(operation).state().equals(OperationInfo.DONE));
        died = groups.hasDied();
      }
      groups.dieAt(-1, false);

      try (ControlPlane second = start(at, clock::nanos)) {
        awaitInTime(() -> client(second).operations().stream().allMatch(o -> o.state().equals(OperationInfo.DONE)));
        assertThat(groups.ownGroups()).as("call " + call).isEmpty();
        assertThat(client(second).status().ending()).isZero();
        assertThat(client(second).owner("C", "a", null, null).owner().kind()).isEqualTo("ended");
      }
      if (!died) {
        assertThat(call).as("calls of a death").isGreaterThan(4);
        return;
      }
    }
  }

  @Test
  void birth_ofATenantThatWasAppliedAgainMeanwhile_isGivenUp_andNoSecondOverride() throws Exception {
    try (ControlPlane first = start(directory)) {
      client(first).applyYaml(HOUSE + "---\n" + TENANT);
    }
    Incarnation late = new Incarnation("late");
    try (Store store = SqliteStore.open(directory, clock)) {
      store.inTransaction(transaction -> {
        transaction.ledger().begin(new Ledger.Running("left", "apply", List.of("a"), TENANT));
        transaction.ledger().insert("left",
            new Life(late, ServiceName.of("C"), new Tenancy("a"), new Target.Workload(), Residue.DISCARD,
                List.of(new GroupReads("default", "c", List.of("orders"))), List.of(), new Stage.Intended()));
        return late;
      });
    }

    try (ControlPlane second = start(directory)) {
      await().until(() -> client(second).operation("left").state().equals(OperationInfo.FAILED));
      await().until(() -> client(second).status().ending() == 0);
      String incarnation = client(second).tenant("a").overrides().getFirst().incarnation();
      assertThat(client(second).tenant("a").overrides()).hasSize(1);
      assertThat(groups.ownGroups()).containsExactly("c.lk." + incarnation).doesNotContain("c.lk." + late);
      assertThat(client(second).status().revision()).as("nothing was published").isEqualTo(1);
    }
  }

  @Test
  void delete_whileBeingBorn_goesStraightToDeleting() throws Exception {
    groups.members.put("c", List.of(new GroupBroker.Member("stranger", "x", "/10.0.0.1")));
    try (ControlPlane controlPlane = start(directory)) {
      ControlPlaneClient client = client(controlPlane);
      client.applyYaml(HOUSE);
      var applying = java.util.concurrent.CompletableFuture.supplyAsync(() -> {
        try {
          client.applyYaml(TENANT);
          return "applied";
        } catch (ProblemException e) {
          return e.code();
        }
      });
      await().dontCatchUncaughtExceptions()
          .until(() -> client.operations().stream().anyMatch(o -> o.state().equals(OperationInfo.RUNNING)));

      long revision = client.deleteTenant("a").revision();

      assertThat(applying.get()).isIn("operation-cancelled", "baseline-not-reporting");
      assertThat(revision).isEqualTo(1);
      assertThat(client.tenants()).isEmpty();
      await().dontCatchUncaughtExceptions().until(() -> client.status().ending() == 0);
      assertThat(groups.ownGroups()).isEmpty();
    }
  }
}
