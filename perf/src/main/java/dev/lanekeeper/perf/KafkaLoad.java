package dev.lanekeeper.perf;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lanekeeper.kafka.GateSettings;
import dev.lanekeeper.kafka.LaneKafka;
import dev.lanekeeper.model.Messages;
import dev.lanekeeper.model.RouteSource;
import dev.lanekeeper.model.Self;
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
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

/** A process with one consumer, which reads the topic over and over. Started by {@link KafkaFilter}. */
public final class KafkaLoad {

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

  private final Consumer<String, ?> consumer;
  private final Predicate<ConsumerRecord<String, ?>> isOwn;
  private final String topic;
  private final long records;
  private long handedOver;

  private <V> KafkaLoad(Consumer<String, V> consumer, Predicate<ConsumerRecord<String, ?>> isOwn, String topic,
      long records) {
    this.consumer = consumer;
    this.isOwn = isOwn;
    this.topic = topic;
    this.records = records;
  }

  /** Who reads. */
  enum Side {
    /** A plain poll loop, of strings. */
    PLAIN,
    /** A baseline consumer behind the gate. */
    GATE,
    /** The same, where headers are read by public methods. */
    FALLBACK,
    /** An application under test that filters by itself after {@code poll}, JSON values, as the field does. */
    FILTER,
    /** The same with the quickest filter that we know: the gate's own. */
    OUR_FILTER,
    /** A workload under test behind the gate, JSON values. */
    UNDER_TEST
  }

  /** Arguments: side, address of the broker, topic, how many records it has, bytes of the receive buffer (0: not set). */
  public static void main(String[] args) throws IOException, InterruptedException {
    KafkaLoad load = of(Side.valueOf(args[0]), args[1], args[2], Long.parseLong(args[3]),
        Integer.parseInt(args[4]));
    load.join();
    Load.serve(load::run);
  }

  private static KafkaLoad of(Side side, String bootstrap, String topic, long records, int receiveBufferBytes) {
    RouteSource routes =
        new FixedRoutes(Tables.table(Tables.TENANTS, KafkaFilter.SERVICE, new SplittableRandom(KafkaFilter.SEED)));
    Self baseline = new Self(KafkaFilter.SERVICE, null, null);
    Self underTest = new Self(KafkaFilter.SERVICE, Tables.tenancy(0), Tables.incarnation(0));
    Map<String, Object> config = new HashMap<>(Map.of("bootstrap.servers", bootstrap, "group.id",
        side.name() + "-" + ProcessHandle.current().pid(),
        "enable.auto.commit", "false", "auto.offset.reset", "earliest", "max.partition.fetch.bytes", 8 << 20,
        "fetch.max.wait.ms", 1));
    if (receiveBufferBytes != KafkaFilter.CLIENTS_OWN_BUFFER) {
      config.put("receive.buffer.bytes", receiveBufferBytes);
    }
    StringDeserializer strings = new StringDeserializer();
    return switch (side) {
      case PLAIN -> new KafkaLoad(new KafkaConsumer<>(config, strings, strings), any -> true, topic, records);
      case GATE -> new KafkaLoad(LaneKafka.consumer(routes, baseline, config, strings, strings), any -> true, topic,
          records);
      case FALLBACK -> new KafkaLoad(LaneKafka.consumer(routes, baseline, config, strings, strings,
          GateSettings.STANDARD.withPublicHeaders()), any -> true, topic, records);
      case FILTER -> new KafkaLoad(new KafkaConsumer<>(config, strings, new JsonDeserializer()),
          byBaggage(Tables.tenancy(0).text()), topic, records);
      case OUR_FILTER -> new KafkaLoad(new KafkaConsumer<>(config, strings, new JsonDeserializer()),
          byBytes(routes, underTest), topic, records);
      case UNDER_TEST -> new KafkaLoad(LaneKafka.consumer(routes, underTest, config, strings, new JsonDeserializer()),
          any -> true, topic, records);
    };
  }

  private void join() {
    consumer.subscribe(List.of(topic));
    while (consumer.assignment().isEmpty()) {
      consumer.poll(Duration.ofMillis(100));
    }
    rewind();
  }

  private void rewind() {
    consumer.assignment().forEach(partition -> consumer.seek(partition, 0));
  }

  /** How many records the consumer has left behind. */
  private long position() {
    return consumer.assignment().stream().mapToLong(consumer::position).sum();
  }

  /** Reads on for a time, in ms; at the end from the beginning. */
  private Load.Done run(long millis) {
    long startCpu = THREADS.getCurrentThreadCpuTime();
    long start = System.nanoTime();
    long end = start + millis * 1_000_000;
    long from = position();
    long read = 0;
    long now = start;
    while (now < end) {
      handOver(consumer.poll(Duration.ofSeconds(1)));
      long at = position();
      if (at >= records) {
        read += at - from;
        rewind();
        from = 0;
        requireSome();
      }
      now = System.nanoTime();
    }
    read += position() - from;
    return new Load.Done(read, now - start, THREADS.getCurrentThreadCpuTime() - startCpu);
  }

  /** INVARIANT: whoever reads the whole topic was handed something over; else it was measured how to lose records. */
  private void requireSome() {
    if (handedOver == 0) {
      throw new IllegalStateException("records handed over: 0 of " + records + " (expected: some)");
    }
    handedOver = 0;
  }

  private void handOver(ConsumerRecords<String, ?> polled) {
    for (ConsumerRecord<String, ?> record : polled) {
      handedOver += isOwn.test(record) ? 1 : 0;
    }
  }

  /** The tenancy as the field reads it: from the baggage, by OpenTelemetry. */
  private static Predicate<ConsumerRecord<String, ?>> byBaggage(String tenancy) {
    return record -> tenancy.equals(Baggage
        .fromContext(W3CBaggagePropagator.getInstance().extract(Context.root(), record.headers(), HEADERS))
        .getEntryValue("tenancy"));
  }

  /** The quickest filter that we know: the gate's own. */
  private static Predicate<ConsumerRecord<String, ?>> byBytes(RouteSource routes, Self self) {
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
