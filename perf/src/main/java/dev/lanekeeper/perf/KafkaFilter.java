package dev.lanekeeper.perf;

import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.WireNames;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * What it costs a consumer to know whose each record is: a real broker, a topic of {@value RECORDS} records of 200 bytes in
 * {@value PARTITIONS} partitions, with three headers, one in ten tagged with one of 1,000 tenants, 10,000 tenants in the table.
 *
 * <p>{@code baseline_ratio}: records read per second behind the gate, a plain poll loop is 1. Keys and values are strings;
 * all untagged records have a {@code baggage} header too, of other people's members. {@code fallback_ratio}: the same where
 * headers are read by public methods. {@code under_test_speedup}: a workload under test that owns one record in 10,000, of
 * JSON, against one that filters after {@code poll} as the field does: its tenancy is read from the baggage by
 * OpenTelemetry's propagator; and against one that filters there with the gate's own code ({@code _to_our_filter}).
 *
 * <p>Each is measured twice. With the client's own receive buffer, of 64 KiB, a consumer that is quick enough waits for the
 * broker's bytes in each poll; where nobody sets another, a workload under test has the gate let the system size it. In the
 * figures that end with {@code _system_buffer} all have it so ({@code receive.buffer.bytes=-1}), as tuned consumers do: nearly all that is
 * left is work.
 *
 * <p>The figures that end with {@code _cpu} count seconds of CPU of the thread that polls, which fetches, deserializes and
 * runs the loop. Waiting for the broker, another process, is not in them: they hold on a busy machine, too.
 */
public final class KafkaFilter {

  private static final int RECORDS = 600_000;
  /** With one, a consumer waits for the broker each time that it has come to the end of what it fetched. */
  private static final int PARTITIONS = 4;
  private static final int TENANTS_SEEN = 1_000;
  private static final int VALUE_BYTES = 200;
  private static final Alternation ALTERNATION = new Alternation(3, 10, 9, 4, 500);
  static final ServiceName SERVICE = ServiceName.of("C");
  /** Of the table and of who the records are for. */
  static final long SEED = 42;
  private static final String TOPIC = "perf";
  /** {@code receive.buffer.bytes} is not set. */
  static final int CLIENTS_OWN_BUFFER = 0;
  private static final int BUFFER_OF_THE_SYSTEM = -1;

  private KafkaFilter() {}

  /** Compares consumers of the baseline, then those of a workload under test. */
  public static void main(String[] args) throws Exception {
    SplittableRandom random = new SplittableRandom(SEED);
    RouteTable table = Tables.table(Tables.TENANTS, SERVICE, random);
    try (BrokerNearby broker = BrokerNearby.start()) {
      fill(broker.bootstrap(), table, random);
      Report report = new Report();
      report.row("kafka-filter, " + RECORDS + " records", "records/s", "ratio (quartiles)", "process by process",
          "by CPU");
      measure(report, broker, CLIENTS_OWN_BUFFER, "");
      measure(report, broker, BUFFER_OF_THE_SYSTEM, "_system_buffer");
      report.print();
    }
  }

  private static void measure(Report report, BrokerNearby broker, int receiveBufferBytes, String suffix)
      throws IOException {
    Alternation.Outcome baseline =
        run("baseline" + suffix, broker, receiveBufferBytes, KafkaLoad.Side.PLAIN, KafkaLoad.Side.GATE,
            KafkaLoad.Side.FALLBACK);
    row(report, "a plain poll loop", baseline, 0, 0);
    compare(report, "baseline_ratio" + suffix, baseline, 1, 0);
    compare(report, "fallback_ratio" + suffix, baseline, 2, 0);
    Alternation.Outcome underTest =
        run("under test" + suffix, broker, receiveBufferBytes, KafkaLoad.Side.FILTER, KafkaLoad.Side.OUR_FILTER,
            KafkaLoad.Side.UNDER_TEST);
    row(report, "a filter after poll", underTest, 0, 0);
    row(report, "our filter after poll", underTest, 1, 0);
    compare(report, "under_test_speedup" + suffix, underTest, 2, 0);
    compare(report, "under_test_speedup_to_our_filter" + suffix, underTest, 2, 1);
  }

  private static Alternation.Outcome run(String name, BrokerNearby broker, int receiveBufferBytes,
      KafkaLoad.Side... sides) throws IOException {
    return ALTERNATION.run(name, sides.length, side -> {
      Path log = Files.createTempFile("lanekeeper-kafka-load-", ".log");
      log.toFile().deleteOnExit();
      return Load.start(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m",
          "-Dslf4j.provider=" + System.getProperty("slf4j.provider", ""), "-cp", System.getProperty("java.class.path"),
          KafkaLoad.class.getName(), sides[side].name(), broker.bootstrap(), TOPIC, "" + RECORDS,
          "" + receiveBufferBytes), log);
    });
  }

  private static void compare(Report report, String figure, Alternation.Outcome done, int side, int other) {
    row(report, figure, done, side, other);
    report.figure(figure, done.ratio(side, other).median());
    report.figure(figure + "_cpu", done.cpuRatio(side, other));
  }

  private static void row(Report report, String name, Alternation.Outcome done, int side, int other) {
    Samples ratio = done.ratio(side, other);
    report.row(name, done.rates(side).text("%.0f"),
        String.format(Locale.ROOT, "%.2f [%.2f to %.2f]", ratio.median(), ratio.quantile(0.25), ratio.quantile(0.75)),
        done.twins(side, other).text("%.2f"), String.format(Locale.ROOT, "%.2f", done.cpuRatio(side, other)));
  }

  private static void fill(String bootstrap, RouteTable table, SplittableRandom random) throws Exception {
    try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", bootstrap))) {
      admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 1))).all().toCompletionStage()
          .toCompletableFuture().join();
    }
    byte[] traceparent = bytes("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
        Map.of("bootstrap.servers", bootstrap, "linger.ms", 20, "batch.size", 65_536), new ByteArraySerializer(),
        new ByteArraySerializer())) {
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      for (int i = 0; i < RECORDS; i++) {
        ProducerRecord<byte[], byte[]> record =
            new ProducerRecord<>(TOPIC, i / 1000 % PARTITIONS, bytes("order-" + i), value(i));
        record.headers().add("traceparent", traceparent).add("content-type", bytes("application/json"))
            .add(WireNames.BAGGAGE, baggage(i, table, random));
        sent.add(producer.send(record));
      }
      for (Future<RecordMetadata> each : sent) {
        each.get();
      }
    }
  }

  /** One record in ten is tagged; each of the tenants owns one in 10,000. */
  private static byte[] baggage(int i, RouteTable table, SplittableRandom random) {
    if (i % 10 != 0) {
      return bytes("userId=alice,region=eu-1");
    }
    int tenant = i / 10 % TENANTS_SEEN;
    int row = random.nextInt(tenant, Tables.TENANTS);
    Stamp stamp = new Stamp(table.log().revision(row), table.log().seal(row));
    return bytes("tenancy=" + Tables.tenancy(tenant) + ",tenancy-rev=" + stamp.text());
  }

  private static byte[] value(int i) {
    String json = "{\"id\":" + i + ",\"customer\":\"alice\",\"lines\":[{\"sku\":\"A-1\",\"count\":2,\"price\":9.99},"
        + "{\"sku\":\"B-7\",\"count\":1,\"price\":120.5},{\"sku\":\"C-3\",\"count\":4,\"price\":3}],"
        + "\"address\":{\"city\":\"Ulm\",\"zip\":\"89073\"},\"note\":\"";
    return bytes(json + "x".repeat(VALUE_BYTES - json.length() - 2) + "\"}");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
