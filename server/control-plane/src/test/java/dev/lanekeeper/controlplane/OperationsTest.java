package dev.lanekeeper.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lanekeeper.api.DataPlaneReport;
import dev.lanekeeper.api.Documents;
import dev.lanekeeper.controlplane.lifecycle.GroupReads;
import dev.lanekeeper.controlplane.lifecycle.Life;
import dev.lanekeeper.controlplane.lifecycle.Stage;
import dev.lanekeeper.controlplane.operations.Machine;
import dev.lanekeeper.controlplane.operations.OperationKind;
import dev.lanekeeper.controlplane.operations.Operations;
import dev.lanekeeper.controlplane.planes.DataPlanes;
import dev.lanekeeper.controlplane.store.InMemoryStore;
import dev.lanekeeper.controlplane.store.Ledger;
import dev.lanekeeper.controlplane.store.Memory;
import dev.lanekeeper.controlplane.store.Store;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.Residue;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Target;
import dev.lanekeeper.model.Tenancy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What another control plane left undone when it died, and this one meets. */
@Timeout(60)
class OperationsTest {

  private static final String HOUSE = """
      kind: Service
      name: C
      consumes: [{ topics: [orders], groups: [c] }]
      ---
      kind: Cluster
      bootstrap: "127.0.0.1:9092"
      """;
  private static final String OVERRIDING = "kind: Tenant\ntenancy: a\noverrides: { C: { workload: {} } }\n";
  private static final Tenancy TENANCY = new Tenancy("a");
  private static final Incarnation LATE = new Incarnation("late");

  private final Store store = new InMemoryStore(new Memory(), InstantSource.system(), new SplittableRandom(1));
  private final InMemoryGroups groups = new InMemoryGroups();
  private final DataPlanes planes = new DataPlanes(store);
  private final Operations operations =
      new Operations(store, groups, planes, Machine.of(InstantSource.system(), System::nanoTime),
          new Operations.Patiences(Duration.ZERO, Duration.ZERO, Duration.ofMillis(20)));

  @AfterEach
  void close() {
    operations.close();
    store.close();
  }

  private void apply(String documents) throws Exception {
    operations.apply(Documents.read("test", documents));
  }

  /** An override that somebody wanted, and had not published when he died. */
  private void leaveUndone() {
    store.inTransaction(transaction -> {
      transaction.ledger().begin(new Ledger.Running("left", "apply", List.of("a"), OVERRIDING));
      transaction.ledger().insert("left",
          new Life(LATE, ServiceName.of("C"), TENANCY, new Target.Workload(), Residue.DISCARD,
              List.of(new GroupReads("default", "c", List.of("orders"))), List.of(), new Stage.Intended()));
      return LATE;
    });
  }

  private boolean isLeft() {
    return store.read(ledger -> ledger.isRunning("left"));
  }

  private boolean isOver() {
    Ledger.Entry entry = store.read(ledger -> ledger.entry(LATE));
    return entry != null && entry.life().stage() instanceof Stage.Ended;
  }

  private boolean isInInventory(String incarnation) {
    return store.catalog().inventory().stream().anyMatch(reading -> reading.incarnation().equals(incarnation));
  }

  @Test
  void report_ofAnOverrideThatHasEnded_leavesNothing() throws Exception {
    apply(HOUSE);
    apply(OVERRIDING);
    String id = store.catalog().table().overrides(TENANCY).getFirst().incarnation().id();
    DataPlaneReport report = new DataPlaneReport("C", "a", id, "0.1.0", 1, 1, 1, "here", 1,
        List.of(new DataPlaneReport.Consumer("127.0.0.1:9092", "c.lk." + id, List.of("orders"), null, "x")), List.of(),
        Map.of());
    planes.report("p", report);
    assertThat(isInInventory(id)).isTrue();
    operations.end(TENANCY, OperationKind.DELETE);
    await().until(() -> !isInInventory(id));

    planes.report("p", report);

    assertThat(isInInventory(id)).isFalse();
  }

  @Test
  void report_ofAnOverrideOfAServiceThatDoesNotConsume_leavesNothing() throws Exception {
    apply("kind: Service\nname: D\nhosts: [\"d:80\"]\n");
    apply("kind: Tenant\ntenancy: a\noverrides: { D: { workload: {} } }\n");
    String id = store.catalog().table().overrides(TENANCY).getFirst().incarnation().id();
    planes.report("p", new DataPlaneReport("D", "a", id, "0.1.0", 1, 1, 1, "here", 1, List.of(), List.of(), Map.of()));
    assertThat(isInInventory(id)).isTrue();

    operations.end(TENANCY, OperationKind.DELETE);

    assertThat(isInInventory(id)).isFalse();
  }

  @Test
  void tend_whatWasLeftUndone_isDone() throws Exception {
    apply(HOUSE);
    leaveUndone();

    operations.tend();

    await().until(() -> store.catalog().table().overrides(TENANCY).size() == 1);
    assertThat(store.catalog().table().overrides(TENANCY).getFirst().incarnation()).isEqualTo(LATE);
  }

  @Test
  void apply_ofATenantForWhichSomethingWasLeftUndone_takesItsPlace() throws Exception {
    apply(HOUSE);
    leaveUndone();

    apply("kind: Tenant\ntenancy: a\n");

    assertThat(isLeft()).isFalse();
    operations.tend();
    await().until(this::isOver);
    assertThat(store.catalog().table().overrides(TENANCY)).as("newer is what overrides nothing").isEmpty();
    assertThat(groups.ownGroups()).isEmpty();
  }

  @Test
  void apply_ofTheSameOnceMore_hasOneOverride() throws Exception {
    apply(HOUSE);
    leaveUndone();

    apply(OVERRIDING);

    operations.tend();
    await().until(this::isOver);
    assertThat(store.catalog().table().overrides(TENANCY)).hasSize(1)
        .noneMatch(life -> life.incarnation().equals(LATE));
    assertThat(groups.ownGroups()).hasSize(1);
  }

  @Test
  void apply_ofAnotherTenant_leavesItToBeDone() throws Exception {
    apply(HOUSE);
    leaveUndone();

    apply("kind: Tenant\ntenancy: b\n");

    assertThat(isLeft()).isTrue();
  }
}
