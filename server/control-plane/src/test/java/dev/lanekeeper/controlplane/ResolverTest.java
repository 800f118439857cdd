package dev.lanekeeper.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.api.DataPlaneReport;
import dev.lanekeeper.kafka.QuarantinedRecord;
import dev.lanekeeper.kafka.QuarantinedRecord.Reason;
import dev.lanekeeper.kafka.RedeliveredRecord;
import dev.lanekeeper.model.Service;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Tenancy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
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

/** What becomes of records that were put aside because nobody could tell whose they are. */
@Timeout(60)
class ResolverTest {

  private static final ServiceName C = ServiceName.of("C");
  private static final String AGAIN = RedeliveredRecord.topic(C, "c", "orders");
  private static final String ASIDE = "lanekeeper.quarantine.c";
  private static final String HOUSE = """
      kind: Cluster
      bootstrap: "127.0.0.1:9092"
      ---
      kind: Service
      name: C
      consumes: [{ topics: [orders], groups: [c, d] }]
      ---
      kind: Service
      name: B
      hosts: [b]
      """;

  @TempDir
  @SuppressWarnings("NullAway.Init") private Path directory;
  private final InMemoryGroups groups = new InMemoryGroups();
  @SuppressWarnings("NullAway.Init") private ControlPlane controlPlane;
  @SuppressWarnings("NullAway.Init") private ControlPlaneClient client;
  @SuppressWarnings("NullAway.Init") private Watching watching;

  private final MutableClock clock = new MutableClock();
  private final AtomicLong seconds = new AtomicLong();

  /** A machine on which a second goes by whenever somebody looks. */
  private long nanos() {
    return seconds.incrementAndGet() * 1_000_000_000;
  }

  private void open() throws Exception {
    controlPlane = ControlPlane.builder(directory).port(0).broker(groups).clock(clock).nanos(this::nanos)
        .tick(Duration.ofMillis(20))
        .horizon(Duration.ZERO).start();
    client = new ControlPlaneClient(controlPlane.uri(), null);
  }

  @BeforeEach
  void start() throws Exception {
    groups.clock = clock;
    open();
    groups.offsets.put("c", new TreeMap<>(Map.of("orders", 5L)));
    client.applyYaml(HOUSE);
    watching = new Watching(controlPlane.uri());
    await().until(() -> groups.logs.containsKey(ASIDE));
  }

  @AfterEach
  void stop() throws Exception {
    watching.close();
    controlPlane.close();
  }

  private String apply(String yaml) {
    client.applyYaml("kind: Tenant\n" + yaml);
    long revision = client.status().revision();
    await().until(() -> watching.table().revision() >= revision);
    return watching.table().stampOf(revision).toString();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(ConsumerRecord<byte[], byte[]> record) {
    return new String(record.value(), StandardCharsets.UTF_8);
  }

  /** A record as a data plane puts it aside that could not tell whose it is. */
  private QuarantinedRecord record(String value, long offset, String tenancy, String stamp) {
    return record(Duration.ZERO, value, offset, tenancy, stamp);
  }

  /** One with a timestamp that is ahead of the clock. */
  private QuarantinedRecord record(Duration ahead, String value, long offset, String tenancy, String stamp) {
    Headers headers = new RecordHeaders().add("baggage",
        bytes("tenancy=" + tenancy + (stamp.isEmpty() ? "" : ",tenancy-rev=" + stamp)));
    return new QuarantinedRecord(C, Reason.IN_DOUBT, "", "c", "orders", 0, offset, clock.millis() + ahead.toMillis(),
        null,
        bytes(value), headers);
  }

  private void putAside(QuarantinedRecord record) {
    groups.append(record.written());
  }

  private void putAside(String value, long offset, String tenancy, String stamp) {
    putAside(record(value, offset, tenancy, stamp));
  }

  /** The stamp of a tenant that has the baseline of C. */
  private String applyElsewhere() {
    return apply("tenancy: a\noverrides: { B: { redirect: \"http://127.0.0.1:9102\" } }\n");
  }

  /** What stands in the quarantine for another reason than doubt. */
  private List<QuarantinedRecord> aside() {
    return groups.logOf(ASIDE).stream().map(QuarantinedRecord::read)
        .filter(record -> record.reason() != Reason.IN_DOUBT)
        .toList();
  }

  private List<ConsumerRecord<byte[], byte[]>> handedOver() {
    return groups.logOf(AGAIN);
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }

  /** All that stands in the quarantine was read, and what came of it was written. */
  private void awaitResolved() {
    await().until(
        () -> groups.resolved(ASIDE) >= groups.logOf(ASIDE).size());
  }

  /** Whether consumers of the service are told that records are handed over to it. */
  private boolean redelivers() {
    Service service = watching.table().service(C);
    return service != null && !service.handovers().isEmpty();
  }

  @Test
  void baselines_isHandedOverWithItsTag_andConsumersAreTold() {
    String stamp = apply("tenancy: a\noverrides: { B: { redirect: \"http://127.0.0.1:9102\" } }\n");
    putAside("the baseline's", 7, "a", stamp);

    awaitResolved();

    assertThat(handedOver()).hasSize(1);
    ConsumerRecord<byte[], byte[]> record = handedOver().get(0);
    assertThat(new String(record.value(), StandardCharsets.UTF_8)).isEqualTo("the baseline's");
    assertThat(header(record, "lanekeeper-receiver")).isEmpty();
    assertThat(header(record, "lanekeeper-group")).isEqualTo("c");
    assertThat(header(record, "baggage")).contains("tenancy=a", "tenancy-rev=" + stamp);
    await().until(this::redelivers);
    client.applyYaml("kind: Service\nname: C\nhosts: [\"c:8080\"]\nconsumes: [{ topics: [orders], groups: [c] }]\n");
    long revision = client.status().revision();
    await().until(() -> watching.table().revision() >= revision);
    assertThat(redelivers()).as("after a document that was applied later").isTrue();
  }

  @Test
  void workloads_isDropped_exceptWhereItStandsBeforeItsStart() {
    String stamp = apply("tenancy: a\noverrides: { C: { workload: {} } }\n");
    String incarnation = watching.table().overrides(new Tenancy("a")).get(0).incarnation().id();
    putAside("read by the workload itself", 5, "a", stamp);
    putAside("before its start", 4, "a", stamp);

    awaitResolved();

    assertThat(handedOver()).hasSize(1);
    assertThat(new String(handedOver().get(0).value(), StandardCharsets.UTF_8)).isEqualTo("before its start");
    assertThat(header(handedOver().get(0), "lanekeeper-receiver")).isEqualTo(incarnation);
  }

  @Test
  void nobodys_isTreatedByPolicy() {
    client.applyYaml("kind: Environment\nprofile: production\npolicy: { ended: refuse }\n");
    apply("tenancy: a\noverrides: { B: { redirect: \"http://127.0.0.1:9102\" } }\n");
    client.deleteTenant("a");
    long ended = client.status().revision();
    await().until(() -> watching.table().revision() >= ended);
    String after = watching.table().stampOf(ended).toString();
    putAside("of an ended tenant", 7, "a", after);
    putAside("a stranger's", 8, "stranger", after);

    awaitResolved();

    assertThat(handedOver()).isEmpty();
    assertThat(aside()).extracting(QuarantinedRecord::offset, QuarantinedRecord::reason)
        .containsExactly(tuple(8L, Reason.UNREGISTERED));
  }

  @Test
  void severalCopies_countAsOne_alsoAfterARestart() throws Exception {
    String stamp = apply("tenancy: a\noverrides: { B: { redirect: \"http://127.0.0.1:9102\" } }\n");
    ProducerRecord<byte[], byte[]> written = new QuarantinedRecord(C, Reason.IN_DOUBT, "", "c", "orders", 0, 7, 1, null,
        new byte[]{1}, new RecordHeaders().add("baggage",
            ("tenancy=a,tenancy-rev=" + stamp).getBytes(StandardCharsets.UTF_8)))
        .written();
    groups.append(written);
    groups.append(written);
    awaitResolved();
    controlPlane.close();
    groups.append(written);
    open();

    awaitResolved();

    assertThat(handedOver()).hasSize(1);
  }

  @Test
  void closing_waitsForTheFence() {
    String stamp = apply("tenancy: a\noverrides: { C: { workload: {} } }\n");
    groups.members.put("c",
        List.of(new dev.lanekeeper.controlplane.kafka.GroupBroker.Member("c-1", "c-client", "/10.1.2.3")));
    client.deleteTenant("a");
    await()
        .until(() -> watching.table().overrides(new Tenancy("a")).get(0).phase() == dev.lanekeeper.model.Phase.CLOSING);
    putAside("who knows", 9, "a", stamp);
    await().during(Duration.ofMillis(300)).until(() -> groups.resolved(ASIDE) <= 0);

    groups.members.remove("c");

    awaitResolved();
    assertThat(handedOver()).as("beyond the fence: of an ended tenant, discarded in staging").isEmpty();
  }

  @Test
  void aheadOfTheClock_stopsNothing_andIsDecidedInItsTime_alsoAfterARestart() throws Exception {
    String stamp = applyElsewhere();
    putAside(record(Duration.ofHours(1), "ahead", 7, "a", ""));
    putAside("behind it", 8, "a", stamp);

    await().until(() -> !handedOver().isEmpty());

    await().during(Duration.ofMillis(200)).until(() -> groups.resolved(ASIDE) == 0);
    controlPlane.close();
    open();
    clock.advance(Duration.ofHours(2));
    awaitResolved();
    assertThat(handedOver()).extracting(ResolverTest::text).containsExactly("behind it", "ahead");
    assertThat(header(handedOver().get(1), "baggage")).contains("tenancy=a", "tenancy-rev=");
  }

  @Test
  void undertakersCopy_countsForItsLifeAlone() {
    String stamp = apply("tenancy: a\nresidue: quarantine\noverrides: { C: { workload: {} } }\n");
    String incarnation = watching.table().overrides(new Tenancy("a")).get(0).incarnation().id();
    String other = apply("tenancy: b\noverrides: { B: { redirect: \"http://127.0.0.1:9102\" } }\n");
    putAside(record("its own", 7, "a", stamp).because(Reason.IN_DOUBT, incarnation));
    putAside(record("the baseline's", 8, "b", other).because(Reason.IN_DOUBT, incarnation));
    putAside(record("another life's", 9, "a", stamp).because(Reason.IN_DOUBT, "another"));
    awaitResolved();
    assertThat(handedOver()).isEmpty();
    assertThat(aside()).extracting(QuarantinedRecord::offset, QuarantinedRecord::reason)
        .containsExactly(tuple(7L, Reason.RESIDUE));

    putAside(record("the baseline's", 8, "b", other));

    await().until(() -> !handedOver().isEmpty());
    assertThat(handedOver()).as("put aside by the baseline's group itself").extracting(ResolverTest::text)
        .containsExactly("the baseline's");
  }

  @Test
  void undertakersCopy_ofALifeWithNothingToKeep_isDropped() {
    String stamp = apply("tenancy: a\nresidue: discard\noverrides: { C: { workload: {} } }\n");
    String incarnation = watching.table().overrides(new Tenancy("a")).get(0).incarnation().id();
    putAside(record("its own", 7, "a", stamp).because(Reason.IN_DOUBT, incarnation));

    awaitResolved();

    assertThat(aside()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"baseline, 0", "refuse, 0", "quarantine, 1"})
  void redirected_followsThePolicy_asAtADataPlane(String ended, int kept) {
    client.applyYaml("kind: Environment\nprofile: staging\npolicy: { ended: " + ended + " }\n---\n"
        + "kind: Service\nname: D\nhosts: [d]\n");
    String stamp = apply("tenancy: a\noverrides: { D: { redirect: \"http://127.0.0.1:9102\" } }\n");
    ServiceName service = ServiceName.of("D");
    String topic = QuarantinedRecord.topic(service);
    groups.append(new QuarantinedRecord(service, Reason.IN_DOUBT, "", "d", "orders", 0, 7, 1, null, bytes("call"),
        new RecordHeaders().add("baggage", bytes("tenancy=a,tenancy-rev=" + stamp))).written());

    await().until(() -> groups.resolved(topic) >= 1 + kept);

    assertThat(groups.logOf(topic)).hasSize(1 + kept);
    assertThat(groups.logs.keySet()).noneMatch(name -> name.startsWith("lanekeeper.redelivered."));
  }

  @ParameterizedTest
  @CsvSource({"quarantine, RESIDUE", "redeliver, PERHAPS_PROCESSED"})
  void handedOver_lifeComesToBeItsUndertakers_beforeItIsThere_isDecidedAgain(String residue, Reason reason) {
    String stamp = apply("tenancy: a\nresidue: " + residue + "\noverrides: { C: { workload: {} } }\n");
    String incarnation = watching.table().overrides(new Tenancy("a")).get(0).incarnation().id();
    for (int i = 0; i < 6; i++) {
      groups.append("orders", bytes("untagged"));
    }
    groups.beforeCopies.set(() -> {
      client.deleteTenant("a");
      await().until(() -> client.status().ending() == 0);
    });

    putAside("before its start", 4, "a", stamp);

    awaitResolved();
    assertThat(handedOver()).as("for an undertaker who has left").hasSize(1);
    assertThat(aside())
        .extracting(QuarantinedRecord::offset, QuarantinedRecord::reason, QuarantinedRecord::incarnation)
        .containsExactly(tuple(4L, reason, incarnation));
  }

  @Test
  void diesBeforeItIsNoted_isHandedOverAgain() throws Exception {
    String stamp = applyElsewhere();
    groups.afterCopies.set(() -> {
      throw new InMemoryGroups.Death();
    });
    putAside("the baseline's", 7, "a", stamp);
    await().dontCatchUncaughtExceptions().until(() -> !handedOver().isEmpty());
    controlPlane.close();
    open();

    awaitResolved();

    assertThat(handedOver()).extracting(ResolverTest::text).containsExactly("the baseline's", "the baseline's");
  }

  @Test
  void byReference_isHandedOverAsItStandsWhereItCameFrom() {
    String stamp = applyElsewhere();
    groups.append(clock.millis(), "orders", bytes("large"), "baggage", "tenancy=a,tenancy-rev=" + stamp);
    putAside(record("large", 0, "a", stamp).asReference());

    awaitResolved();

    assertThat(handedOver()).extracting(ResolverTest::text).containsExactly("large");
    assertThat(header(handedOver().get(0), "baggage")).contains("tenancy=a");
  }

  @Test
  void byReference_ofWhatIsGoneOrAnotherByNow_staysAndStopsNothing() {
    String stamp = applyElsewhere();
    groups.append(clock.millis() + 1, "orders", bytes("of a topic that was made anew"));
    putAside(record("large", 0, "a", stamp).asReference());
    putAside(record("large", 17, "a", stamp).asReference());
    putAside("behind it", 18, "a", stamp);

    awaitResolved();

    assertThat(handedOver()).extracting(ResolverTest::text).containsExactly("behind it");
    assertThat(groups.logOf(ASIDE)).hasSize(3);
  }

  @Test
  void tooLargeToBeHandedOver_staysAndStopsNothing() {
    String stamp = applyElsewhere();
    groups.largest = 2_000;
    putAside("large".repeat(1_000), 7, "a", stamp);
    putAside("behind it", 8, "a", stamp);

    awaitResolved();

    assertThat(handedOver()).extracting(ResolverTest::text).containsExactly("behind it");
  }

  @Test
  void eachGroup_isHandedOverWhatItPutAside_throughATopicOfItsOwn() {
    String stamp = applyElsewhere();
    QuarantinedRecord record = record("the baseline's", 7, "a", stamp);
    putAside(record);
    putAside(new QuarantinedRecord(C, Reason.IN_DOUBT, "", "d", "orders", 0, 7, record.timestampMillis(), null,
        bytes("the baseline's"), record.headers()));

    awaitResolved();

    for (String group : List.of("c", "d")) {
      List<ConsumerRecord<byte[], byte[]>> log = groups.logOf(RedeliveredRecord.topic(C, group, "orders"));
      assertThat(log).hasSize(1);
      assertThat(header(log.get(0), "lanekeeper-group")).isEqualTo(group);
    }
  }

  @Test
  void serviceThatIsRemoved_losesItsHandovers() {
    String stamp = applyElsewhere();
    putAside("the baseline's", 7, "a", stamp);
    awaitResolved();
    await().until(this::redelivers);

    client.deleteService("C");

    await().until(() -> watching.table().service(C) == null);
    client.applyYaml("kind: Service\nname: C\nhosts: [\"c:8080\"]\n");
    await().until(() -> watching.table().service(C) != null);
    assertThat(redelivers()).isFalse();
  }

  @Test
  void handOverTopicThatMayNotBeMade_stopsNoOther_andIsTriedAgain() {
    String stamp = applyElsewhere();
    groups.refused.add(RedeliveredRecord.topic(C, "d", "orders"));
    QuarantinedRecord record = record("the baseline's", 7, "a", stamp);
    putAside(new QuarantinedRecord(C, Reason.IN_DOUBT, "", "d", "orders", 0, 7, record.timestampMillis(), null,
        bytes("of group d"), record.headers()));
    putAside(record);
    await().until(() -> !handedOver().isEmpty());

    groups.refused.clear();

    awaitResolved();
    assertThat(groups.logOf(RedeliveredRecord.topic(C, "d", "orders"))).hasSize(1);
  }

  @Test
  void quarantineThatMayNotBeMade_stopsNoOther() {
    String stamp = applyElsewhere();
    groups.refused.add("lanekeeper.quarantine.d");
    client.applyYaml("""
        kind: Service
        name: D
        consumes: [{ topics: [orders], groups: [d] }]
        ---
        kind: Service
        name: E
        consumes: [{ topics: [orders], groups: [e] }]
        """);
    await().until(() -> groups.logs.containsKey("lanekeeper.quarantine.e"));
    putAside("the baseline's", 7, "a", stamp);

    awaitResolved();

    assertThat(handedOver()).hasSize(1);
  }

  @Test
  void foreignRecordInTheQuarantine_isPassedOver() {
    groups.append(new ProducerRecord<>(ASIDE, new byte[]{1}));

    awaitResolved();

    assertThat(handedOver()).isEmpty();
  }

  @Test
  void recordsThatNobodyPutAside_stopNothing() {
    String stamp = applyElsewhere();
    Headers headers = record("", 6, "a", stamp).headers();
    groups.append(new QuarantinedRecord(C, Reason.IN_DOUBT, "", "", "orders", 0, 6, 1, null, bytes("of no group"),
        headers).written());
    groups.append(new QuarantinedRecord(C, Reason.IN_DOUBT, "", "c", "orders", -1, 6, 1, null, bytes("of no place"),
        headers).written());
    groups.append(new QuarantinedRecord(C, Reason.IN_DOUBT, "", "c", "", 0, 6, 1, null, bytes("of no topic"),
        headers).written());
    ProducerRecord<byte[], byte[]> ofAnother =
        new QuarantinedRecord(ServiceName.of("B"), Reason.IN_DOUBT, "", "b", "orders", 0, 6, 1, null,
            bytes("of another service"), headers).written();
    groups.append(new ProducerRecord<>(ASIDE, null, ofAnother.key(), ofAnother.value(), ofAnother.headers()));
    putAside("behind", 7, "a", stamp);

    awaitResolved();

    assertThat(handedOver()).extracting(ResolverTest::text).containsExactly("behind");
  }

  /** Of another environment on the same broker: its stamps mean nothing here. */
  @Test
  void quarantineOfAServiceThatIsUnknownHere_isLeftAlone() {
    String stamp = applyElsewhere();
    groups.append(new QuarantinedRecord(ServiceName.of("X"), Reason.IN_DOUBT, "", "x", "orders", 0, 6, 1, null,
        bytes("another's"), record("", 6, "a", stamp).headers()).written());
    putAside("ours", 7, "a", stamp);

    awaitResolved();

    assertThat(groups.resolved("lanekeeper.quarantine.x")).isZero();
    assertThat(groups.logOf(RedeliveredRecord.topic(ServiceName.of("X"), "x", "orders"))).isEmpty();
  }

  @Test
  void quarantineThatIsDeleted_isMadeAgain() {
    await().until(() -> groups.isThere(ASIDE));
    groups.deleteTopic(ASIDE);

    await().atMost(Duration.ofSeconds(30)).until(() -> groups.isThere(ASIDE));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void handOverTopicThatMayNotBeWritten_stopsNoOther_andIsTriedAgain(boolean answers) {
    String stamp = applyElsewhere();
    String ofD = RedeliveredRecord.topic(C, "d", "orders");
    (answers ? groups.unwritable : groups.mute).add(ofD);
    QuarantinedRecord record = record("the baseline's", 7, "a", stamp);
    putAside(new QuarantinedRecord(C, Reason.IN_DOUBT, "", "d", "orders", 0, 7, record.timestampMillis(), null,
        bytes("of group d"), record.headers()));
    putAside(record);
    await().until(() -> handedOver().size() == 1);
    assertThat(groups.logOf(ofD)).isEmpty();

    groups.unwritable.clear();
    groups.mute.clear();

    awaitResolved();
    assertThat(groups.logOf(ofD)).hasSize(1);
    assertThat(handedOver()).hasSize(1);
  }

  @Test
  void handOverTopicThatWasDeleted_isMadeAgain() {
    String stamp = applyElsewhere();
    putAside("first", 7, "a", stamp);
    awaitResolved();
    groups.deleteTopic(AGAIN);
    groups.mute.add(AGAIN);
    groups.madeAgain(AGAIN);

    putAside("second", 8, "a", stamp);

    awaitResolved();
    assertThat(handedOver()).extracting(ResolverTest::text).containsExactly("second");
  }

  @Test
  void handedOverLongAgo_behindOneThatIsOpen_isNotAgain() throws Exception {
    String stamp = applyElsewhere();
    putAside(record(Duration.ofDays(4_000), "microseconds", 6, "a", ""));
    putAside("once", 7, "a", stamp);
    await().until(() -> handedOver().size() == 1);
    for (int day = 1; day <= 40; day++) {
      clock.advance(Duration.ofDays(1));
      putAside("of day " + day, 7 + day, "a", stamp);
      int all = day + 1;
      await().until(() -> handedOver().size() == all);
    }
    controlPlane.close();
    open();

    putAside("last", 60, "a", stamp);

    await().until(() -> handedOver().stream().anyMatch(record -> text(record).equals("last")));
    assertThat(handedOver()).hasSize(42).extracting(ResolverTest::text).doesNotHaveDuplicates();
  }

  @Test
  void manyThatCannotBeDecided_stopNobodyElse_andAreDecidedInTheirTime() {
    String stamp = applyElsewhere();
    for (int i = 0; i < 10_100; i++) {
      putAside(record(Duration.ofHours(1), "ahead", 100 + i, "a", ""));
    }
    putAside("of now", 7, "a", stamp);

    await().until(() -> handedOver().size() == 1);
    assertThat(groups.resolved(ASIDE)).isZero();

    clock.advance(Duration.ofHours(2));
    awaitResolved();
    assertThat(handedOver()).hasSize(10_101).extracting(record -> header(record, "lanekeeper-id"))
        .doesNotHaveDuplicates();
  }

  /** One document for those inside a network, another for those outside of it. */
  @ParameterizedTest
  @ValueSource(strings = {"aaa", "zz"})
  void oneKafkaInTwoDocuments_isLookedAfterOnce(String other) throws Exception {
    client.applyYaml("kind: Cluster\nname: " + other + "\nbootstrap: \"127.0.0.1:9099\"\n");
    String stamp = apply("tenancy: a\noverrides: { C: { workload: {} } }\n");
    controlPlane.close();
    open();

    putAside("before its start", 4, "a", stamp);

    awaitResolved();
    assertThat(handedOver()).hasSize(1);
  }

  @Test
  void baselineThatReadsNothingThatIsHandedOver_getsNothing_untilItDoes() {
    String stamp = applyElsewhere();
    client.report("p1", reading(false));
    putAside("the baseline's", 6, "a", stamp);
    await().during(Duration.ofMillis(500)).until(() -> groups.resolved(ASIDE) == 0 && handedOver().isEmpty());

    client.report("p1", reading(true));
    clock.advance(Duration.ofMinutes(11));

    awaitResolved();
    assertThat(handedOver()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"5, 1", "2, 5"})
  void quarantineThatIsDeleted_andMadeAgain_whatIsPutAsideThenIsDecided(int before, int after) {
    String stamp = applyElsewhere();
    for (int i = 0; i < before; i++) {
      putAside("before", 10 + i, "a", stamp);
    }
    awaitResolved();
    assertThat(handedOver()).hasSize(before);
    groups.deleteTopic(ASIDE);
    await().until(() -> groups.isThere(ASIDE));

    for (int i = 0; i < after; i++) {
      putAside("after", 30 + i, "a", stamp);
    }

    await().until(() -> handedOver().size() == before + after);
  }

  private static DataPlaneReport reading(boolean handovers) {
    return new DataPlaneReport("C", null, null, "0.1.0", 0, 1, 1, "here", 1,
        List.of(new DataPlaneReport.Consumer("127.0.0.1:9092", "c", List.of("orders"), "m", "client", handovers)),
        List.of(), Map.of());
  }

  @ParameterizedTest
  @CsvSource({"evil, orders", "c, payments"})
  void groupOrTopicThatNobodyReported_getsNothing_untilSomebodyDoes(String group, String topic) {
    String stamp = applyElsewhere();
    QuarantinedRecord record = record("forged?", 6, "a", stamp);
    putAside(new QuarantinedRecord(C, Reason.IN_DOUBT, "", group, topic, 0, 6, record.timestampMillis(), null,
        bytes("forged?"), record.headers()));
    putAside("behind", 7, "a", stamp);
    await().until(() -> handedOver().size() == 1);
    String through = RedeliveredRecord.topic(C, group, topic);
    assertThat(groups.isThere(through)).isFalse();
    assertThat(groups.resolved(ASIDE)).isZero();

    client.applyYaml("kind: Service\nname: C\nconsumes: [{ topics: [orders, " + topic + "], groups: [c, " + group
        + "] }]\n");
    clock.advance(Duration.ofMinutes(2));

    awaitResolved();
    assertThat(groups.logOf(through)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void wholeCopy_ofWhatIsAReferenceToNowhere_isHandedOver(boolean restarted) throws Exception {
    String stamp = applyElsewhere();
    putAside(record("whole", 17, "a", stamp).asReference());
    if (restarted) {
      awaitResolved();
      controlPlane.close();
      open();
    }
    putAside(record("whole", 17, "a", stamp));

    awaitResolved();

    assertThat(handedOver()).extracting(ResolverTest::text).containsExactly("whole");
  }

  @Test
  void referenceAndWholeCopy_countAsOne() {
    String stamp = applyElsewhere();
    groups.append(clock.millis(), "orders", bytes("whole"), "baggage", "tenancy=a,tenancy-rev=" + stamp);
    putAside(record("whole", 0, "a", stamp).asReference());
    putAside(record("whole", 0, "a", stamp));
    putAside(record("whole", 0, "a", stamp).asReference());

    awaitResolved();

    assertThat(handedOver()).extracting(ResolverTest::text).containsExactly("whole");
  }

  @Test
  void serviceThatIsAppliedAgain_readsWhatWasHandedOverToIt() {
    String stamp = applyElsewhere();
    putAside("the baseline's", 7, "a", stamp);
    awaitResolved();
    await().until(this::redelivers);
    client.deleteService("C");
    await().until(() -> watching.table().service(C) == null);

    client.applyYaml("kind: Service\nname: C\nconsumes: [{ topics: [orders], groups: [c] }]\n");

    await().until(this::redelivers);
    assertThat(handedOver()).hasSize(1);
  }

  @Test
  void handOverTopic_inWhichAllIsRead_isUnlisted_andThenDeleted() {
    String stamp = applyElsewhere();
    putAside("the baseline's", 7, "a", stamp);
    awaitResolved();
    await().until(this::redelivers);
    pass(Duration.ofDays(3));
    await().during(Duration.ofMillis(300)).until(this::redelivers);

    groups.place("c.redelivered", AGAIN, 1);

    long looks = groups.asked("positions c.redelivered");
    await().until(() -> {
      pass(Duration.ofMinutes(1));
      return groups.asked("positions c.redelivered") > looks + 1;
    });
    assertThat(redelivers()).isTrue();
    pass(Duration.ofDays(3));
    await().until(() -> !redelivers());
    assertThat(groups.isThere(AGAIN)).as("somebody may be about to write to it").isTrue();
    pass(Duration.ofMinutes(20));
    await().until(() -> !groups.isThere(AGAIN));
    putAside("another", 8, "a", stamp);
    await().until(() -> handedOver().size() == 1);
    await().until(this::redelivers);
  }

  @Test
  void handOverTopic_thatIsWrittenToWhileItGoes_isListedAgain() {
    String stamp = applyElsewhere();
    putAside("the baseline's", 7, "a", stamp);
    awaitResolved();
    await().until(this::redelivers);
    groups.place("c.redelivered", AGAIN, 1);
    await().until(() -> {
      pass(Duration.ofDays(1));
      return !redelivers();
    });

    groups.append(AGAIN, bytes("by another control plane"));

    await().until(this::redelivers);
    pass(Duration.ofMinutes(20));
    await().during(Duration.ofMillis(300)).until(() -> groups.isThere(AGAIN));
  }

  @Test
  void handOverTopic_thatIsListedAgainWhileItGoes_stays() {
    String stamp = applyElsewhere();
    putAside("the baseline's", 7, "a", stamp);
    awaitResolved();
    await().until(this::redelivers);
    groups.place("c.redelivered", AGAIN, 1);
    long looks = groups.asked("positions c.redelivered");
    await().until(() -> {
      pass(Duration.ofMinutes(1));
      return groups.asked("positions c.redelivered") > looks + 1;
    });
    pass(Duration.ofDays(3));
    await().until(() -> !redelivers());

    groups.mute.add(AGAIN); // who lists it does not come to write yet
    putAside("another", 8, "a", stamp);
    await().until(this::redelivers);

    pass(Duration.ofMinutes(20));
    await().during(Duration.ofMillis(500)).until(() -> handedOver().size() == 1); // one that was made anew is empty
  }

  @Test
  void handOverTopic_thatMayNotBeDeleted_isWrittenToAgain() {
    String stamp = applyElsewhere();
    putAside("the baseline's", 7, "a", stamp);
    awaitResolved();
    await().until(this::redelivers);
    groups.place("c.redelivered", AGAIN, 1);
    groups.protectedTopics.add(AGAIN);
    await().until(() -> {
      pass(Duration.ofDays(1));
      return groups.asked("delete topic " + AGAIN) > 0;
    });

    putAside("another", 8, "a", stamp);

    await().until(() -> handedOver().size() == 2);
    await().until(this::redelivers);
  }

  /** A control plane dies in the midst of the deletion of the hand-over topic; the stamp of what is put aside. */
  private String diesWhileItDeletes() throws Exception {
    String stamp = applyElsewhere();
    putAside("the baseline's", 7, "a", stamp);
    awaitResolved();
    await().until(this::redelivers);
    groups.place("c.redelivered", AGAIN, 1);
    groups.undeletable.add(AGAIN);
    await().until(() -> {
      pass(Duration.ofDays(1));
      return groups.asked("delete topic " + AGAIN) > 0;
    });
    stop();
    groups.undeletable.clear();
    return stamp;
  }

  @Test
  void handOverTopic_whoWasDeletingItDied_goesAllTheSame_andIsMadeAgain() throws Exception {
    String stamp = diesWhileItDeletes();

    open();

    watching = new Watching(controlPlane.uri());
    await().until(() -> {
      pass(Duration.ofMinutes(1));
      return !groups.isThere(AGAIN);
    });
    putAside("another", 8, "a", stamp);
    await().until(() -> handedOver().size() == 1);
    await().until(this::redelivers);
  }

  @Test
  void handOverTopic_whoWasDeletingItDied_andSomethingIsToBeReadThere_isListedAgain() throws Exception {
    diesWhileItDeletes();
    groups.append(AGAIN, bytes("by a store of before"));

    open();

    watching = new Watching(controlPlane.uri());
    await().until(this::redelivers);
    assertThat(handedOver()).hasSize(2);
  }

  @Test
  void handOverTopic_thatIsMadeWhileAllAreListed_isListedAgain() {
    String stamp = applyElsewhere();
    putAside("the baseline's", 7, "a", stamp);
    awaitResolved();
    await().until(this::redelivers);
    groups.unseen.add(AGAIN);
    await().until(() -> !redelivers());

    groups.unseen.clear();

    await().until(this::redelivers);
    assertThat(handedOver()).hasSize(1);
  }

  @Test
  void handOverTopic_thatAWorkloadHasYetToRead_stays() {
    String stamp = apply("tenancy: a\noverrides: { C: { workload: {} } }\n");
    String group = "c.redelivered.lk." + watching.table().overrides(new Tenancy("a")).get(0).incarnation();
    putAside("before its start", 4, "a", stamp);
    awaitResolved();
    groups.place("c.redelivered", AGAIN, 1);
    pass(Duration.ofDays(3));
    await().during(Duration.ofMillis(300)).until(this::redelivers);

    groups.place(group, AGAIN, 1);

    await().until(() -> {
      pass(Duration.ofDays(1));
      return !redelivers();
    });
  }

  /** Time goes by, on the machine's clock. */
  private void pass(Duration time) {
    seconds.addAndGet(time.toSeconds());
  }
}
