package dev.lanekeeper.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.api.OperationInfo;
import dev.lanekeeper.controlplane.kafka.GroupBroker;
import dev.lanekeeper.kafka.QuarantinedRecord;
import dev.lanekeeper.kafka.RedeliveredRecord;
import dev.lanekeeper.model.Service;
import dev.lanekeeper.model.ServiceName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of groups of which the ledger knows nothing. */
@Timeout(60)
class SweeperTest {

  private static final ServiceName C = ServiceName.of("C");
  private static final String ORDERS = "orders";
  private static final String HOUSE = """
      kind: Cluster
      bootstrap: "127.0.0.1:9092"
      ---
      kind: Service
      name: C
      consumes: [{ topics: [orders], groups: [c] }]
      """;

  @TempDir
  @SuppressWarnings("NullAway.Init") private Path directory;
  private final InMemoryGroups groups = new InMemoryGroups();
  private final MutableClock clock = new MutableClock();
  @SuppressWarnings("NullAway.Init") private ControlPlane controlPlane;
  @SuppressWarnings("NullAway.Init") private ControlPlaneClient client;

  private Path store() {
    return directory.resolve("store");
  }

  @BeforeEach
  void start() throws Exception {
    open();
    client.applyYaml(HOUSE);
    groups.place("c", ORDERS, 0);
  }

  private void open() throws Exception {
    controlPlane = ControlPlane.builder(store()).port(0).broker(groups).tick(Duration.ofMillis(20))
        .nanos(clock::nanos).horizon(Duration.ZERO).start();
    client = new ControlPlaneClient(controlPlane.uri(), null);
  }

  @AfterEach
  void stop() {
    controlPlane.close();
  }

  private void awaitWhileTimePasses(Callable<Boolean> condition) {
    await().until(() -> {
      clock.advance(Duration.ofSeconds(1));
      return condition.call();
    });
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(to)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  /** A tenant is born of which the store knows nothing afterwards, since it was restored from before; its group. */
  private String bornAndLost() throws Exception {
    Path backup = directory.resolve("backup");
    controlPlane.close();
    copy(store(), backup);
    open();
    client.applyYaml("kind: Tenant\ntenancy: a\noverrides: { C: { workload: {} } }\n");
    String group = groups.ownGroups().iterator().next();
    controlPlane.close();
    copy(backup, store());
    return group;
  }

  private List<QuarantinedRecord> aside() {
    return groups.logOf(QuarantinedRecord.topic(C)).stream().map(QuarantinedRecord::read).toList();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void groupOfOurs_inNoLedger_isBuriedAndNotJustDeleted(boolean joined) throws Exception {
    String group = bornAndLost();
    groups.append(ORDERS, new byte[]{1}, "baggage", "tenancy=a,tenancy-rev=99-12345678");
    groups.append(ORDERS, new byte[]{2});
    String id = group.substring(group.lastIndexOf('.') + 1);
    groups.append(new RedeliveredRecord(
        new QuarantinedRecord(C, QuarantinedRecord.Reason.IN_DOUBT, "", "c", ORDERS, 0, 7,
            1, null, new byte[]{3}, new RecordHeaders().add("baggage", "tenancy=a".getBytes(StandardCharsets.UTF_8))),
        id)
        .written());
    if (joined) {
      groups.place("c.redelivered.lk." + id, RedeliveredRecord.topic(C, "c", ORDERS), 0);
    }

    open();

    awaitWhileTimePasses(() -> groups.ownGroups().isEmpty());
    assertThat(aside()).extracting(QuarantinedRecord::offset).containsExactlyInAnyOrder(0L, 7L);
    assertThat(aside()).allSatisfy(record -> {
      assertThat(record.reason()).isEqualTo(QuarantinedRecord.Reason.RESIDUE);
      assertThat(record.incarnation()).isEqualTo(id);
    });
    awaitWhileTimePasses(() -> client.status().waiting().isEmpty());
    assertThat(client.operations()).first().satisfies(operation -> {
      assertThat(operation.kind()).isEqualTo("bury");
      assertThat(operation.state()).isEqualTo(OperationInfo.DONE);
      assertThat(operation.steps()).extracting(OperationInfo.Step::step).containsExactly("found", "take", "bury",
          "delete-groups");
    });
  }

  @Test
  void groupOfOurs_inNoLedger_withSomebodyInIt_isGivenTimeToLeave() throws Exception {
    String group = bornAndLost();
    groups.append(ORDERS, new byte[]{1}, "baggage", "tenancy=a,tenancy-rev=99-12345678");
    groups.members.put(group, List.of(new GroupBroker.Member("w", "w-client", "/10.1.2.3")));

    open();
    clock.advance(Duration.ofMinutes(2));

    await().until(() -> client.status().waiting().stream().anyMatch(line -> line.contains(group)));
    assertThat(groups.asked("evict")).isZero();
    awaitWhileTimePasses(() -> groups.ownGroups().isEmpty());
    assertThat(groups.asked("evict")).isPositive();
    assertThat(aside()).hasSize(1);
  }

  @Test
  void groupOfOurs_inNoLedger_thatCannotBeDeletedYet_isTriedAgain_alsoAfterARestart() throws Exception {
    String group = bornAndLost();
    groups.append(ORDERS, new byte[]{1}, "baggage", "tenancy=a,tenancy-rev=99-12345678");
    groups.undeletable.add(group);
    open();
    awaitWhileTimePasses(() -> client.operations().stream().anyMatch(
        operation -> operation.steps().stream().anyMatch(step -> step.step().equals("waiting"))));
    controlPlane.close();
    open();

    groups.undeletable.clear();

    awaitWhileTimePasses(() -> groups.ownGroups().isEmpty());
    awaitWhileTimePasses(() -> client.operations().stream().allMatch(
        operation -> operation.state().equals(OperationInfo.DONE)));
    assertThat(aside()).as("put aside with the offset of the group").hasSize(1);
  }

  @Test
  void groupOfOurs_inNoLedger_thatCannotBeDeletedYet_keepsWhereItsWorkloadStandsInWhatWasHandedOver() throws Exception {
    String group = bornAndLost();
    String id = group.substring(group.lastIndexOf('.') + 1);
    groups.append(new RedeliveredRecord(new QuarantinedRecord(C, QuarantinedRecord.Reason.IN_DOUBT, "", "c", ORDERS, 0,
        7, 1, null, new byte[]{3}, new RecordHeaders()), id).written());
    groups.place("c.redelivered.lk." + id, RedeliveredRecord.topic(C, "c", ORDERS), 1); // it has processed it
    groups.undeletable.add(group);
    open();
    awaitWaiting();
    assertThat(groups.offsets).containsKey("c.redelivered.lk." + id);

    groups.undeletable.clear();

    awaitWhileTimePasses(() -> groups.ownGroups().isEmpty());
    assertThat(aside()).isEmpty();
  }

  private void awaitWaiting() {
    awaitWhileTimePasses(() -> client.operations().stream().anyMatch(
        operation -> operation.steps().stream().anyMatch(step -> step.step().equals("waiting"))));
  }

  @Test
  void groupOfOurs_inNoLedger_thatIsDeletedByHandMeanwhile_isNotReadFromTheBeginning() throws Exception {
    String group = bornAndLost();
    groups.append(ORDERS, new byte[]{1}, "baggage", "tenancy=a,tenancy-rev=99-12345678");
    groups.place(group, ORDERS, 1);
    groups.append(ORDERS, new byte[]{2}, "baggage", "tenancy=a,tenancy-rev=99-12345678");
    groups.refused.add(QuarantinedRecord.topic(C));
    open();
    awaitWaiting();

    groups.offsets.remove(group);
    groups.refused.clear();

    awaitWhileTimePasses(() -> client.operations().stream().allMatch(
        operation -> operation.state().equals(OperationInfo.DONE)));
    assertThat(aside()).as("what was processed").isEmpty();
  }

  @Test
  void groupOfOurs_inNoLedger_onAKafkaOfTwoDocuments_isReadOnce() throws Exception {
    client.applyYaml(HOUSE.replace("kind: Service", "kind: Cluster\nname: inner\nbootstrap: \"127.0.0.1:9093\"\n---\n"
        + "kind: Service").replace("consumes: [", "consumes: [{ cluster: inner, topics: [orders], groups: [c] }, "));
    String group = bornAndLost();
    groups.append(ORDERS, new byte[]{1}, "baggage", "tenancy=a,tenancy-rev=99-12345678");
    groups.append(ORDERS, new byte[]{2}, "baggage", "tenancy=a,tenancy-rev=99-12345678");
    groups.place(group, ORDERS, 1);

    open();

    awaitWhileTimePasses(() -> groups.ownGroups().isEmpty());
    awaitWhileTimePasses(() -> client.status().waiting().isEmpty());
    assertThat(aside()).extracting(QuarantinedRecord::offset).containsExactly(1L);
  }

  @Test
  void groupOfOurs_inNoLedger_whoseTopicIsMadeAnewMeanwhile_comesToItsEnd() throws Exception {
    bornAndLost();
    for (int i = 0; i < 3; i++) {
      groups.append(ORDERS, new byte[]{1}, "baggage", "tenancy=a,tenancy-rev=99-12345678");
    }
    groups.refused.add(QuarantinedRecord.topic(C));
    open();
    awaitWaiting();

    groups.deleteTopic(ORDERS);
    groups.append(ORDERS, new byte[]{2});
    groups.refused.clear();

    awaitWhileTimePasses(() -> groups.ownGroups().isEmpty());
  }

  @Test
  void groupOfOurs_inNoLedger_whoseClusterIsElsewhereNow_isBuriedThere() throws Exception {
    groups.undeletable.add(bornAndLost());
    open();
    awaitWaiting();

    client.applyYaml("kind: Cluster\nbootstrap: \"127.0.0.1:9999\"\n");
    groups.away.add("127.0.0.1:9092");
    groups.undeletable.clear();

    awaitWhileTimePasses(() -> groups.ownGroups().isEmpty());
  }

  @Test
  void groupOfOurs_inNoLedger_ofAnApplicationOfStreams_goesWithItsTopics() throws Exception {
    String group = bornAndLost();
    groups.append(group + "-store-changelog", new byte[]{1});
    groups.append("another-store-changelog", new byte[]{1});

    open();

    awaitWhileTimePasses(() -> groups.ownGroups().isEmpty());
    assertThat(groups.isThere(group + "-store-changelog")).isFalse();
    assertThat(groups.isThere("another-store-changelog")).isTrue();
  }

  private String newestStamp() throws Exception {
    long revision = client.status().revision();
    try (Watching watching = new Watching(controlPlane.uri())) {
      await().until(() -> watching.table().revision() >= revision);
      return watching.table().stamp().toString();
    }
  }

  @Test
  void handOverTopic_ofAfterTheBackup_isListedAgain() throws Exception {
    Path backup = directory.resolve("backup");
    controlPlane.close();
    copy(store(), backup);
    open();
    client.applyYaml("kind: Tenant\ntenancy: a\nresidue: redeliver\noverrides: { C: { workload: {} } }\n");
    groups.append(ORDERS, new byte[]{1}, "baggage", "tenancy=a,tenancy-rev=" + newestStamp());
    String operation = client.deleteTenant("a").operation();
    awaitWhileTimePasses(() -> client.operation(operation).state().equals(OperationInfo.DONE));
    assertThat(groups.logOf(RedeliveredRecord.topic(C, "c", ORDERS))).hasSize(1);
    controlPlane.close();
    copy(backup, store());

    open();

    try (Watching watching = new Watching(controlPlane.uri())) {
      awaitWhileTimePasses(() -> {
        Service service = watching.table().service(C);
        return service != null && !service.handovers().isEmpty();
      });
    }
  }

  @Test
  void groupThatWasNotMadeHere_isLeftAlone_andNamed() {
    groups.place("c.lk.abcdefghijkl123456", ORDERS, 5);
    groups.place("c.lk.Not-an-id", ORDERS, 5);
    groups.place("team.lk.orders", ORDERS, 5);
    client.applyYaml("kind: Service\nname: D\nconsumes: [{ topics: [orders], groups: [team.lk.orders] }]\n");

    awaitWhileTimePasses(
        () -> client.status().leftOver().stream()
            .anyMatch(line -> line.contains("c.lk.abcdefghijkl123456 on default")));

    assertThat(client.status().leftOver()).hasSize(1);
    assertThat(groups.ownGroups()).hasSize(3);
    assertThat(client.operations()).noneMatch(operation -> operation.kind().equals("bury"));
  }

  @Test
  void groupOfOurs_ofNoServiceThatIsKnown_waits_andIsNamed() throws Exception {
    String group = bornAndLost();
    open();
    client.deleteService("C");
    String ofNobody = "gone" + group.substring(1);
    groups.place(ofNobody, ORDERS, 5);

    awaitWhileTimePasses(() -> client.status().leftOver().stream().anyMatch(line -> line.contains(ofNobody)));

    assertThat(groups.ownGroups()).contains(ofNobody);
  }

  /** What is to be read is not there any more once its process is out, and its log ends earlier than before. */
  @Test
  void groupOfOurs_inNoLedger_ofALogThatIsCutBetweenVisits_comesToItsEnd() throws Exception {
    String group = bornAndLost();
    groups.append(ORDERS, new byte[]{1}, "baggage", "tenancy=a,tenancy-rev=99-12345678");
    groups.append(ORDERS, new byte[]{2});
    groups.beforeJoining.set(() -> { // after the ends were taken
      groups.logs.computeIfPresent(ORDERS, (topic, log) -> new ArrayList<>(log.subList(0, 1)));
      groups.place(group, ORDERS, 0);
    });
    open();

    awaitWhileTimePasses(() -> groups.ownGroups().isEmpty());
    assertThat(aside()).hasSize(1);
  }

  /** Records come all the time; and its process, which nobody could tell anything, joins again before the group is gone. */
  @Test
  void groupOfOurs_inNoLedger_ofATopicThatGrows_whoseProcessComesBackOnce_comesToItsEnd() throws Exception {
    String group = bornAndLost();
    groups.append(ORDERS, new byte[]{1}, "baggage", "tenancy=a,tenancy-rev=99-12345678");
    groups.beforeJoining.set(() -> groups.append(ORDERS, new byte[]{2})); // after the ends were taken
    groups.beforeDeleting.set(
        () -> groups.members.put(group, List.of(new GroupBroker.Member("w", "w-client", "/10.1.2.3"))));
    open();
    awaitWhileTimePasses(() -> groups.asked("delete " + group) > 0);
    clock.advance(Duration.ofSeconds(10));
    groups.leave(group);

    awaitWhileTimePasses(() -> groups.ownGroups().isEmpty());
  }
}
