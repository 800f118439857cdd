package dev.lanekeeper.storm;

import dev.lanekeeper.client.RouteClient;
import dev.lanekeeper.kafka.LaneKafka;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.RouteView;
import dev.lanekeeper.model.Self;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Tag;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Those who send: edges, which stamp what is tagged, and producers that know nothing of Lanekeeper. */
final class Traffic {

  private static final int EDGES = 2;
  private static final int VALUE_BYTES = 100;
  private static final int KEYS = 2_000;
  private static final int LATEST_MILLIS = 9_000;
  private static final int VERY_LATE_MILLIS = 40_000;
  private static final int SKEW_MILLIS = 2_500;
  private static final String PLAIN_HEADER = "X-Tenancy-ID";

  private final Town town;
  private final Plan plan;
  private final Tenants tenants;
  private final Progress progress;
  private final Sent sent;
  private final AtomicInteger given = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();

  Traffic(Town town, Plan plan, Tenants tenants, Progress progress) {
    this.town = town;
    this.plan = plan;
    this.tenants = tenants;
    this.progress = progress;
    sent = new Sent(plan.messages());
  }

  /** A message that was stamped, and is under way. */
  private record Late(long dueNanos, int id, Carried carried) {}

  /** What was sent. */
  Sent sent() {
    return sent;
  }

  /** How many the broker did not take. */
  int failed() {
    return failed.get();
  }

  /** Sends all of them, in the time of the plan if that is enough. */
  void run() throws InterruptedException {
    List<Thread> edges = new ArrayList<>();
    for (int edge = 0; edge < EDGES; edge++) {
      int number = edge;
      edges.add(Thread.ofPlatform().name("edge-" + edge).start(() -> new Edge(number).run()));
    }
    for (Thread edge : edges) {
      edge.join();
    }
  }

  /** One who sends. */
  private final class Edge implements Runnable {
    private final SplittableRandom random;
    private final RouteClient routes;
    private final Producer<byte[], byte[]> lane;
    private final Producer<byte[], byte[]> plain;
    private final PriorityQueue<Late> late =
        new PriorityQueue<>(Comparator.comparingLong(Late::dueNanos));
    private Carried context = Carried.NOTHING;

    Edge(int number) {
      random = new SplittableRandom(plan.seed() * 131 + number);
      Path disk = town.directory().resolve("routes").resolve("edge-" + number);
      ServiceName name = ServiceName.of("edge-" + number);
      routes = RouteClient.builder(town.relay("edge-" + number).uri()).self(name, null).workload("edge")
          .version("storm").diskDirectory(disk).log((level, message, failure) -> {}).start();
      ByteArraySerializer bytes = new ByteArraySerializer();
      lane = LaneKafka.producer(routes, new Self(name, null, null), settings(), () -> context, bytes, bytes);
      plain = new KafkaProducer<>(settings(), bytes, bytes);
    }

    private Map<String, Object> settings() {
      return new HashMap<>(Map.of("bootstrap.servers", town.bootstrap(), "linger.ms", 20, "acks", "all",
          "reconnect.backoff.max.ms", 500, "delivery.timeout.ms", 240_000, "max.block.ms", 240_000));
    }

    @Override
    public void run() {
      try {
        while (!routes.view().isKnown() || routes.view().asOfMillis() == 0) {
          Thread.sleep(20);
        }
        long begun = System.nanoTime();
        for (int id = given.getAndIncrement(); id < sent.size(); id = given.getAndIncrement()) {
          long due = begun + (long) ((double) id / sent.size() * plan.traffic().toNanos());
          while (System.nanoTime() < due) {
            sendLate(false);
            Thread.sleep(2);
          }
          send(id);
        }
        sendLate(true);
      } catch (InterruptedException given) {
        Thread.currentThread().interrupt();
      } finally {
        lane.close();
        plain.close();
        routes.close();
      }
    }

    private void send(int id) {
      if (random.nextInt(100) >= plan.tagged()) {
        sent.means(id, Sent.Kind.UNTAGGED, "");
        context = Carried.NOTHING;
        Future<?> _ = lane.send(record(id, null), (metadata, failure) -> heard(id, failure));
        return;
      }
      String tenancy = tenants.any(random);
      if (random.nextInt(5) == 0) {
        sent.means(id, Sent.Kind.PLAIN, tenancy);
        // Clocks are not the same everywhere.
        Long time = random.nextInt(10) == 0
            ? System.currentTimeMillis() + random.nextInt(2 * SKEW_MILLIS) - SKEW_MILLIS
            : null;
        ProducerRecord<byte[], byte[]> record = record(id, time);
        record.headers().add(PLAIN_HEADER, tenancy.getBytes(StandardCharsets.UTF_8));
        Future<?> _ = plain.send(record, (metadata, failure) -> heard(id, failure));
        return;
      }
      sent.means(id, Sent.Kind.STAMPED, tenancy);
      RouteView view = routes.view();
      Carried carried = new Carried(Tag.of(tenancy), view.table().stamp());
      int lateness = random.nextInt(100);
      if (lateness < 10) {
        long wait = lateness == 0 ? random.nextInt(VERY_LATE_MILLIS) : random.nextInt(LATEST_MILLIS);
        late.add(new Late(System.nanoTime() + wait * 1_000_000, id, carried));
      } else {
        send(id, carried);
      }
    }

    private void sendLate(boolean all) {
      for (Late first = late.peek(); first != null && (all || first.dueNanos - System.nanoTime() <= 0); first =
          late.peek()) {
        late.remove();
        send(first.id, first.carried);
      }
    }

    private void send(int id, Carried carried) {
      context = carried;
      Future<?> _ = lane.send(record(id, null), (metadata, failure) -> heard(id, failure));
    }

    private ProducerRecord<byte[], byte[]> record(int id, @Nullable Long time) {
      byte[] value = ByteBuffer.allocate(VALUE_BYTES).putLong(id).array();
      byte[] key = ("k" + random.nextInt(KEYS)).getBytes(StandardCharsets.UTF_8);
      return new ProducerRecord<>(random.nextInt(4) == 0 ? "payments" : "orders", null, time, key, value);
    }

    private void heard(int id, @Nullable Exception failure) {
      if (failure == null) {
        sent.acknowledged(id);
      } else if (failed.incrementAndGet() <= 5) {
        progress.say("message " + id + " was not taken: " + failure);
      }
    }
  }
}
