package dev.lanekeeper.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.kafka.QuarantinedRecord;
import dev.lanekeeper.kafka.QuarantinedRecord.Reason;
import dev.lanekeeper.model.Service;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Tenancy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of records that were put aside because nobody could tell whose they are. */
@Timeout(60)
class ResolverTest {

  private static final ServiceName C = ServiceName.of("C");
  private static final String AGAIN = "lanekeeper.redelivered.c.eb3654c3535d7a0b";
  private static final String ASIDE = "lanekeeper.quarantine.c";
  private static final String HOUSE = """
      kind: Cluster
      bootstrap: "127.0.0.1:9092"
      ---
      kind: Service
      name: C
      consumes: [{ topics: [orders], groups: [c] }]
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

  @BeforeEach
  void start() throws Exception {
    controlPlane = ControlPlane.builder(directory).port(0).broker(groups).tick(Duration.ofMillis(20))
        .horizon(Duration.ZERO).start();
    client = new ControlPlaneClient(controlPlane.uri(), null);
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

  /** Puts a record aside as a data plane does that could not tell. */
  private void putAside(String value, long offset, String tenancy, String stamp) {
    Headers headers = new RecordHeaders().add("baggage",
        ("tenancy=" + tenancy + ",tenancy-rev=" + stamp).getBytes(StandardCharsets.UTF_8));
    ProducerRecord<byte[], byte[]> written = new QuarantinedRecord(C, Reason.IN_DOUBT, "", "c", "orders", 0, offset,
        System.currentTimeMillis(), null, value.getBytes(StandardCharsets.UTF_8), headers).written();
    groups.append(written);
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
        () -> groups.committed("lanekeeper.resolver", ASIDE) >= groups.logOf(ASIDE).size());
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
    assertThat(
        groups.logOf(ASIDE).stream().map(QuarantinedRecord::read).filter(record -> record.reason() != Reason.IN_DOUBT))
        .extracting(QuarantinedRecord::offset, QuarantinedRecord::reason)
        .containsExactly(org.assertj.core.groups.Tuple.tuple(8L, Reason.UNREGISTERED));
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
    controlPlane = ControlPlane.builder(directory).port(0).broker(groups).tick(Duration.ofMillis(20)).start();

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
    await().during(Duration.ofMillis(300)).until(() -> groups.committed("lanekeeper.resolver", ASIDE) <= 0);

    groups.members.remove("c");

    awaitResolved();
    assertThat(handedOver()).as("beyond the fence: of an ended tenant, discarded in staging").isEmpty();
  }

  @Test
  void foreignRecordInTheQuarantine_isPassedOver() {
    groups.append(new ProducerRecord<>(ASIDE, new byte[]{1}));

    awaitResolved();

    assertThat(handedOver()).isEmpty();
  }
}
