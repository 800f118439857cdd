package dev.lanekeeper.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.api.DataPlaneReport;
import dev.lanekeeper.api.DisposalOrder;
import dev.lanekeeper.api.OperationInfo;
import dev.lanekeeper.api.ProblemException;
import dev.lanekeeper.api.QuarantinePage;
import dev.lanekeeper.api.QuarantinedInfo;
import dev.lanekeeper.api.QuarantinedRecordInfo;
import dev.lanekeeper.controlplane.kafka.BrokerException;
import dev.lanekeeper.kafka.QuarantinedRecord;
import dev.lanekeeper.kafka.QuarantinedRecord.Reason;
import dev.lanekeeper.kafka.RedeliveredRecord;
import dev.lanekeeper.model.ServiceName;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What people see of quarantines, and what they do with what stands there. */
@Timeout(60)
class ReleaseTest {

  private static final ServiceName C = ServiceName.of("C");
  private static final String AGAIN = RedeliveredRecord.topic(C, "c", "orders");
  private static final String ASIDE = "lanekeeper.quarantine.c";
  private static final QuarantinePage.Filter ALL = new QuarantinePage.Filter(null, null, null, null);
  private static final String HOUSE = """
      kind: Cluster
      bootstrap: "127.0.0.1:9092"
      ---
      kind: Service
      name: C
      consumes: [{ topics: [orders], groups: [c] }]
      """;
  private static final String TENANT = "kind: Tenant\ntenancy: a\noverrides: { C: { workload: {} } }\n";

  @TempDir
  @SuppressWarnings("NullAway.Init") private Path directory;
  private final InMemoryGroups groups = new InMemoryGroups();
  private final AtomicLong seconds = new AtomicLong();
  private final MutableClock clock = new MutableClock();
  @SuppressWarnings("NullAway.Init") private ControlPlane controlPlane;
  @SuppressWarnings("NullAway.Init") private ControlPlaneClient client;

  @BeforeEach
  void start() throws Exception {
    open();
    groups.offsets.put("c", new TreeMap<>(Map.of("orders", 5L)));
    client.applyYaml(HOUSE);
    await().until(() -> groups.isThere(ASIDE));
  }

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

  @AfterEach
  void stop() {
    controlPlane.close();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private QuarantinedRecord record(Reason reason, String value, long offset, String tenancy) {
    RecordHeaders headers = new RecordHeaders();
    headers.add("baggage", bytes("tenancy=" + tenancy + ",colour=red"));
    headers.add("X-Tenancy-ID", bytes(tenancy));
    return new QuarantinedRecord(C, reason, "", "c", "orders", 0, offset, clock.millis(), bytes("key"), bytes(value),
        headers);
  }

  /** Puts a record aside; its id. */
  private String putAside(Reason reason, String value, long offset, String tenancy) {
    groups.append(record(reason, value, offset, tenancy).written());
    return "default/c/0/" + (groups.logOf(ASIDE).size() - 1);
  }

  private static DisposalOrder order(String receiver, String... ids) {
    return new DisposalOrder(null, List.of(ids), receiver, "alice", false);
  }

  private List<ConsumerRecord<byte[], byte[]>> handedOver() {
    return groups.logOf(AGAIN);
  }

  private static @Nullable String header(ConsumerRecord<byte[], byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
  }

  private QuarantinedInfo look(String id) {
    return client.quarantined(id).record();
  }

  private static String code(Runnable call) {
    ProblemException problem = catchThrowableOfType(ProblemException.class, call::run);
    assertThat(problem).isNotNull();
    assertThat(problem.next()).isNotBlank();
    return problem.code();
  }

  @Test
  void list_isNewestFirst_filtered_counted_andPaged() {
    for (int i = 0; i < 700; i++) {
      putAside(i % 2 == 0 ? Reason.ENDED : Reason.UNREGISTERED, "v" + i, i, i % 5 == 0 ? "x+a" : "b");
    }
    groups.append(ASIDE, bytes("not ours"));

    List<QuarantinedInfo> all = new ArrayList<>();
    QuarantinePage page = client.quarantine(ALL, 300, null);
    all.addAll(page.records());
    assertThat(page.records()).hasSize(300);
    assertThat(page.looked()).isEqualTo(300);
    assertThat(page.rest()).isEqualTo(400);
    putAside(Reason.ENDED, "came meanwhile", 1_000, "a");
    while (page.next() != null) {
      page = client.quarantine(ALL, 300, page.next());
      all.addAll(page.records());
    }

    assertThat(all).extracting(QuarantinedInfo::offset).isSortedAccordingTo((a, b) -> Long.compare(b, a))
        .hasSize(700).startsWith(699L).endsWith(0L);
    QuarantinePage counts = client.quarantine(new QuarantinePage.Filter("c", "a", null, "held"), 0, null);
    assertThat(counts.records()).isEmpty();
    assertThat(counts.counts()).containsOnly(Map.entry("ended", 71L), Map.entry("unregistered", 70L));
    assertThat(counts.next()).isNull();
    QuarantinePage ended = client.quarantine(new QuarantinePage.Filter(null, "a", "ended", null), 5, null);
    assertThat(ended.records()).extracting(QuarantinedInfo::tenancy).containsExactly("a", "x+a", "x+a", "x+a", "x+a");
    assertThat(client.quarantine(new QuarantinePage.Filter("D", null, null, null), 5, null).records()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"reason, because", "state, gone", "tenancy, a//b", "service, a b", "limit, 501", "limit, few",
      "after, nowhere"})
  void list_malformedQuestion_namesItsField(String field, String value) throws Exception {
    var answer = Http.get(controlPlane.uri(),
        "/v1/quarantine?" + field + "=" + value.replace(" ", "%20").replace("/", "%2F"));

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("\"field\":\"" + field + "\"", "expected: ");
  }

  @Test
  void show_hasWhereItCameFrom_andWhatItHolds() {
    String id = putAside(Reason.ENDED, "eleven \u00e9", 11, "a");
    QuarantinedRecord binary = record(Reason.RESIDUE, "", 12, "a");
    groups.append(new QuarantinedRecord(C, Reason.RESIDUE, "life1", "c", "orders", 0, 12, 7, null,
        new byte[]{0, (byte) 0xff}, binary.headers()).written());

    QuarantinedRecordInfo shown = client.quarantined(id);

    assertThat(shown.record().topic()).isEqualTo("orders");
    assertThat(shown.record().offset()).isEqualTo(11);
    assertThat(shown.record().timestampMillis()).isEqualTo(clock.millis());
    assertThat(shown.record().reason()).isEqualTo("ended");
    assertThat(shown.record().tenancy()).isEqualTo("a");
    assertThat(shown.headers()).extracting(QuarantinedRecordInfo.Header::name).containsExactly("baggage",
        "X-Tenancy-ID");
    assertThat(shown.value()).isEqualTo(new QuarantinedRecordInfo.Content(9, "eleven \u00e9", null, false));
    QuarantinedRecordInfo other = client.quarantined("default/C/0/1");
    assertThat(other.key()).isNull();
    assertThat(other.value()).isEqualTo(new QuarantinedRecordInfo.Content(2, null, "00ff", false));
    assertThat(other.record().incarnation()).isEqualTo("life1");
    for (String nowhere : List.of("default/c/0/99", "other/c/0/0", "default/d/0/0")) {
      assertThat(code(() -> client.quarantined(nowhere))).as(nowhere).isEqualTo("not-found");
    }
    assertThat(code(() -> client.quarantined("default/c/0"))).isEqualTo("malformed-request");
  }

  @Test
  void release_toTheBaseline_handsItOverUntagged_once_andSaysSo() {
    String id = putAside(Reason.UNREGISTERED, "a stranger's", 11, "stranger");
    groups.append(record(Reason.UNREGISTERED, "a stranger's", 11, "stranger").written());

    OperationInfo done = client.release(order("baseline", id));

    assertThat(done.state()).isEqualTo(OperationInfo.DONE);
    assertThat(done.kind()).isEqualTo("release");
    assertThat(done.steps()).extracting(OperationInfo.Step::step).containsExactly("release", "written");
    assertThat(done.steps().getFirst().detail()).contains(id, "orders-0@11", "baseline", "alice");
    ConsumerRecord<byte[], byte[]> copy = handedOver().getFirst();
    assertThat(handedOver()).hasSize(1);
    assertThat(new String(copy.value(), StandardCharsets.UTF_8)).isEqualTo("a stranger's");
    assertThat(header(copy, "lanekeeper-receiver")).isEmpty();
    assertThat(header(copy, "lanekeeper-group")).isEqualTo("c");
    assertThat(header(copy, "baggage")).isEqualTo("colour=red");
    assertThat(header(copy, "X-Tenancy-ID")).isNull();
    assertThat(client.quarantine(ALL, 10, null).records()).as("copies of one record are one")
        .extracting(QuarantinedInfo::state).containsExactly("released", "released");
    QuarantinedInfo.Disposal disposal = look(id).disposal();
    assertThat(disposal).isEqualTo(new QuarantinedInfo.Disposal(done.id(), "baseline", "alice", clock.millis(), true));
    assertThat(groups.offsets.keySet()).as("marks").noneMatch(name -> name.startsWith("lanekeeper.release."));
    assertThat(code(() -> client.release(order("baseline", "default/c/0/1")))).isEqualTo("record-disposed");
    assertThat(code(() -> client.discard(new DisposalOrder(null, List.of(id), null, "bob", false))))
        .isEqualTo("record-disposed");
    client.release(new DisposalOrder(null, List.of(id), "baseline", "bob", true));
    assertThat(handedOver()).hasSize(2);
  }

  @Test
  void release_toATenancy_bearsItsTagAndStamp() {
    client.applyYaml(TENANT);
    String incarnation = client.tenant("a").overrides().getFirst().incarnation();
    String id = putAside(Reason.ENDED, "for a", 11, "b");

    OperationInfo done = client.release(order("tenancy/a", id));

    assertThat(done.tenancies()).containsExactly("a");
    ConsumerRecord<byte[], byte[]> copy = handedOver().getFirst();
    assertThat(header(copy, "lanekeeper-receiver")).isEqualTo(incarnation);
    assertThat(header(copy, "baggage")).startsWith("tenancy=a,tenancy-rev=").endsWith(",colour=red");
    assertThat(header(copy, "X-Tenancy-ID")).isEqualTo("a");
  }

  @Test
  void release_receiverThatReadsNothingThatIsHandedOver_isRefused_andNothingIsDone() {
    client.applyYaml(TENANT);
    String incarnation = client.tenant("a").overrides().getFirst().incarnation();
    client.report("p1", report(null, null, "c"));
    client.report("p2", report("a", incarnation, "c.lk." + incarnation));
    String id = putAside(Reason.ENDED, "x", 11, "b");

    for (String receiver : List.of("baseline", "tenancy/a")) {
      assertThat(code(() -> client.release(order(receiver, id)))).as(receiver).isEqualTo("receiver-unfit");
    }
    assertThat(look(id).state()).isEqualTo("held");
    assertThat(handedOver()).isEmpty();
  }

  @Test
  void oneKafkaInTwoDocuments_isReleasedOnce() {
    client.applyYaml("kind: Cluster\nname: outside\nbootstrap: \"127.0.0.1:9093\"\n---\n"
        + "kind: Service\nname: C\nconsumes: [{ topics: [orders], groups: [c] },"
        + " { cluster: outside, topics: [orders], groups: [c] }]\n");
    String id = putAside(Reason.ENDED, "x", 11, "b");
    client.release(order("baseline", id));

    String other = id.replace("default", "outside");
    assertThat(look(other).state()).isEqualTo("released");
    assertThat(code(() -> client.release(order("baseline", other)))).isEqualTo("record-disposed");
    assertThat(handedOver()).hasSize(1);
  }

  private static DataPlaneReport report(@Nullable String tenancy, @Nullable String incarnation, String group) {
    return new DataPlaneReport("C", tenancy, incarnation, "0.1.0", 0, 1, 1, "here", 1,
        List.of(new DataPlaneReport.Consumer("127.0.0.1:9092", group, List.of("orders"), "m", "client", false)),
        List.of(), Map.of());
  }

  @Test
  void release_receiverThatWouldNotReadIt_isRefused_andNothingIsDone() {
    String id = putAside(Reason.ENDED, "x", 11, "b");
    groups.append(new QuarantinedRecord(C, Reason.ENDED, "", "old", "orders", 0, 1, 7, null, bytes("x"),
        new RecordHeaders()).written());
    client.applyYaml("kind: Tenant\ntenancy: none\n");

    assertThat(code(() -> client.release(order("tenancy/none", id)))).isEqualTo("receiver-unfit");
    assertThat(code(() -> client.release(order("tenancy/b", id)))).isEqualTo("receiver-unfit");
    assertThat(code(() -> client.release(order("baseline", "default/c/0/1")))).as("a group that it has no more")
        .isEqualTo("receiver-unfit");
    for (String nobody : List.of("", "owner", "tenancy", "tenancy/a//b")) {
      assertThat(code(() -> client.release(order(nobody, id)))).as(nobody).contains("malformed");
    }
    assertThatThrownBy(() -> client.release(new DisposalOrder(null, List.of(id), null, "alice", false)))
        .hasMessageContaining("none (expected: baseline, or tenancy/TENANCY)");
    assertThat(look(id).state()).isEqualTo("held");
    assertThat(client.operations()).noneMatch(operation -> operation.kind().equals("release"));
    assertThat(handedOver()).isEmpty();
  }

  @Test
  void release_inDoubt_isTheControlPlanesOwn() {
    String id = "default/c/0/0";
    groups.append(new QuarantinedRecord(C, Reason.IN_DOUBT, "", "c", "orders", 0, 9,
        clock.millis() + Duration.ofDays(1).toMillis(), null, bytes("x"),
        new RecordHeaders().add("baggage", bytes("tenancy=a"))).written());

    assertThat(code(() -> client.release(order("baseline", id)))).isEqualTo("record-in-doubt");
    assertThat(look(id).state()).isEqualTo("in-doubt");
    clock.advance(Duration.ofDays(2));
    await().until(() -> look(id).state().equals("settled"));
    assertThat(code(() -> client.discard(new DisposalOrder(null, List.of(id), null, "alice", false))))
        .isEqualTo("record-in-doubt");
  }

  @Test
  void discard_marksIt_andHandsNothingOver() {
    String id = putAside(Reason.RESIDUE, "x", 11, "b");

    OperationInfo done = client.discard(new DisposalOrder(null, List.of(id), null, "alice", false));

    assertThat(done.state()).isEqualTo(OperationInfo.DONE);
    assertThat(done.kind()).isEqualTo("discard");
    assertThat(look(id).state()).isEqualTo("discarded");
    assertThat(client.quarantine(new QuarantinePage.Filter(null, null, null, "discarded"), 5, null).records())
        .hasSize(1);
    assertThat(groups.isThere(AGAIN)).isFalse();
  }

  @Test
  void release_sameOperationAgain_doesNothingTwice_anotherUnderItsId_isRefused() {
    String id = putAside(Reason.ENDED, "x", 11, "b");
    String other = putAside(Reason.ENDED, "y", 12, "b");
    DisposalOrder order = new DisposalOrder("0a1b2c3d-4e5f", List.of(id), "baseline", "alice", false);

    OperationInfo first = client.release(order);

    assertThat(client.release(order)).isEqualTo(first);
    assertThat(client.release(
        new DisposalOrder("0a1b2c3d-4e5f", List.of(id.replace("/c/", "/C/")), "baseline", "alice", false)))
        .isEqualTo(first);
    assertThat(handedOver()).hasSize(1);
    assertThat(code(() -> client.release(
        new DisposalOrder("0a1b2c3d-4e5f", List.of(other), "baseline", "alice", false))))
        .isEqualTo("malformed-request");
  }

  @Test
  void release_byReference_isReadWhereItCameFrom_orIsGone() {
    groups.append(7, "orders", bytes("large"), "baggage", "tenancy=b");
    QuarantinedRecord there = new QuarantinedRecord(C, Reason.ENDED, "", "c", "orders", 0, 0, 7, null, null,
        new RecordHeaders(), true);
    groups.append(there.written());
    groups.append(new QuarantinedRecord(C, Reason.ENDED, "", "c", "orders", 0, 99, 7, null, null, new RecordHeaders(),
        true).written());

    assertThat(look("default/c/0/0").byReference()).isTrue();
    client.release(order("baseline", "default/c/0/0"));
    assertThat(code(() -> client.release(order("baseline", "default/c/0/1")))).isEqualTo("record-gone");

    assertThat(handedOver()).extracting(ConsumerRecord::value).containsExactly(bytes("large"));
    assertThat(look("default/c/0/1").state()).as("held as before").isEqualTo("held");
  }

  @Test
  void release_refusedByTheBroker_failsAsAWhole_andLeavesAllHeld() {
    String small = putAside(Reason.ENDED, "x", 11, "b");
    String large = putAside(Reason.ENDED, "x".repeat(10_000), 12, "b");
    groups.largest = 5_000;

    assertThat(code(() -> client.release(order("baseline", small, large)))).isEqualTo("kafka-refused");

    assertThat(handedOver()).isEmpty();
    assertThat(look(small).state()).isEqualTo("held");
    assertThat(client.operations().getFirst().state()).isEqualTo(OperationInfo.FAILED);
    groups.largest = Long.MAX_VALUE;
    client.release(order("baseline", small, large));
    assertThat(handedOver()).hasSize(2);
  }

  @Test
  void release_markMayNotBeDeleted_isReleasedAllTheSame_andTriedAgain() {
    String id = putAside(Reason.ENDED, "x", 11, "b");
    groups.undeletable.add("lanekeeper.release.0a1b2c3d-4e5f");

    OperationInfo waits =
        client.release(new DisposalOrder("0a1b2c3d-4e5f", List.of(id), "baseline", "alice", false));

    assertThat(waits.state()).isEqualTo(OperationInfo.RUNNING);
    assertThat(waits.steps().getLast().step()).isEqualTo("waiting");
    assertThat(look(id).state()).isEqualTo("released");
    groups.undeletable.clear();
    await().atMost(Duration.ofSeconds(30))
        .until(() -> client.operation(waits.id()).state().equals(OperationInfo.DONE));
    assertThat(handedOver()).hasSize(1);
  }

  @Test
  void release_brokerAway_isUnderWay_andGoesOnByItself() {
    String id = putAside(Reason.ENDED, "x", 11, "b");
    AtomicBoolean away = new AtomicBoolean(true);
    groups.beforeWriting.set(new Runnable() {
      @Override
      public void run() {
        if (away.get()) {
          groups.beforeWriting.set(this);
          throw BrokerException.unreachable("default", "write", new ConnectException("refused"));
        }
      }
    });

    OperationInfo waits = client.release(order("baseline", id));

    assertThat(waits.state()).isEqualTo(OperationInfo.RUNNING);
    assertThat(waits.steps().getLast().step()).isEqualTo("waiting");
    assertThat(look(id).state()).isEqualTo("releasing");
    assertThat(code(() -> client.release(order("baseline", id)))).isEqualTo("record-disposed");
    away.set(false);
    await().atMost(Duration.ofSeconds(30))
        .until(() -> client.operation(waits.id()).state().equals(OperationInfo.DONE));
    assertThat(handedOver()).hasSize(1);
    assertThat(look(id).state()).isEqualTo("released");
  }

  /** Wherever the control plane dies: what it had begun is taken up, and nothing is handed over twice. */
  @Test
  void release_diesAtEachCallOfTheBroker_isHandedOverOnce() throws Exception {
    HashSet<String> deadAt = new HashSet<>();
    groups.deadly.addAll(Set.of("write ", "delete ")); // what others do meanwhile is none of it
    for (int call = 0; call < 2; call++) {
      for (boolean before : new boolean[]{true, false}) {
        int already = handedOver().size();
        String id = putAside(Reason.ENDED, "x", 11L + groups.logOf(ASIDE).size(), "b");
        groups.dieAt(call, before);
        assertThatThrownBy(() -> client.release(order("baseline", id))).isInstanceOf(ProblemException.class);
        assertThat(groups.hasDied()).isTrue();
        deadAt.addAll(groups.calls);
        controlPlane.close();
        groups.dieAt(-1, true);
        open();

        await().atMost(Duration.ofSeconds(30)).until(() -> look(id).state().equals("released"));
        await().until(() -> client.operations().getFirst().state().equals(OperationInfo.DONE));
        assertThat(handedOver()).as("call " + call + (before ? ", before" : ", after")).hasSize(already + 1);
        assertThat(groups.offsets.keySet()).noneMatch(name -> name.startsWith("lanekeeper.release."));
      }
    }
    assertThat(deadAt).anyMatch(name -> name.startsWith("write ")).anyMatch(name -> name.startsWith("delete "));
  }
}
