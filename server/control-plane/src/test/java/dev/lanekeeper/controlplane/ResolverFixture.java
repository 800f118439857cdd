package dev.lanekeeper.controlplane;

import static org.awaitility.Awaitility.await;

import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.kafka.QuarantinedRecord;
import dev.lanekeeper.kafka.QuarantinedRecord.Reason;
import dev.lanekeeper.kafka.RedeliveredRecord;
import dev.lanekeeper.model.Service;
import dev.lanekeeper.model.ServiceName;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A control plane with a resolver before a Kafka that is none, where time passes by itself; and what is put aside there. */
abstract class ResolverFixture {

  static final ServiceName C = ServiceName.of("C");
  static final String AGAIN = RedeliveredRecord.topic(C, "c", "orders");
  static final String ASIDE = "lanekeeper.quarantine.c";
  static final String HOUSE = """
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
  @SuppressWarnings("NullAway.Init") Path directory;
  final InMemoryGroups groups = new InMemoryGroups();
  @SuppressWarnings("NullAway.Init") ControlPlane controlPlane;
  @SuppressWarnings("NullAway.Init") ControlPlaneClient client;
  @SuppressWarnings("NullAway.Init") Watching watching;

  final MutableClock clock = new MutableClock();
  private final AtomicLong seconds = new AtomicLong();

  /** A machine on which a second goes by whenever somebody looks. */
  private long nanos() {
    return seconds.incrementAndGet() * 1_000_000_000;
  }

  void open() throws Exception {
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

  String apply(String yaml) {
    client.applyYaml("kind: Tenant\n" + yaml);
    long revision = client.status().revision();
    await().until(() -> watching.table().revision() >= revision);
    return watching.table().stampOf(revision).toString();
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String text(ConsumerRecord<byte[], byte[]> record) {
    return new String(record.value(), StandardCharsets.UTF_8);
  }

  /** A record as a data plane puts it aside that could not tell whose it is. */
  QuarantinedRecord record(String value, long offset, String tenancy, String stamp) {
    return record(Duration.ZERO, value, offset, tenancy, stamp);
  }

  /** One with a timestamp that is ahead of the clock. */
  QuarantinedRecord record(Duration ahead, String value, long offset, String tenancy, String stamp) {
    Headers headers = new RecordHeaders().add("baggage",
        bytes("tenancy=" + tenancy + (stamp.isEmpty() ? "" : ",tenancy-rev=" + stamp)));
    return new QuarantinedRecord(C, Reason.IN_DOUBT, "", "c", "orders", 0, offset, clock.millis() + ahead.toMillis(),
        null,
        bytes(value), headers);
  }

  void putAside(QuarantinedRecord record) {
    groups.append(record.written());
  }

  void putAside(String value, long offset, String tenancy, String stamp) {
    putAside(record(value, offset, tenancy, stamp));
  }

  /** The stamp of a tenant that has the baseline of C. */
  String applyElsewhere() {
    return apply("tenancy: a\noverrides: { B: { redirect: \"http://127.0.0.1:9102\" } }\n");
  }

  /** What stands in the quarantine for another reason than doubt. */
  List<QuarantinedRecord> aside() {
    return groups.logOf(ASIDE).stream().map(QuarantinedRecord::read)
        .filter(record -> record.reason() != Reason.IN_DOUBT)
        .toList();
  }

  List<ConsumerRecord<byte[], byte[]>> handedOver() {
    return groups.logOf(AGAIN);
  }

  static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }

  /** All that stands in the quarantine was read, and what came of it was written. */
  void awaitResolved() {
    await().until(
        () -> groups.resolved(ASIDE) >= groups.logOf(ASIDE).size());
  }

  /** Whether consumers of the service are told that records are handed over to it. */
  boolean redelivers() {
    Service service = watching.table().service(C);
    return service != null && !service.handovers().isEmpty();
  }

  /** Time goes by, on the machine's clock. */
  void pass(Duration time) {
    seconds.addAndGet(time.toSeconds());
  }
}
