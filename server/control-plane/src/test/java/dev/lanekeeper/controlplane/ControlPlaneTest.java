package dev.lanekeeper.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.lanekeeper.api.Announcement;
import dev.lanekeeper.api.Applied;
import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.api.DataPlaneReport;
import dev.lanekeeper.api.Deleted;
import dev.lanekeeper.api.HopInfo;
import dev.lanekeeper.api.OperationInfo;
import dev.lanekeeper.api.OwnerInfo;
import dev.lanekeeper.api.ProblemException;
import dev.lanekeeper.api.Removed;
import dev.lanekeeper.api.TenantInfo;
import dev.lanekeeper.controlplane.kafka.GroupBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlPlaneTest {

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
      name: default
      bootstrap: "127.0.0.1:9092"
      """;

  @TempDir
  @SuppressWarnings("NullAway.Init") private Path directory;
  private final MutableClock clock = new MutableClock();
  private final InMemoryGroups groups = new InMemoryGroups();
  @SuppressWarnings("NullAway.Init") private ControlPlane controlPlane;
  @SuppressWarnings("NullAway.Init") private ControlPlaneClient client;

  @BeforeEach
  void start() throws StartException {
    controlPlane = ControlPlane.builder(directory).port(0).clock(clock).broker(groups).tick(Duration.ofMillis(20))
        .drainDeadline(Duration.ofSeconds(30)).horizon(Duration.ZERO).start();
    client = new ControlPlaneClient(controlPlane.uri(), null);
  }

  @AfterEach
  void stop() {
    controlPlane.close();
  }

  private void restart() throws StartException {
    controlPlane.close();
    start();
  }

  private Applied apply(String tenancy, String overrides) {
    return client.applyYaml("kind: Tenant\ntenancy: \"" + tenancy + "\"\noverrides: " + overrides + "\n");
  }

  private void refused(String code, String field, ThrowingCallable call) {
    long before = client.status().revision();
    assertThatThrownBy(call).isInstanceOfSatisfying(ProblemException.class, e -> {
      assertThat(e.code()).as(e.getMessage()).isEqualTo(code);
      assertThat(e.field()).as(e.getMessage()).isEqualTo(field.isEmpty() ? null : field);
      assertThat(e.next()).isNotBlank();
    });
    assertThat(client.status().revision()).as("nothing changed").isEqualTo(before);
  }

  @Test
  void apply_tenantWithOverrides_beginsTogetherAndOnce() {
    client.applyYaml(HOUSE);

    Applied.Result result =
        apply("123", "{ B: { redirect: \"http://127.0.0.1:9102\" }, C: { workload: {} } }").results()
            .getFirst();
    TenantInfo tenant = client.tenant("123");
    Applied.Result again = apply("123", "{ B: { redirect: \"http://127.0.0.1:9102\" }, C: { workload: {} } }").results()
        .getFirst();

    assertThat(result.changed()).isTrue();
    assertThat(tenant.from()).isEqualTo(result.revision());
    assertThat(tenant.overrides()).extracting(TenantInfo.LiveOverride::service).containsExactlyInAnyOrder("B", "C");
    assertThat(again).isEqualTo(new Applied.Result("Tenant", "123", result.revision(), null, false));
    assertThat(client.operation(Objects.requireNonNull(result.operation())).state()).isEqualTo(OperationInfo.DONE);
  }

  @Test
  void apply_overrideOnConsumer_setsOffsetsBeforeItIsPublished() {
    client.applyYaml(HOUSE);
    groups.offsets.put("c", new java.util.TreeMap<>(Map.of("orders", 17L)));

    OperationInfo operation = client
        .operation(Objects.requireNonNull(apply("123", "{ C: { workload: {} } }").results().getFirst().operation()));

    assertThat(groups.offsets).containsEntry("c.lk." + client.tenant("123").overrides().getFirst().incarnation(),
        Map.of("orders", 17L));
    assertThat(operation.steps()).extracting(OperationInfo.Step::step).containsExactly("measure", "place", "publish");
  }

  @Test
  void apply_changedOverrides_onlyDifferencesBeginAndEnd() {
    client.applyYaml(HOUSE);
    apply("123", "{ B: { redirect: \"http://127.0.0.1:9102\" }, C: { workload: {} } }");
    String kept = incarnation("123", "C");
    long before = client.status().revision();

    apply("123", "{ B: { redirect: \"http://127.0.0.1:9999\" }, C: { workload: {} } }");

    assertThat(client.status().revision()).isEqualTo(before + 1);
    assertThat(incarnation("123", "C")).isEqualTo(kept);
    assertThat(client.owner("B", "123", null, null).owner().addresses()).containsExactly("http://127.0.0.1:9999");
  }

  private String incarnation(String tenancy, String service) {
    return client.tenant(tenancy).overrides().stream().filter(override -> override.service().equals(service))
        .map(TenantInfo.LiveOverride::incarnation).findFirst().orElseThrow();
  }

  @Test
  void delete_tenantWithConsumer_endsAtOnceAndDeletesItsGroupOnceEmpty() {
    client.applyYaml(HOUSE);
    apply("123", "{ C: { workload: {} } }");
    String group = "c.lk." + incarnation("123", "C");
    groups.members.put(group, List.of(new GroupBroker.Member("m", "c", "/127.0.0.1")));

    Deleted deleted = client.deleteTenant("123");

    assertThat(client.owner("C", "123", null, null).owner().kind()).isEqualTo("ended");
    assertThat(client.operation(deleted.operation()).state()).isEqualTo(OperationInfo.RUNNING);
    groups.members.remove(group);
    await().until(() -> client.operation(deleted.operation()).state().equals(OperationInfo.DONE));
    assertThat(groups.ownGroups()).isEmpty();
  }

  @Test
  void delete_membersStayPastTheDeadline_areEvicted() {
    client.applyYaml(HOUSE);
    apply("123", "{ C: { workload: {} } }");
    groups.members.put("c.lk." + incarnation("123", "C"), List.of(new GroupBroker.Member("m", "c", "/127.0.0.1")));
    Deleted deleted = client.deleteTenant("123");

    clock.advance(Duration.ofSeconds(31));

    await().until(() -> client.operation(deleted.operation()).state().equals(OperationInfo.DONE));
    assertThat(client.operation(deleted.operation()).steps()).extracting(OperationInfo.Step::step)
        .containsExactly("end", "taken", "evict", "closing", "fenced", "bury", "delete-groups");
  }

  @Test
  void delete_thenApplyAtOnce_isAnotherIncarnationWithAnotherGroup() {
    client.applyYaml(HOUSE);
    apply("123", "{ C: { workload: {} } }");
    String first = incarnation("123", "C");
    groups.members.put("c.lk." + first, List.of(new GroupBroker.Member("m", "c", "/127.0.0.1")));
    Deleted deleted = client.deleteTenant("123");

    apply("123", "{ C: { workload: {} } }");

    String second = incarnation("123", "C");
    assertThat(second).isNotEqualTo(first);
    groups.members.clear();
    await().until(() -> client.operation(deleted.operation()).state().equals(OperationInfo.DONE));
    assertThat(groups.ownGroups()).containsExactly("c.lk." + second);
  }

  @Test
  void ttl_over_endsTheTenantAndApplyingAgainRenewsIt() {
    client.applyYaml(HOUSE);
    String tenant = "kind: Tenant\ntenancy: a\nttl: 1m\noverrides: { C: { workload: {} } }\n";
    client.applyYaml(tenant);
    clock.advance(Duration.ofSeconds(50));
    assertThat(client.applyYaml(tenant).results().getFirst().changed()).isFalse();
    clock.advance(Duration.ofSeconds(50));
    assertThat(client.tenant("a").tenancy()).isEqualTo("a");

    clock.advance(Duration.ofSeconds(11));

    await().until(() -> client.tenants().isEmpty());
    assertThat(client.operations().getFirst().kind()).isEqualTo("expire");
    await().until(() -> groups.ownGroups().isEmpty());
  }

  @Test
  void ttl_overWhileBeingApplied_doesNotCancelThat() throws Exception {
    client.applyYaml(HOUSE);
    client.applyYaml("kind: Tenant\ntenancy: a\nttl: 1m\n");
    groups.members.put("c", List.of(new GroupBroker.Member("c-1", "c-client", "/10.1.2.3")));
    var applying = java.util.concurrent.CompletableFuture.supplyAsync(
        () -> client.applyYaml("kind: Tenant\ntenancy: a\nttl: 1m\noverrides: { C: { workload: {} } }\n"));
    await().until(() -> client.operations().getFirst().state().equals(OperationInfo.RUNNING));
    clock.advance(Duration.ofMinutes(2));
    client.report("p1", report("C", null, null,
        new DataPlaneReport.Consumer("127.0.0.1:9092", "c", List.of("orders"), "c-1", "c-client")));

    assertThat(applying.get().results().getFirst().changed()).isTrue();
    assertThat(client.tenant("a").overrides()).hasSize(1);
    clock.advance(Duration.ofMinutes(2));
    await().until(() -> client.tenants().isEmpty());
  }

  @Test
  void apply_badDocuments_changeNothing() {
    client.applyYaml(HOUSE);
    refused("document-invalid", "tenancy", () -> apply("a b", "{}"));
    refused("document-invalid", "labls", () -> client.applyYaml("kind: Tenant\ntenancy: a\nlabls: {}\n"));
    refused("service-unknown", "overrides.X", () -> apply("a", "{ X: { workload: {} } }"));
    refused("redirect-not-allowed", "overrides.B.redirect",
        () -> apply("a", "{ B: { redirect: \"http://10.0.0.1:80\" } }"));
    refused("override-cannot-consume", "overrides.C", () -> apply("a", "{ C: { redirect: \"http://127.0.0.1:1\" } }"));
    refused("override-cannot-consume", "overrides.C", () -> apply("a", "{ C: { mock: {} } }"));
    refused("mocks-unavailable", "overrides.B.mock", () -> apply("a", "{ B: { mock: {} } }"));
    refused("host-taken", "hosts", () -> client.applyYaml("kind: Service\nname: E\nhosts: [\"b:8080\"]\n"));
    refused("document-invalid", "Tenant a",
        () -> client.applyYaml("kind: Tenant\ntenancy: a\n---\nkind: Tenant\ntenancy: a\n"));
    refused("service-unknown", "overrides.X",
        () -> client.applyYaml(
            "kind: Service\nname: N\n---\nkind: Tenant\ntenancy: a\noverrides: { X: { workload: {} } }\n"));
    refused("tenancy-malformed", "tenancy", () -> client.tenant("a b"));
    refused("tenant-unknown", "", () -> client.deleteTenant("nobody"));
    refused("not-found", "", () -> client.operation("nothing"));
    assertThat(client.tenants()).isEmpty();
    assertThat(client.services()).extracting(service -> service.name()).containsExactly("B", "C");
  }

  @Test
  void apply_consumerOnUndocumentedCluster_isRefusedWithANextStep() {
    client.report("p1",
        report("D", null, null, new DataPlaneReport.Consumer("10.9.9.9:9092", "d", List.of("t"), "m", "d")));

    assertThatThrownBy(() -> apply("a", "{ D: { workload: {} } }"))
        .isInstanceOfSatisfying(ProblemException.class, e -> {
          assertThat(e.code()).isEqualTo("cluster-unknown");
          assertThat(e.next()).contains("10.9.9.9:9092");
        });
    assertThat(client.tenants()).isEmpty();
  }

  private static DataPlaneReport report(String service, @org.jspecify.annotations.Nullable String tenancy,
      @org.jspecify.annotations.Nullable String incarnation, DataPlaneReport.Consumer... consumers) {
    return new DataPlaneReport(service, tenancy, incarnation, "0.1.0", 0, 0, 1, "here", 0, List.of(consumers),
        List.of(),
        Map.of("skip.foreign", 2L));
  }

  @Test
  void apply_memberThatDoesNotReport_isRefusedUntilItReports() {
    client.applyYaml(HOUSE);
    groups.members.put("c", List.of(new GroupBroker.Member("c-1", "c-client", "/10.1.2.3")));

    assertThatThrownBy(() -> apply("a", "{ C: { workload: {} } }")).isInstanceOfSatisfying(ProblemException.class,
        e -> {
          assertThat(e.code()).isEqualTo("baseline-not-reporting");
          assertThat(e.getMessage()).contains("c-client", "10.1.2.3");
        });
    assertThat(client.tenants()).isEmpty();
    client.report("p1", report("C", null, null,
        new DataPlaneReport.Consumer("127.0.0.1:9092", "c", List.of("orders"), "c-1", "c-client")));
    assertThat(apply("a", "{ C: { workload: {} } }").results().getFirst().changed()).isTrue();
  }

  @Test
  void apply_redeliverToABaselineThatReadsNothingThatIsHandedOver_isRefused() {
    client.applyYaml(HOUSE);
    String tenant = "kind: Tenant\ntenancy: a\nresidue: redeliver\noverrides: { C: { workload: {} } }\n";
    client.report("p1", report("C", null, null, reading(false)));

    refused("residue-unfit", "residue", () -> client.applyYaml(tenant));
    assertThat(client.tenants()).isEmpty();
    assertThat(apply("b", "{ C: { workload: {} } }").results().getFirst().changed()).as("by another policy").isTrue();
    client.report("p2", report("C", null, null, reading(true)));
    client.report("p1", report("C", null, null, reading(false)));
    assertThat(client.applyYaml(tenant).results().getFirst().changed()).as("one that reads it is enough").isTrue();
  }

  @Test
  void apply_groupThatIsNamedAsOursAre_isRefused() {
    client.applyYaml(HOUSE.replace("groups: [c]", "groups: [c.redelivered]"));

    refused("group-unfit", "overrides.C", () -> apply("a", "{ C: { workload: {} } }"));
    assertThat(client.tenants()).isEmpty();
  }

  private static DataPlaneReport.Consumer reading(boolean handovers) {
    return new DataPlaneReport.Consumer("127.0.0.1:9092", "c", List.of("orders"), "c-1", "c-client", handovers);
  }

  @Test
  void apply_memberOfAStreamsGroup_isRefused_andSaysWhatToSet() {
    client.applyYaml(HOUSE);
    groups.members.put("c",
        List.of(new GroupBroker.Member("c-1", "c-client", "/10.1.2.3", GroupBroker.Kind.STREAMS)));

    assertThatThrownBy(() -> apply("a", "{ C: { workload: {} } }")).isInstanceOfSatisfying(ProblemException.class,
        e -> {
          assertThat(e.code()).isEqualTo("baseline-not-reporting");
          assertThat(e.problem().next()).contains("group.protocol=classic");
        });
    assertThat(client.tenants()).isEmpty();
  }

  @Test
  void apply_baselineWithConsumersOfStreamsThatHaveNoGate_isRefusedUntilItHasNone() {
    client.applyYaml(HOUSE);
    DataPlaneReport gated = report("C", null, null);
    client.report("p1", new DataPlaneReport("C", null, null, "0.1.0", 0, 0, 1, "here", 0, List.of(),
        List.of(new DataPlaneReport.Module("kafka-streams", false, "group.protocol: streams (expected: classic)"),
            new DataPlaneReport.Module("okhttp", false, "too old")),
        Map.of()));

    assertThatThrownBy(() -> apply("a", "{ C: { workload: {} } }")).isInstanceOfSatisfying(ProblemException.class,
        e -> {
          assertThat(e.code()).isEqualTo("baseline-not-reporting");
          assertThat(e.getMessage()).contains("group.protocol: streams").doesNotContain("too old");
          assertThat(e.problem().next()).contains("group.protocol=classic");
        });
    assertThat(client.tenants()).isEmpty();
    client.report("p1", gated);
    assertThat(apply("a", "{ C: { workload: {} } }").results().getFirst().changed()).isTrue();
  }

  @Test
  void apply_kafkaOutOfReach_failsAndLeavesNothing() {
    client.applyYaml(HOUSE);
    groups.reachable(false);

    refused("kafka-unreachable", "overrides.C", () -> apply("a", "{ C: { workload: {} } }"));

    OperationInfo operation = client.operations().getFirst();
    assertThat(operation.state()).isEqualTo(OperationInfo.FAILED);
    assertThat(Objects.requireNonNull(operation.problem()).code()).isEqualTo("kafka-unreachable");
    assertThat(client.status().ending()).as("nothing was done in the broker, so nothing is to be undone").isZero();
    assertThat(client.status().waiting()).isEmpty();
  }

  @Test
  void apply_kafkaOutOfReachOnceMeasured_saysOnceWhatItWaitsForAndIsCleanedUpLater() {
    client.applyYaml(HOUSE);
    groups.unreachableFrom("place");

    refused("kafka-unreachable", "overrides.C", () -> apply("a", "{ C: { workload: {} } }"));

    int misses = groups.misses();
    await().until(() -> groups.misses() >= misses + 3);
    assertThat(client.status().ending()).isEqualTo(1);
    assertThat(client.status().waiting()).singleElement().asString().contains("C for a", "default", "no answer");
    assertThat(waitingSteps()).as("one for each cause, however often it was tried").isEqualTo(1);
    groups.reachable(true);
    await().until(() -> client.status().ending() == 0);
    assertThat(client.status().waiting()).isEmpty();
    assertThat(client.operations().getFirst().steps().getLast().step()).isEqualTo("gone");
    assertThat(groups.ownGroups()).isEmpty();
  }

  private long waitingSteps() {
    return client.operations().getFirst().steps().stream().filter(step -> step.step().equals("waiting")).count();
  }

  @Test
  void report_oneBadConsumer_isNamedAndTheRestIsTaken() {
    client.applyYaml(HOUSE);
    groups.members.put("c", List.of(new GroupBroker.Member("c-1", "c-client", "/10.1.2.3")));

    refused("malformed-request", "consumers[0].topics", () -> client.report("p1", report("C", null, null,
        new DataPlaneReport.Consumer("127.0.0.1:9092", "x", List.of("a b"), "m", "c"),
        new DataPlaneReport.Consumer("127.0.0.1:9092", "c", List.of("orders"), "c-1", "c-client"))));

    assertThat(client.dataPlanes()).singleElement()
        .satisfies(plane -> assertThat(plane.report().consumers()).hasSize(1));
    assertThat(apply("a", "{ C: { workload: {} } }").results().getFirst().changed()).isTrue();
  }

  @Test
  void report_malformedField_isNamedAndRefused() {
    client.applyYaml(HOUSE);
    String escape = "\u001b[2J";
    DataPlaneReport good = report("C", null, null);
    refused("malformed-request", "host",
        () -> client.report("p1", new DataPlaneReport("C", null, null, "0.1.0", 0, 0, 1,
            "here" + escape, 0, List.of(), List.of(), Map.of())));
    refused("malformed-request", "version", () -> client.report("p1", new DataPlaneReport("C", null, null,
        "1".repeat(300), 0, 0, 1, "here", 0, List.of(), List.of(), Map.of())));
    refused("malformed-request", "counters",
        () -> client.report("p1", new DataPlaneReport("C", null, null, "1", 0, 0, 1,
            "here", 0, List.of(), List.of(), Map.of(escape, 1L))));
    refused("malformed-request", "modules[0].detail",
        () -> client.report("p1", new DataPlaneReport("C", null, null, "1",
            0, 0, 1, "here", 0, List.of(), List.of(new DataPlaneReport.Module("m", true, escape)), Map.of())));
    refused("malformed-request", "service", () -> client.report("p1", report("C" + escape, null, null)));
    refused("malformed-request", "incarnation", () -> client.report("p1", report("C", "a", "X")));
    refused("malformed-request", "consumers", () -> client.report("p1",
        good.with(
            java.util.Collections.nCopies(1_001, new DataPlaneReport.Consumer("", null, List.of(), null, null)))));
    for (DataPlaneReport.Consumer bad : List.of(
        new DataPlaneReport.Consumer("b:1" + escape, "g", List.of("t"), "m", "c"),
        new DataPlaneReport.Consumer("b:1", "g" + escape, List.of("t"), "m", "c"),
        new DataPlaneReport.Consumer("b:1", "g", List.of("t".repeat(250)), "m", "c"),
        new DataPlaneReport.Consumer("b:1", "g", List.of("t"), escape, "c"),
        new DataPlaneReport.Consumer("b:1", "g", List.of("t"), "m", escape))) {
      assertThatThrownBy(() -> client.report("p1", good.with(List.of(bad))))
          .isInstanceOfSatisfying(ProblemException.class, e -> {
            assertThat(e.field()).startsWith("consumers[0].");
            assertThat(e.getMessage()).doesNotContain("\u001b");
          });
    }
  }

  @Test
  void announce_malformedField_isNamedAndRefused() {
    client.applyYaml(HOUSE);
    apply("a", "{ C: { workload: {} } }");

    for (String bad : List.of("", "w\u001b[31m", "w".repeat(256), "a\u202eb")) {
      refused("malformed-request", "workload", () -> client.announce(new Announcement("C", "a", bad, "i1", null)));
    }
    refused("malformed-request", "address", () -> client.announce(
        new Announcement("C", "a", "w", "i1", "http://" + "x".repeat(3_000) + ":1")));
  }

  @Test
  void deleteService_wrongReport_freesTheRedirectInOneRevision() {
    client.applyYaml(HOUSE);
    client.report("p1",
        report("b", null, null, new DataPlaneReport.Consumer("10.9.9.9:9092", "wrong", List.of("t"), "m", "d")));
    assertThatThrownBy(() -> apply("a", "{ B: { redirect: \"http://127.0.0.1:9102\" } }"))
        .isInstanceOfSatisfying(ProblemException.class, e -> {
          assertThat(e.code()).isEqualTo("override-cannot-consume");
          assertThat(e.getMessage()).contains("reported", "t in group wrong on 10.9.9.9:9092");
          assertThat(e.next()).contains("lanekeeper delete --service B");
        });
    long before = client.status().revision();

    Removed removed = client.deleteService("b");

    assertThat(removed.revision()).isEqualTo(before + 1);
    assertThat(removed.reporting()).as("still there, and would bring it back").containsExactly("p1");
    assertThat(client.services()).extracting(service -> service.name()).containsExactly("C");
    refused("not-found", "", () -> client.deleteService("B"));
    client.applyYaml("kind: Service\nname: B\nhosts: [\"b:8080\"]\n");
    assertThat(apply("a", "{ B: { redirect: \"http://127.0.0.1:9102\" } }").results().getFirst().changed()).isTrue();
  }

  @Test
  void deleteService_overridden_isRefusedNamingTheTenancies() throws StartException {
    client.applyYaml(HOUSE);
    apply("a", "{ B: { redirect: \"http://127.0.0.1:9102\" } }");
    apply("b", "{ B: { redirect: \"http://127.0.0.1:9102\" } }");

    refused("service-in-use", "service", () -> client.deleteService("B"));
    assertThatThrownBy(() -> client.deleteService("B")).hasMessageContaining("[a, b]");
    client.deleteTenant("a");
    client.deleteTenant("b");
    client.deleteService("B");
    restart();

    assertThat(client.services()).extracting(service -> service.name()).containsExactly("C");
    assertThat(client.deleteService("C").reporting()).isEmpty();
    assertThat(client.services()).isEmpty();
  }

  @Test
  void deleteCluster_neededByALife_isRefusedUntilItsGroupsAreGone() {
    client.applyYaml(HOUSE);
    apply("a", "{ C: { workload: {} } }");

    refused("cluster-in-use", "cluster", () -> client.deleteCluster("default"));
    Deleted deleted = client.deleteTenant("a");
    await().until(() -> client.operation(deleted.operation()).state().equals(OperationInfo.DONE));

    assertThat(client.deleteCluster("default").name()).isEqualTo("default");
    assertThat(client.clusters()).isEmpty();
    refused("not-found", "", () -> client.deleteCluster("default"));
  }

  @Test
  void announce_anotherWorkload_isRefused() {
    client.applyYaml(HOUSE);
    apply("a", "{ C: { workload: {} } }");
    Announcement.Accepted first = client.announce(new Announcement("C", "a", "c-2.jar", "i1", "http://127.0.0.1:9103"));
    Announcement.Accepted second =
        client.announce(new Announcement("C", "a", "c-2.jar", "i2", "http://127.0.0.1:9104"));

    refused("workload-conflict", "workload",
        () -> client.announce(new Announcement("C", "a", "c-3.jar", "i3", "http://127.0.0.1:9105")));
    refused("override-unknown", "", () -> client.announce(new Announcement("B", "a", "b", "i4", null)));

    assertThat(second.incarnation()).isEqualTo(first.incarnation());
    assertThat(client.owner("C", "a", null, null).owner().addresses()).containsExactly("http://127.0.0.1:9103",
        "http://127.0.0.1:9104");
  }

  @Test
  void announce_silence_withdrawsTheAddressUnlessTheDataPlaneReports() {
    client.applyYaml(HOUSE);
    apply("a", "{ C: { workload: {} } }");
    String incarnation = client.announce(new Announcement("C", "a", "w", "i1", "http://127.0.0.1:9103")).incarnation();
    client.announce(new Announcement("C", "a", "w", "i2", "http://127.0.0.1:9104"));
    clock.advance(Duration.ofSeconds(9));
    client.report("i1", report("C", "a", incarnation));

    clock.advance(Duration.ofSeconds(2));

    await()
        .until(() -> client.owner("C", "a", null, null).owner().addresses().equals(List.of("http://127.0.0.1:9103")));
    client.withdraw("i1");
    assertThat(client.owner("C", "a", null, null).reason()).contains("no instance is announced");
  }

  @Test
  void announce_afterARestart_isKeptTenSecondsWithoutRenewal() throws StartException {
    client.applyYaml(HOUSE);
    apply("a", "{ C: { workload: {} } }");
    client.announce(new Announcement("C", "a", "w", "i1", "http://127.0.0.1:9103"));

    restart();

    assertThat(client.owner("C", "a", null, null).owner().addresses()).containsExactly("http://127.0.0.1:9103");
    refused("workload-conflict", "workload", () -> client.announce(new Announcement("C", "a", "other", "i2", null)));
    clock.advance(Duration.ofSeconds(11));
    await().until(() -> client.owner("C", "a", null, null).owner().addresses().isEmpty());
  }

  @Test
  void announce_instanceOfAnEndedOverride_isNotMovedToTheNextOne() {
    client.applyYaml(HOUSE);
    apply("a", "{ C: { workload: {} } }");
    client.announce(new Announcement("C", "a", "w", "i1", "http://127.0.0.1:9103"));
    client.deleteTenant("a");
    apply("a", "{ C: { workload: {} } }");

    assertThatThrownBy(() -> client.announce(new Announcement("C", "a", "w", "i1", "http://127.0.0.1:9103")))
        .isInstanceOfSatisfying(ProblemException.class, e -> assertThat(e.code()).isEqualTo("override-ended"));
    assertThat(client.announce(new Announcement("C", "a", "w", "i2", "http://127.0.0.1:9104")).incarnation())
        .isEqualTo(incarnation("a", "C"));
  }

  @Test
  void ready_workloadWithoutInstance_waitsForIt() {
    client.applyYaml(HOUSE);
    apply("a", "{ C: { workload: {} }, B: { redirect: \"http://127.0.0.1:9102\" } }");

    refused("tenant-not-ready", "overrides.C", () -> client.awaitReady("a", Duration.ofMillis(100)));
    client.report("i1", report("C", "a", incarnation("a", "C"),
        new DataPlaneReport.Consumer("127.0.0.1:9092", "c.lk.x", List.of("orders"), "m", "c")));

    assertThat(client.awaitReady("a", Duration.ofSeconds(5)).ready()).isTrue();
  }

  @Test
  void owner_everyAnswer_saysWhy() {
    client.applyYaml(HOUSE);
    long revision =
        apply("shop/testing", "{ B: { redirect: \"http://127.0.0.1:9102\" } }").results().getFirst().revision();

    OwnerInfo overridden = client.owner("B", "shop/testing/x", null, null);
    assertThat(overridden.owner().kind()).isEqualTo("redirect");
    assertThat(overridden.reason()).contains("shop/testing", "revision " + revision, "http://127.0.0.1:9102");
    assertThat(client.owner("C", "shop/testing", null, null).reason()).contains("does not override C");
    assertThat(client.owner("C", null, null, null).reason()).contains("untagged");
    assertThat(client.owner("C", "nobody", null, null).reason()).contains("not registered", "go to the baseline");
    assertThat(client.owner("C", "shop/production", null, null).reason()).contains("production");
    assertThat(client.owner("B", null, "B:shop/testing", null).owner().kind()).isEqualTo("redirect");
    assertThat(client.owner("B", "shop/testing", null, "1-00000000").reason()).contains("never given");
    client.deleteTenant("shop/testing");
    assertThat(client.owner("B", "shop/testing", null, null).reason()).contains("had ended", "are refused");
    refused("tenancy-malformed", "tenancy", () -> client.owner("B", "a//b", null, null));
    refused("service-unknown", "service", () -> client.owner("Z", "a", null, null));
  }

  @Test
  void environment_firstLikeTheDefault_holdsUntilTheNext() throws Exception {
    client.applyYaml(HOUSE);
    Applied.Result first = client.applyYaml("kind: Environment\nprofile: staging\n").results().getFirst();
    Applied.Result again = client.applyYaml("kind: Environment\nprofile: staging\n").results().getFirst();
    client.applyYaml("kind: Environment\nprofile: production\n");

    assertThat(List.of(first.changed(), again.changed())).containsExactly(true, false);
    try (Watching watching = new Watching(controlPlane.uri())) {
      await().until(() -> watching.table().revision() > first.revision());
      String stamp = watching.table().stampOf(first.revision()).toString();
      assertThat(client.owner("C", "nobody", null, stamp).reason()).contains("go to the baseline");
      assertThat(client.owner("C", "nobody", null, null).reason()).doesNotContain("go to the baseline");
    }
  }

  @Test
  void tenancyWithSlashes_inAPath_isFoundEncodedOrNot() throws Exception {
    client.applyYaml("kind: Tenant\ntenancy: shop/testing/ready\n");

    assertThat(client.tenant("shop/testing/ready").tenancy()).isEqualTo("shop/testing/ready");
    assertThat(Http.get(controlPlane.uri(), "/v1/tenants/shop/testing%2Fready").statusCode()).isEqualTo(200);
    assertThat(Http.get(controlPlane.uri(), "/v1/tenants/shop%2Ftesting%2Fready/ready?timeout=99999d999999h")
        .statusCode()).as("as long as nobody waits").isEqualTo(200);
    assertThat(Http.get(controlPlane.uri(), "/v1/tenants/shop/testing/ready/ready?timeout=1s").statusCode())
        .isEqualTo(200);
  }

  @Test
  void restart_everythingAcknowledged_isThere() throws StartException {
    client.applyYaml(HOUSE);
    apply("a", "{ C: { workload: {} } }");
    client.report("p", report("E", null, null));
    var tenants = client.tenants();
    var services = client.services();
    long revision = client.status().revision();

    restart();

    assertThat(client.tenants()).isEqualTo(tenants);
    assertThat(client.services()).isEqualTo(services);
    assertThat(client.status().revision()).isEqualTo(revision);
  }

  @Test
  void status_reportingDataPlanes_showAgeAndRevision() {
    client.applyYaml(HOUSE);
    client.report("p1", report("B", null, null));
    clock.advance(Duration.ofSeconds(3));

    var status = client.status();

    assertThat(status.dataPlanes()).singleElement().satisfies(plane -> {
      assertThat(plane.ageMillis()).isEqualTo(3000);
      assertThat(plane.behind()).isEqualTo(status.revision());
    });
    assertThat(status.counters()).containsEntry("skip.foreign", 2L);
    clock.advance(Duration.ofSeconds(8));
    assertThat(client.dataPlanes()).isEmpty();
  }

  @Test
  void apply_manyAtOnce_areAllThereWithoutAGap() throws Exception {
    client.applyYaml(HOUSE);
    long before = client.status().revision();
    try (var executor = java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor()) {
      for (var task : executor.invokeAll(IntStream.range(0, 50).<java.util.concurrent.Callable<Applied>>mapToObj(
          i -> () -> apply("t" + i, "{ B: { redirect: \"http://127.0.0.1:9102\" } }")).toList())) {
        assertThat(task.get().results().getFirst().changed()).isTrue();
      }
    }
    assertThat(client.status().revision()).isEqualTo(before + 50);
    assertThat(client.status().tenants()).isEqualTo(50);
  }

  private String hops(String trace, String owner) {
    return "{\"instance\":\"i\",\"hops\":[{\"trace\":\"" + trace + "\",\"at\":7,\"kind\":\"call\",\"service\":\"A\","
        + "\"to\":\"B\",\"tag\":\"123\",\"outcome\":\"redirect\",\"reason\":\"override\",\"owner\":\"" + owner
        + "\",\"new\":1}]}";
  }

  @Test
  void trace_whatWasTold_isShownWithTheTenancies() throws Exception {
    client.applyYaml(HOUSE);
    apply("123", "{ B: { redirect: \"http://127.0.0.1:9102\" } }");
    String life = client.tenant("123").overrides().getFirst().incarnation();

    assertThat(Http.post(controlPlane.uri(), "/v1/traces", "application/json", hops("t-1", life)).statusCode())
        .isEqualTo(200);
    Http.post(controlPlane.uri(), "/v1/traces", "application/json", hops("t-1", "unknown"));

    assertThat(client.trace("t-1").hops()).extracting(HopInfo::ownerTenancy).containsExactlyInAnyOrder("123", null);
    assertThat(client.trace("t-1").hops().getFirst().at()).isEqualTo(7);
    assertThat(client.trace("other").hops()).isEmpty();
  }

  @Test
  void trace_badInput_isRefused() throws Exception {
    refused("malformed-request", "trace", () -> client.trace("a b"));
    assertThat(Http.post(controlPlane.uri(), "/v1/traces", "application/json", hops("a/b", "x")).body())
        .contains("none can be kept");
    assertThat(
        Http.post(controlPlane.uri(), "/v1/traces", "application/json", hops("ab", "x".repeat(2_000))).statusCode())
        .isEqualTo(400);
    assertThat(Http.post(controlPlane.uri(), "/v1/traces", "application/json", "{\"hops\":[{}]}").statusCode())
        .isEqualTo(400);
    assertThat(Http.post(controlPlane.uri(), "/v1/traces", "application/json", "{\"instance\":\"i\",\"hops\":[null]}")
        .statusCode()).isEqualTo(400);
    assertThat(Http.get(controlPlane.uri(), "/v1/traces").statusCode()).isEqualTo(405);
    assertThat(Http.get(controlPlane.uri(), "/v1/traces/a/b").statusCode()).isEqualTo(404);
  }

  private static String hopWith(String trace, String field, String value) {
    return "{\"instance\":\"i\",\"hops\":[{\"trace\":\"" + trace + "\",\"at\":7,\"kind\":\"call\",\"service\":\"A\","
        + "\"to\":\"B\",\"outcome\":\"pass\",\"reason\":\"x\",\"" + field + "\":\"" + value + "\"}]}";
  }

  /** Whose a life is, the control plane says: no data plane, and in no text that a terminal obeys. */
  @Test
  void trace_tenanciesThatAreTold_areNotTakenOver() throws Exception {
    for (String field : List.of("tenancy", "ownerTenancy")) {
      Http.post(controlPlane.uri(), "/v1/traces", "application/json", hopWith("t-" + field, field, "\\u001b[2J123"));
      assertThat(client.trace("t-" + field).hops()).as(field)
          .allMatch(hop -> hop.tenancy() == null && hop.ownerTenancy() == null);
    }
  }

  /** One hop that is too long costs none of the others of its report. */
  @Test
  void trace_oneHopThatCannotBeKept_costsNoOther() throws Exception {
    String good = hops("good", "x");
    String bad = hopWith("bad", "tag", "t".repeat(1_100));
    String both = good.substring(0, good.length() - 2) + "," + bad.substring(bad.indexOf('[') + 1);
    Http.post(controlPlane.uri(), "/v1/traces", "application/json", both);
    assertThat(client.trace("good").hops()).hasSize(1);
  }
}
