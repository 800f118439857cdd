package dev.lanekeeper.storm;

import dev.lanekeeper.client.DataPlaneReport;
import dev.lanekeeper.client.RouteClient;
import dev.lanekeeper.kafka.ConsumerReport;
import dev.lanekeeper.kafka.LaneConsumer;
import dev.lanekeeper.kafka.LaneKafka;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.storm.reading.Reading;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * The baseline's consumer of {@link Transfer}: reads what was there from the beginning to the end over and over, as quickly as it can, and
 * commits nothing. {@code MILLIS}: reads for so long, says {@code records nanos cpu-nanos}; {@code generation}: says in which generation its group is.
 */
public final class TransferBaseline {

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final String TOPIC = "orders";
  private static final String GROUP = "c";

  private final LaneConsumer<byte[], byte[]> consumer;
  private final long records;

  private TransferBaseline(LaneConsumer<byte[], byte[]> consumer, long records) {
    this.consumer = consumer;
    this.records = records;
  }

  /** Arguments: bootstrap servers, control plane, how many records there are to be read. */
  @SuppressWarnings("SystemOut") // The protocol with the process that started this one.
  public static void main(String[] arguments) throws IOException {
    AtomicReference<@Nullable LaneConsumer<byte[], byte[]>> made = new AtomicReference<>();
    RouteClient routes = RouteClient.builder(URI.create(arguments[1])).self(ServiceName.of(Ground.SERVICE), null)
        .workload("baseline").diskDirectory(null).consumers(() -> reports(made.get())).start();
    Map<String, Object> settings = Reading.settings(arguments[0], GROUP, "baseline");
    settings.putAll(Map.of("max.partition.fetch.bytes", 8 << 20, "fetch.min.bytes", 1, "fetch.max.wait.ms", 1,
        "receive.buffer.bytes", -1));
    try (LaneConsumer<byte[], byte[]> consumer = LaneKafka.consumer(routes, routes.self(), settings,
        new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      made.set(consumer);
      TransferBaseline baseline = new TransferBaseline(consumer, Long.parseLong(arguments[2]));
      baseline.join();
      System.out.println("ready");
      BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      while (true) {
        // It stays in its group while it waits to be told something.
        while (!lines.ready()) {
          baseline.run(20);
        }
        String line = lines.readLine();
        if (line == null || line.equals("end")) {
          return;
        }
        System.out.println(line.equals("generation")
            ? "" + consumer.groupMetadata().generationId()
            : baseline.run(Long.parseLong(line)));
      }
    } finally {
      routes.close();
    }
  }

  private static List<DataPlaneReport.Consumer> reports(@Nullable LaneConsumer<byte[], byte[]> consumer) {
    if (consumer == null) {
      return List.of();
    }
    ConsumerReport report = consumer.describe();
    return List.of(new DataPlaneReport.Consumer(report.bootstrap(), report.group(), report.topics(),
        report.memberId(), report.clientId(), report.handovers()));
  }

  private void join() {
    consumer.subscribe(List.of(TOPIC));
    while (consumer.assignment().isEmpty()) {
      consumer.poll(Duration.ofMillis(100));
    }
    rewind();
  }

  private void rewind() {
    consumer.assignment().forEach(partition -> consumer.seek(partition, 0));
  }

  private long position() {
    return consumer.assignment().stream().mapToLong(consumer::position).sum();
  }

  private String run(long millis) {
    long startCpu = THREADS.getCurrentThreadCpuTime();
    long start = System.nanoTime();
    long end = start + millis * 1_000_000;
    long from = position();
    long read = 0;
    long now = start;
    while (now < end) {
      consumer.poll(Duration.ofMillis(200));
      long at = position();
      if (at >= records) {
        read += at - from;
        rewind();
        from = 0;
      }
      now = System.nanoTime();
    }
    read += position() - from;
    return read + " " + (now - start) + " " + (THREADS.getCurrentThreadCpuTime() - startCpu);
  }
}
