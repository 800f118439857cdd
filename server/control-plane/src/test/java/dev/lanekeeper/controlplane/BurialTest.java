package dev.lanekeeper.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.api.DataPlaneReport;
import dev.lanekeeper.api.OperationInfo;
import dev.lanekeeper.controlplane.kafka.GroupBroker;
import dev.lanekeeper.kafka.QuarantinedRecord;
import dev.lanekeeper.kafka.RedeliveredRecord;
import dev.lanekeeper.model.OverrideLife;
import dev.lanekeeper.model.Owner;
import dev.lanekeeper.model.Phase;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.Tag;
import dev.lanekeeper.model.Tenancy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of the messages of an ended override. */
@Timeout(60)
class BurialTest {

  private static final String HOUSE = """
      kind: Cluster
      bootstrap: "127.0.0.1:9092"
      ---
      kind: Service
      name: C
      consumes: [{ topics: [orders], groups: [c] }]
      """;
  private static final String ORDERS = "orders";
  private static final Tenancy TENANCY = new Tenancy("a");

  @TempDir
  @SuppressWarnings("NullAway.Init") private Path directory;
  private final InMemoryGroups groups = new InMemoryGroups();
  private final MutableClock clock = new MutableClock();
  @SuppressWarnings("NullAway.Init") private ControlPlane controlPlane;
  @SuppressWarnings("NullAway.Init") private ControlPlaneClient client;
  @SuppressWarnings("NullAway.Init") private Watching watching;

  @BeforeEach
  void start() throws Exception {
    start(Duration.ofSeconds(30));
    client.applyYaml(HOUSE);
  }

  private void start(Duration drainDeadline) throws Exception {
    start(drainDeadline, Duration.ZERO);
  }

  private void start(Duration drainDeadline, Duration horizon) throws Exception {
    controlPlane =
        ControlPlane.builder(directory).port(0).broker(groups).tick(Duration.ofMillis(20)).nanos(clock::nanos)
            .drainDeadline(drainDeadline).horizon(horizon).start();
    client = new ControlPlaneClient(controlPlane.uri(), null);
    watching = new Watching(controlPlane.uri());
  }

  @AfterEach
  void stop() throws Exception {
    watching.close();
    controlPlane.close();
  }

  /** Applies the tenant; the stamp of its birth. */
  private String apply(String residue) {
    client.applyYaml("kind: Tenant\ntenancy: a\nresidue: " + residue + "\noverrides: { C: { workload: {} } }\n");
    long revision = client.status().revision();
    await().until(() -> watching.table().revision() >= revision);
    return watching.table().stampOf(revision).toString();
  }

  private OverrideLife life() {
    return watching.table().overrides(TENANCY).getFirst();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private long append(String value, String tenancy, String stamp) {
    return groups.append(ORDERS, value.getBytes(StandardCharsets.UTF_8), "baggage",
        "tenancy=" + tenancy + ",tenancy-rev=" + stamp);
  }

  /** Waits, while time goes on. */
  private void awaitDone(String operation) {
    await().until(() -> {
      clock.advance(Duration.ofSeconds(1));
      return client.operation(operation).state().equals(OperationInfo.DONE);
    });
  }

  /** What was put aside. */
  private List<QuarantinedRecord> held() {
    return groups.logOf("lanekeeper.quarantine.c").stream().map(QuarantinedRecord::read)
        .toList();
  }

  private static String text(QuarantinedRecord record) {
    byte[] value = record.value();
    return value == null ? "" : new String(value, StandardCharsets.UTF_8);
  }

  private List<String> steps(String operation) {
    return client.operation(operation).steps().stream().map(OperationInfo.Step::step).toList();
  }

  @Test
  void residue_quarantine_holdsWhatWasItsOwnAndNothingElse() {
    String stamp = apply("quarantine");
    append("own", "a", stamp);
    append("another's", "b", stamp);
    groups.append(ORDERS, "untagged".getBytes(StandardCharsets.UTF_8));
    append("own too", "a", stamp);

    String operation = client.deleteTenant("a").operation();

    awaitDone(operation);
    List<QuarantinedRecord> held = held();
    assertThat(held).extracting(BurialTest::text).containsExactly("own", "own too");
    assertThat(held).allSatisfy(record -> {
      assertThat(record.reason()).isEqualTo(QuarantinedRecord.Reason.RESIDUE);
      assertThat(record.incarnation()).isEqualTo(life().incarnation().id());
      assertThat(record.topic()).isEqualTo(ORDERS);
      assertThat(record.headers().lastHeader("baggage")).isNotNull();
    });
    assertThat(held).extracting(QuarantinedRecord::offset).containsExactly(0L, 3L);
    assertThat(client.operation(operation).steps()).filteredOn(step -> step.step().equals("bury"))
        .extracting(OperationInfo.Step::detail).containsExactly("2 messages that nobody had processed: put aside");
  }

  @Test
  void residue_discard_leavesNothing() {
    String stamp = apply("discard");
    append("own", "a", stamp);

    String operation = client.deleteTenant("a").operation();

    awaitDone(operation);
    assertThat(held()).isEmpty();
    assertThat(groups.ownGroups()).isEmpty();
    assertThat(steps(operation)).containsExactly("end", "taken", "closing", "fenced", "bury", "delete-groups");
    assertThat(groups.asked("undertake")).as("nobody reads what is discarded").isZero();
  }

  @Test
  void undertaking_isVisitedNowAndThen_andNobodySitsInTheGroupMeanwhile() throws Exception {
    stop();
    start(Duration.ofSeconds(30), Duration.ofMinutes(10));
    String stamp = apply("quarantine");
    String group = "c.lk." + life().incarnation();
    append("left", "a", stamp);
    client.deleteTenant("a");
    await().until(() -> held().size() == 1 && groups.members.getOrDefault(group, List.of()).isEmpty());

    append("late", "a", stamp);
    await().during(Duration.ofMillis(300)).until(() -> held().size() == 1);
    assertThat(groups.asked("undertake " + group)).isEqualTo(1);
    clock.advance(Duration.ofSeconds(31));

    await().until(() -> held().size() == 2 && groups.members.getOrDefault(group, List.of()).isEmpty());
    assertThat(life().phase()).isEqualTo(Phase.TAKEN);
  }

  @Test
  void closing_forLong_whatComesIsReadAllTheSame_andTheGroupIsNotForgotten() {
    groups.members.put("c", List.of(new GroupBroker.Member("c-1", "c-client", "/10.1.2.3")));
    report(0);
    String stamp = apply("quarantine");
    String group = "c.lk." + life().incarnation();
    append("early", "a", stamp);
    String operation = client.deleteTenant("a").operation();
    await().until(() -> steps(operation).contains("closing") && held().size() == 1);
    append("while closing", "a", stamp);

    clock.advance(Duration.ofSeconds(31));

    await().until(() -> held().size() == 2 && groups.members.getOrDefault(group, List.of()).isEmpty());
    long visits = groups.asked("undertake " + group);
    clock.advance(Duration.ofHours(1));
    await().during(Duration.ofMillis(300)).until(() -> groups.asked("undertake " + group) == visits);
    clock.advance(Duration.ofHours(12));
    await().until(() -> groups.asked("undertake " + group) > visits); // nothing is to be read, but it is joined
    assertThat(steps(operation)).last().isEqualTo("closing");
  }

  @Test
  void fenced_anUndertakerDiedInItsSeat_isPutOut_andWhatItHadNotCommittedIsRead() {
    groups.members.put("c", List.of(new GroupBroker.Member("c-1", "c-client", "/10.1.2.3")));
    report(0);
    String stamp = apply("quarantine");
    String group = "c.lk." + life().incarnation();
    append("left", "a", stamp);
    String operation = client.deleteTenant("a").operation();
    await().until(() -> steps(operation).contains("closing"));
    groups.members.put(group, List.of(new GroupBroker.Member("u", GroupBroker.UNDERTAKER, "/10.1.2.3")));

    report(client.status().revision());

    awaitDone(operation);
    assertThat(steps(operation)).contains("evict");
    assertThat(held()).hasSize(1);
  }

  @Test
  void residue_whatTheWorkloadHadCommitted_isNotTouched() {
    String stamp = apply("quarantine");
    append("processed", "a", stamp);
    append("left", "a", stamp);
    groups.offsets.put("c.lk." + life().incarnation(), new TreeMap<>(Map.of(ORDERS, 1L)));

    awaitDone(client.deleteTenant("a").operation());

    assertThat(held()).extracting(QuarantinedRecord::offset).containsExactly(1L);
  }

  @Test
  void closing_memberOfTheBaselineHasNotHeard_waitsForItAndTakesTheEndsAfterwards() {
    groups.members.put("c", List.of(new GroupBroker.Member("c-1", "c-client", "/10.1.2.3")));
    report(0);
    String stamp = apply("quarantine");
    append("early", "a", stamp);
    String operation = client.deleteTenant("a").operation();
    await().until(() -> steps(operation).contains("closing"));
    await().until(() -> !watching.table().overrides(TENANCY).isEmpty() && life().phase() == Phase.CLOSING);
    long closing = watching.table().revision();
    report(closing - 1);
    await().until(() -> client.status().waiting().stream().anyMatch(line -> line.contains("c-client")));
    assertThat(watching.table().ownerAt(life().service(), Tag.of("a"), life().from(), ORDERS, 0, 0))
        .isEqualTo(new Owner.InDoubt(life().incarnation()));
    append("while closing", "a", stamp);

    report(closing);

    awaitDone(operation);
    await().until(() -> life().fence() != null);
    append("too late", "a", stamp);
    assertThat(held()).extracting(BurialTest::text).containsExactly("early", "while closing");
    assertThat(watching.table().ownerAt(life().service(), Tag.of("a"), life().from(), ORDERS, 0, 2))
        .isEqualTo(Owner.ENDED);
  }

  @Test
  void closing_memberOfTheBaselineHasNotHeard_theBrokerIsAskedNowAndThen_whetherItIsStillThere() {
    groups.members.put("c", List.of(new GroupBroker.Member("c-1", "c-client", "/10.1.2.3")));
    report(0);
    apply("discard");
    String operation = client.deleteTenant("a").operation();
    await().until(() -> client.status().waiting().stream().anyMatch(line -> line.contains("c-client")));

    long asked = groups.asked("members c");
    await().during(Duration.ofMillis(300)).until(() -> groups.asked("members c") == asked
        && client.status().waiting().stream().anyMatch(line -> line.contains("c-client")));
    groups.leave("c"); // it never reports

    awaitDone(operation);
    assertThat(groups.asked("members c")).isGreaterThan(asked);
  }

  @Test
  void draining_workloadSaysThatItIsThere_theBrokerIsAskedNowAndThen() {
    apply("discard");
    String group = "c.lk." + life().incarnation();
    groups.members.put(group, List.of(new GroupBroker.Member("w-1", "w-client", "/10.1.2.3")));
    client.report("w", new DataPlaneReport("C", "a", life().incarnation().id(), "0.1.0", 1, 1, 1, "here", 1,
        List.of(new DataPlaneReport.Consumer("127.0.0.1:9092", group, List.of(ORDERS), "w-1", "w-client")), List.of(),
        Map.of()));
    String operation = client.deleteTenant("a").operation();
    await().until(() -> steps(operation).contains("end"));

    await().during(Duration.ofMillis(500)).until(() -> groups.asked("members " + group) == 0);
    groups.leave(group); // its process died with it

    awaitDone(operation);
    assertThat(groups.asked("members " + group)).isPositive();
  }

  @Test
  void redeliver_offsetsWereForgottenByTheBroker_nobodyKnowsWhatWasProcessed_andNothingIsHandedOver() {
    String stamp = apply("redeliver");
    String group = "c.lk." + life().incarnation();
    append("processed", "a", stamp);
    groups.place(group, ORDERS, 1);
    groups.offsets.remove(group); // it was empty for as long as the broker keeps offsets

    awaitDone(client.deleteTenant("a").operation());

    assertThat(groups.logOf(RedeliveredRecord.topic(ServiceName.of("C"), "c", ORDERS))).isEmpty();
    assertThat(held()).extracting(QuarantinedRecord::reason)
        .containsExactly(QuarantinedRecord.Reason.PERHAPS_PROCESSED);
  }

  @Test
  void born_togetherWithItsCluster_thatIsElsewhereNow_isBuriedThere() {
    client.applyYaml(HOUSE + "---\nkind: Tenant\ntenancy: a\noverrides: { C: { workload: {} } }\n");
    client.applyYaml("kind: Cluster\nbootstrap: \"127.0.0.1:9999\"\n");
    groups.away.add("127.0.0.1:9092");

    awaitDone(client.deleteTenant("a").operation());

    assertThat(groups.ownGroups()).isEmpty();
  }

  @Test
  void born_withMoreDocumentsThanAreReadAtOnceAsYaml_isBuriedAllTheSame() {
    String labels = IntStream.range(0, 64).mapToObj(i -> "\"k" + i + "\":\"" + "x".repeat(250) + "\"")
        .collect(Collectors.joining(",", "{", "}"));
    client.applyYaml("{\"kind\":\"Tenant\",\"tenancy\":\"a\",\"overrides\":{\"C\":{\"workload\":{}}}}"
        + IntStream.range(0, 200)
            .mapToObj(i -> "{\"kind\":\"Tenant\",\"tenancy\":\"t" + i + "\",\"labels\":" + labels + "}")
            .collect(Collectors.joining()));

    awaitDone(client.deleteTenant("a").operation());
  }

  @Test
  void closing_memberOfTheBaselineHoldsRevisionsThatAreLost_isWaitedFor() {
    groups.members.put("c", List.of(new GroupBroker.Member("c-1", "c-client", "/10.1.2.3")));
    // Their numbers are given again here, also that of the closing: what it is about it has not seen.
    client.report("p1", heldBy("c-1", 1_000).holding(new Stamp(1_000, 7).text(), new Stamp(1, 7).text()));
    apply("quarantine");
    String operation = client.deleteTenant("a").operation();

    await().until(() -> client.status().waiting().stream().anyMatch(line -> line.contains("c-client")));
    assertThat(steps(operation)).contains("closing").doesNotContain("fenced");
    report(client.status().revision());
    awaitDone(operation);
  }

  private void report(long revision) {
    client.report("p1", heldBy("c-1", revision));
  }

  private static DataPlaneReport heldBy(String memberId, long revision) {
    return new DataPlaneReport("C", null, null, "0.1.0", revision, 1, 1, "here", 1,
        List.of(new DataPlaneReport.Consumer("127.0.0.1:9092", "c", List.of(ORDERS), memberId, "c-client")), List.of(),
        Map.of());
  }

  @Test
  void taken_workloadComesBack_isPutOut() {
    String stamp = apply("quarantine");
    String group = "c.lk." + life().incarnation();
    GroupBroker.Member workload = new GroupBroker.Member("w", "w-client", "/10.1.2.3");
    groups.members.put(group, List.of(workload));
    append("own", "a", stamp);
    String operation = client.deleteTenant("a").operation();
    assertThat(steps(operation)).containsExactly("end");

    groups.members.remove(group);
    await().until(() -> steps(operation).contains("taken"));
    groups.members.computeIfAbsent(group, key -> List.of(workload));

    awaitDone(operation);
    assertThat(held()).hasSize(1);
    assertThat(groups.ownGroups()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void taken_workloadIsThere_isGivenTimeToLeaveByItself(boolean leaves) throws Exception {
    String stamp = apply("quarantine");
    String group = "c.lk." + life().incarnation();
    groups.members.put(group, List.of(new GroupBroker.Member("w", "w-client", "/10.1.2.3")));
    append("own", "a", stamp);
    stop();
    start(Duration.ZERO);
    String operation = client.deleteTenant("a").operation();
    await().until(() -> steps(operation).contains("taken"));
    long asked = groups.asked("members " + group);
    await().until(() -> groups.asked("members " + group) >= asked + 2);
    assertThat(groups.members.get(group)).extracting(GroupBroker.Member::memberId).containsExactly("w");

    if (leaves) {
      groups.leave(group);
    }

    awaitDone(operation);
    assertThat(steps(operation).contains("evict")).isEqualTo(!leaves);
    assertThat(held()).hasSize(1);
  }

  @Test
  void closing_serviceRemovedMeanwhile_waitsForTheGroupsOfItsBirth() {
    groups.members.put("c", List.of(new GroupBroker.Member("c-1", "c-client", "/10.1.2.3")));
    report(0);
    String stamp = apply("quarantine");
    append("own", "a", stamp);
    String group = "c.lk." + life().incarnation();
    groups.members.put(group, List.of(new GroupBroker.Member("w", "w-client", "/10.1.2.3")));
    String operation = client.deleteTenant("a").operation();
    client.deleteService("C");

    groups.leave(group);

    await().until(() -> client.status().waiting().stream().anyMatch(line -> line.contains("c-client")));
    assertThat(steps(operation)).last().isEqualTo("closing");
    report(client.status().revision());
    awaitDone(operation);
    assertThat(held()).hasSize(1);
  }

  @Test
  void aheadOfTheClock_isPutAsideInDoubt_andHoldsUpNothing() {
    String stamp = apply("quarantine");
    groups.append(System.currentTimeMillis() + Duration.ofDays(365).toMillis(), ORDERS, bytes("when?"), "baggage",
        "tenancy=a");
    append("own", "a", stamp);

    String operation = client.deleteTenant("a").operation();

    awaitDone(operation);
    assertThat(held()).extracting(BurialTest::text, QuarantinedRecord::reason).containsExactly(
        tuple("when?", QuarantinedRecord.Reason.IN_DOUBT), tuple("own", QuarantinedRecord.Reason.RESIDUE));
    assertThat(held()).extracting(QuarantinedRecord::incarnation).containsOnly(life().incarnation().id());
    assertThat(client.operation(operation).steps()).filteredOn(step -> step.step().equals("bury"))
        .extracting(OperationInfo.Step::detail).first().asString().startsWith("1 messages").contains("too: 1 ");
  }

  @Test
  void aheadOfTheClock_toBeDiscardedInAnyCase_isPassedOver() {
    apply("discard");
    groups.append(System.currentTimeMillis() + Duration.ofDays(365).toMillis(), ORDERS, bytes("when?"), "baggage",
        "tenancy=a");

    awaitDone(client.deleteTenant("a").operation());

    assertThat(held()).isEmpty();
  }

  @Test
  void tooLarge_isPutAsideByReference_andHoldsUpNothing() {
    String stamp = apply("quarantine");
    append("own", "a", stamp);
    append("large".repeat(1_000), "a", stamp);
    groups.largest = 4_000;

    awaitDone(client.deleteTenant("a").operation());

    assertThat(held()).extracting(BurialTest::text).containsExactly("own", "");
    assertThat(held()).extracting(QuarantinedRecord::byReference).containsExactly(false, true);
    assertThat(held().get(1).offset()).isEqualTo(1);
    assertThat(held().get(1).headers().lastHeader("baggage")).isNotNull();
  }

  @ParameterizedTest
  @CsvSource({"c, true, true", "d, true, false", "c, false, false"})
  void handedOver_andNotRead_isPutAsideAsWhatItWas_byItsReceiverInItsGroup(String group, boolean own, boolean held) {
    String stamp = apply("quarantine");
    Headers headers = new RecordHeaders().add("baggage", bytes("tenancy=a,tenancy-rev=" + stamp));
    QuarantinedRecord record = new QuarantinedRecord(life().service(), QuarantinedRecord.Reason.IN_DOUBT, "", group,
        ORDERS, 3, 17, 5, null, bytes("before its start"), headers);
    var written = new RedeliveredRecord(record, own ? life().incarnation().id() : "another").written();
    groups.append(new ProducerRecord<>(RedeliveredRecord.topic(life().service(), "c", ORDERS), null, written.key(),
        written.value(), written.headers()));
    groups.append(RedeliveredRecord.topic(life().service(), "c", ORDERS), bytes("not ours"));

    awaitDone(client.deleteTenant("a").operation());

    assertThat(held()).hasSize(held ? 1 : 0).allSatisfy(aside -> {
      assertThat(text(aside)).isEqualTo("before its start");
      assertThat(aside.id()).isEqualTo(record.id());
      assertThat(aside.reason()).isEqualTo(QuarantinedRecord.Reason.RESIDUE);
      assertThat(aside.incarnation()).isEqualTo(life().incarnation().id());
      assertThat(aside.group()).isEqualTo("c");
    });
  }

  @Test
  void redeliver_whatNobodyBeganToProcess_goesToTheBaselineWithoutItsTag_andTheRestIsPutAside() {
    String stamp = apply("redeliver");
    String tag = "region=eu,tenancy=a,tenancy-rev=" + stamp;
    groups.append(ORDERS, bytes("claimed"), "baggage", tag, "X-Tenancy-ID", "a");
    groups.append(ORDERS, bytes("untagged"));
    groups.append(ORDERS, bytes("left"), "baggage", tag, "X-Tenancy-ID", "a");
    groups.claims.put("c.lk." + life().incarnation(), Map.of(ORDERS, 2L));

    String operation = client.deleteTenant("a").operation();

    awaitDone(operation);
    assertThat(held()).extracting(BurialTest::text).containsExactly("claimed");
    assertThat(held()).extracting(QuarantinedRecord::reason)
        .containsExactly(QuarantinedRecord.Reason.PERHAPS_PROCESSED);
    String again = RedeliveredRecord.topic(life().service(), "c", ORDERS);
    assertThat(groups.logOf(again)).singleElement().satisfies(record -> {
      RedeliveredRecord read = RedeliveredRecord.read(life().service(), record);
      assertThat(read.receiver()).as("the baseline").isEmpty();
      assertThat(new String(record.value(), StandardCharsets.UTF_8)).isEqualTo("left");
      assertThat(new String(record.headers().lastHeader("baggage").value(), StandardCharsets.UTF_8))
          .isEqualTo("region=eu");
      assertThat(record.headers().lastHeader("X-Tenancy-ID")).isNull();
    });
    assertThat(watching.table().service(life().service())).isNotNull()
        .satisfies(service -> assertThat(service.handovers()).hasSize(1));
  }

  @Test
  void redeliver_baselineReadsNothingThatIsHandedOver_whatIsLeftIsPutAside() {
    String stamp = apply("redeliver");
    append("left", "a", stamp);
    client.report("p1", reading(false));

    String operation = client.deleteTenant("a").operation();

    awaitDone(operation);
    assertThat(held()).extracting(BurialTest::text, QuarantinedRecord::reason)
        .containsExactly(tuple("left", QuarantinedRecord.Reason.RESIDUE));
    assertThat(groups.isThere(RedeliveredRecord.topic(life().service(), "c", ORDERS))).isFalse();
    assertThat(client.operation(operation).steps()).filteredOn(step -> step.step().equals("bury"))
        .extracting(OperationInfo.Step::detail)
        .containsExactly("1 messages that nobody had processed: handed over to the"
            + " baseline, but 1 that its consumers would not have read: put aside");
  }

  @Test
  void logThatWasCutBelowWhereTheGroupStands_isReadFromItsBeginning() {
    String stamp = apply("quarantine");
    append("left", "a", stamp);
    groups.place("c.lk." + life().incarnation(), ORDERS, 9);

    awaitDone(client.deleteTenant("a").operation());

    assertThat(held()).extracting(BurialTest::text).containsExactly("left");
  }

  private static DataPlaneReport reading(boolean handovers) {
    return new DataPlaneReport("C", null, null, "0.1.0", 0, 1, 1, "here", 1,
        List.of(new DataPlaneReport.Consumer("127.0.0.1:9092", "c", List.of(ORDERS), "c-1", "c-client", handovers)),
        List.of(), Map.of());
  }

  @Test
  void handedOver_serviceRemovedMeanwhile_isReadAllTheSame() {
    String stamp = apply("quarantine");
    String group = "c.lk." + life().incarnation();
    groups.members.put(group, List.of(new GroupBroker.Member("w", "w-client", "/10.1.2.3")));
    groups.append(new RedeliveredRecord(new QuarantinedRecord(life().service(), QuarantinedRecord.Reason.IN_DOUBT, "",
        "c", ORDERS, 0, 17, 5, null, bytes("before its start"),
        new RecordHeaders().add("baggage", bytes("tenancy=a,tenancy-rev=" + stamp))), life().incarnation().id())
        .written());
    String operation = client.deleteTenant("a").operation();
    client.deleteService("C");

    groups.leave(group);

    awaitDone(operation);
    assertThat(held()).extracting(BurialTest::text).containsExactly("before its start");
  }

  @Test
  void topicThatComesToBeKnownWhileClosing_isReadToItsFence() {
    groups.members.put("c", List.of(new GroupBroker.Member("c-1", "c-client", "/10.1.2.3")));
    report(0);
    String stamp = apply("quarantine");
    String operation = client.deleteTenant("a").operation();
    await().until(() -> steps(operation).contains("closing"));
    groups.append("more", new byte[]{1}, "baggage", "tenancy=a,tenancy-rev=" + stamp);
    client.applyYaml("kind: Service\nname: C\nconsumes: [{ topics: [orders, more], groups: [c] }]\n");

    report(client.status().revision());

    awaitDone(operation);
    assertThat(held()).extracting(QuarantinedRecord::topic).containsExactly("more");
  }

  @Test
  void groupThatIsMadeAgain_afterTheEnd_goes_andNoOther() {
    apply("discard");
    String ended = "c.lk." + life().incarnation();
    awaitDone(client.deleteTenant("a").operation());
    apply("discard");
    String live = "c.lk." + watching.table().overrides(TENANCY).getLast().incarnation();
    String foreign = "c.lk.another1234";
    for (String group : List.of(ended, foreign, "plain")) {
      groups.place(group, ORDERS, 5);
    }

    clock.advance(Duration.ofMinutes(2));

    await().until(() -> !groups.ownGroups().contains(ended));
    assertThat(groups.ownGroups()).containsExactlyInAnyOrder(live, foreign);
    assertThat(groups.committed("plain", ORDERS)).isEqualTo(5);
  }

  @Test
  void groupThatIsMadeAgain_andMayNotBeDeleted_stopsNoOther() {
    List<String> ended = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      apply("discard");
      ended.add("c.lk." + watching.table().overrides(TENANCY).getLast().incarnation());
      awaitDone(client.deleteTenant("a").operation());
    }
    ended.sort(Comparator.naturalOrder());
    groups.undeletable.add(ended.getFirst());
    ended.forEach(group -> groups.place(group, ORDERS, 5));

    clock.advance(Duration.ofMinutes(2));

    await().until(() -> !groups.ownGroups().contains(ended.getLast()));
    assertThat(groups.ownGroups()).contains(ended.getFirst());
    groups.undeletable.clear();
    clock.advance(Duration.ofMinutes(2));
    await().until(() -> groups.ownGroups().isEmpty());
  }

  @Test
  void internalTopics_ofTheLife_goWithItsGroup_andNoOther() {
    apply("discard");
    String own = "c.lk." + life().incarnation();
    for (String topic : List.of(own + "-store-changelog", own + "-store-repartition", "c-store-changelog",
        own + "x-y")) {
      groups.append(topic, bytes("state"));
    }

    awaitDone(client.deleteTenant("a").operation());

    assertThat(List.of(own + "-store-changelog", own + "-store-repartition")).noneMatch(groups::isThere);
    assertThat(List.of("c-store-changelog", own + "x-y")).allMatch(groups::isThere);
  }

  @Test
  void internalTopicThatIsMadeAgain_afterTheEnd_goes() {
    apply("discard");
    String again = "c.lk." + life().incarnation() + "-store-changelog";
    awaitDone(client.deleteTenant("a").operation());
    groups.append(again, bytes("state"));

    clock.advance(Duration.ofMinutes(2));

    await().until(() -> !groups.isThere(again));
  }

  @Test
  void end_serviceThatNobodyConsumesFor_isFencedAtOnce() {
    client.applyYaml("kind: Service\nname: B\nhosts: [b]\n");
    client.applyYaml("kind: Tenant\ntenancy: a\noverrides: { B: { redirect: \"http://127.0.0.1:9102\" } }\n");

    String operation = client.deleteTenant("a").operation();

    assertThat(client.operation(operation).state()).isEqualTo(OperationInfo.DONE);
    await().until(() -> life().phase() == Phase.FENCED);
    assertThat(life().fence()).isEmpty();
  }
}
