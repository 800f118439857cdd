package dev.lanekeeper.perf;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lanekeeper.kafka.GateSettings;
import dev.lanekeeper.kafka.LaneKafka;
import dev.lanekeeper.model.Messages;
import dev.lanekeeper.model.RouteSource;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.Self;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.WireNames;
import dev.lanekeeper.model.WireTag;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.baggage.propagation.W3CBaggagePropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * What it costs a consumer to know whose each record is: a real broker, a partition of {@value RECORDS} records of 200 bytes
 * with three headers, one in ten tagged with one of 1,000 tenants, 10,000 tenants in the table.
 *
 * <p>{@code baseline_ratio}: records read per second behind the gate, a plain poll loop is 1. Keys and values are strings;
 * all untagged records have a {@code baggage} header too, of other people's members. {@code fallback_ratio}: the same where
 * headers are read by public methods. {@code under_test_speedup}: a workload under test that owns one record in 10,000, of
 * JSON, against one that filters after {@code poll} as the field does: its tenancy is read from the baggage by
 * OpenTelemetry's propagator; and against one that filters there with the gate's own code ({@code _to_our_filter}).
 *
 * <p>The figures that end with {@code _cpu} count seconds of CPU of the thread that polls, which fetches, deserializes and
 * runs the loop. Waiting for the broker, another process, is not in them: they hold on a busy machine, too.
 */
public final class KafkaFilter {

  private static final int RECORDS = 200_000;
  private static final int TENANTS_SEEN = 1_000;
  private static final int VALUE_BYTES = 200;
  private static final int WARMUPS = 12;
  private static final int ROUNDS = 21;
  private static final ServiceName SERVICE = ServiceName.of("C");
  private static final String TOPIC = "perf";
  private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private static final TextMapGetter<Headers> HEADERS = new TextMapGetter<>() {
    @Override
    @SuppressWarnings("deprecation") // has to be there still
    public Iterable<String> keys(Headers headers) {
      return Arrays.stream(headers.toArray()).map(Header::key).toList();
    }

    @Override
    public @Nullable String get(@Nullable Headers headers, String key) {
      Header header = headers == null ? null : headers.lastHeader(key);
      return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }
  };

  private KafkaFilter() {}

  /** Reads the partition once with each side in turn. */
  public static void main(String[] args) throws Exception {
    SplittableRandom random = new SplittableRandom(42);
    RouteTable table = Tables.table(Tables.TENANTS, SERVICE, random);
    RouteSource routes = new FixedRoutes(table);
    try (BrokerNearby broker = BrokerNearby.start()) {
      fill(broker.bootstrap(), table, random);
      Report report = new Report();
      report.row("kafka-filter, " + RECORDS + " records", "without the gate: records/s", "with it: records/s",
          "ratio", "ratio by CPU");
      Self baseline = new Self(SERVICE, null, null);
      try (Consumer<String, String> plain = plain(broker.bootstrap(), "plain", new StringDeserializer());
          Consumer<String, String> gate = lane(broker.bootstrap(), routes, baseline, GateSettings.STANDARD,
              new StringDeserializer());
          Consumer<String, String> fallback = lane(broker.bootstrap(), routes, baseline,
              GateSettings.STANDARD.withPublicHeaders(), new StringDeserializer())) {
        compare(report, "baseline_ratio", () -> read(plain), () -> read(gate));
        compare(report, "fallback_ratio", () -> read(plain), () -> read(fallback));
      }
      Self underTest = new Self(SERVICE, Tables.tenancy(0), Tables.incarnation(0));
      try (Consumer<String, Order> after = plain(broker.bootstrap(), "after", new JsonDeserializer());
          Consumer<String, Order> gate = lane(broker.bootstrap(), routes, underTest, GateSettings.STANDARD,
              new JsonDeserializer())) {
        String tenancy = Tables.tenancy(0).text();
        compare(report, "under_test_speedup", () -> read(after, byBaggage(tenancy)), () -> read(gate));
        compare(report, "under_test_speedup_to_our_filter", () -> read(after, byBytes(routes, underTest)),
            () -> read(gate));
      }
      report.print();
    }
  }

  /** One way to read the whole partition. */
  private interface Side {
    /** More than 0 if anything was handed over. */
    int read();
  }

  /**
   * How fast a side was.
   *
   * @param perSecond records per second, waiting for the broker included
   * @param perCpuSecond records per second of CPU of the thread that polls
   */
  private record Rate(double perSecond, double perCpuSecond) {}

  private static void compare(Report report, String figure, Side plain, Side gate) {
    double[] plainRates = new double[ROUNDS];
    double[] gateRates = new double[ROUNDS];
    double[] ratios = new double[ROUNDS];
    double[] cpuRatios = new double[ROUNDS];
    for (int round = -WARMUPS; round < ROUNDS; round++) {
      boolean plainFirst = round % 2 == 0; // neither side always finds the caches as the other left them
      Rate first = rate(plainFirst ? plain : gate);
      Rate second = rate(plainFirst ? gate : plain);
      if (round >= 0) {
        Rate without = plainFirst ? first : second;
        Rate with = plainFirst ? second : first;
        plainRates[round] = without.perSecond();
        gateRates[round] = with.perSecond();
        ratios[round] = with.perSecond() / without.perSecond();
        cpuRatios[round] = with.perCpuSecond() / without.perCpuSecond();
      }
    }
    Samples ratio = new Samples(ratios);
    Samples cpuRatio = new Samples(cpuRatios);
    report.row(figure, new Samples(plainRates).text("%.0f"), new Samples(gateRates).text("%.0f"), ratio.text("%.2f"),
        cpuRatio.text("%.2f"));
    report.figure(figure, ratio.median());
    report.figure(figure + "_cpu", cpuRatio.median());
  }

  private static Rate rate(Side side) {
    long start = System.nanoTime();
    long startCpu = THREADS.getCurrentThreadCpuTime();
    if (side.read() == 0) {
      throw new IllegalStateException("records: 0 (expected: some)");
    }
    double cpuNanos = THREADS.getCurrentThreadCpuTime() - startCpu;
    return new Rate(RECORDS * 1e9 / (System.nanoTime() - start), RECORDS * 1e9 / cpuNanos);
  }

  private static <V> int read(Consumer<String, V> consumer) {
    consumer.seek(PARTITION, 0);
    int seen = 0;
    while (consumer.position(PARTITION) < RECORDS) {
      for (ConsumerRecord<String, V> record : consumer.poll(Duration.ofSeconds(1))) {
        seen += record.value() instanceof String text ? text.length() : 1;
      }
    }
    return seen;
  }

  /** An application that filters by itself, after {@code poll}. */
  private static int read(Consumer<String, Order> consumer, Predicate<ConsumerRecord<String, Order>> isOwn) {
    consumer.seek(PARTITION, 0);
    int seen = 0;
    while (consumer.position(PARTITION) < RECORDS) {
      for (ConsumerRecord<String, Order> record : consumer.poll(Duration.ofSeconds(1))) {
        seen += isOwn.test(record) ? 1 : 0;
      }
    }
    return seen;
  }

  /** The tenancy as the field reads it: from the baggage, by OpenTelemetry. */
  private static Predicate<ConsumerRecord<String, Order>> byBaggage(String tenancy) {
    return record -> tenancy.equals(Baggage
        .fromContext(W3CBaggagePropagator.getInstance().extract(Context.root(), record.headers(), HEADERS))
        .getEntryValue("tenancy"));
  }

  /** The quickest filter that we know: the gate's own. */
  private static Predicate<ConsumerRecord<String, Order>> byBytes(RouteSource routes, Self self) {
    WireTag tag = new WireTag(WireNames.STANDARD);
    return record -> {
      tag.clear();
      Header header = record.headers().lastHeader(WireNames.BAGGAGE);
      if (header != null) {
        tag.baggage(header.value(), 0, header.value().length);
      }
      return Messages.decide(routes.view(), self, tag, record.topic(), record.partition(), record.offset(),
          record.timestamp(), false) == Messages.Action.DELIVER;
    };
  }

  private static Map<String, Object> config(String bootstrap, String group) {
    return Map.of("bootstrap.servers", bootstrap, "group.id", group, "enable.auto.commit", "false", "auto.offset.reset",
        "earliest", "max.partition.fetch.bytes", 8 << 20, "fetch.max.wait.ms", 1);
  }

  private static <V> Consumer<String, V> plain(String bootstrap, String group, Deserializer<V> values) {
    return joined(new KafkaConsumer<>(config(bootstrap, group), new StringDeserializer(), values));
  }

  private static <V> Consumer<String, V> lane(String bootstrap, RouteSource routes, Self self, GateSettings settings,
      Deserializer<V> values) {
    return joined(LaneKafka.consumer(routes, self, config(bootstrap, "lane-" + settings.rawHeaders()),
        new StringDeserializer(), values, settings));
  }

  /** Subscribed, and the one member of its group. */
  private static <V> Consumer<String, V> joined(Consumer<String, V> consumer) {
    consumer.subscribe(List.of(TOPIC));
    while (consumer.assignment().isEmpty()) {
      consumer.poll(Duration.ofMillis(100));
    }
    return consumer;
  }

  private static void fill(String bootstrap, RouteTable table, SplittableRandom random) throws Exception {
    try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", bootstrap))) {
      admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().toCompletionStage()
          .toCompletableFuture().join();
    }
    byte[] traceparent = bytes("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
        Map.of("bootstrap.servers", bootstrap, "linger.ms", 20, "batch.size", 65_536), new ByteArraySerializer(),
        new ByteArraySerializer())) {
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      for (int i = 0; i < RECORDS; i++) {
        ProducerRecord<byte[], byte[]> record =
            new ProducerRecord<>(TOPIC, 0, bytes("order-" + i), value(i));
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

  /** What is in a value. */
  record Order(long id, String customer, List<Line> lines, Address address, String note) {}

  /** A line of an order. */
  record Line(String sku, int count, double price) {}

  /** Where it goes to. */
  record Address(String city, String zip) {}

  /** JSON by Jackson. */
  private static final class JsonDeserializer implements Deserializer<Order> {

    private final ObjectMapper mapper = new ObjectMapper();

    @Override
    public @Nullable Order deserialize(String topic, byte @Nullable [] data) {
      try {
        return data == null ? null : mapper.readValue(data, Order.class);
      } catch (IOException malformed) {
        throw new UncheckedIOException(malformed);
      }
    }
  }
}
