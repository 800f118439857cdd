package dev.lanekeeper.storm;

import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.api.StatusInfo;
import dev.lanekeeper.client.RouteClient;
import dev.lanekeeper.kafka.LaneKafka;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.Self;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.Tag;
import dev.lanekeeper.storm.reading.Journal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * {@code perf/run transfer}: what births and deaths cost the baseline's consumer, and how long it takes until the new owner has its first
 * message.
 *
 * <p>{@code baseline_rate_ratio}: records per second of the baseline's consumer while an override is born and another one ends
 * every {@value TICK_MILLIS} ms, as in the storm, by the same while as many workloads under test ({@value LIVES_TICKS}) are there and none comes or goes. The baseline and its broker have a processor of their own ({@link Cores#APART}): what others compute meanwhile, on
 * machines of their own elsewhere, is no cost of theirs; both in each of {@value ROUNDS} rounds, in turn. It reads a backlog over and over, one record in
 * ten tagged; the workloads begin behind the backlog, as they would at a baseline that keeps up. {@code _cpu}: the same by seconds of CPU of
 * the thread that polls. {@code baseline_rebalances}: how many generations its group has had since it joined. Before that many are born and end quickly: a
 * broker that compiles what births need of it for the first time would be measured otherwise.
 *
 * <p>{@code transfer_*_ms}: from when the control plane has acknowledged the change, to the first message that the workload
 * processed: one is sent to each tenant every {@value BETWEEN_MILLIS} ms, with the newest stamp that an edge knows. The workload is started with the
 * acknowledgement, in a process that runs already: joining its group is in it, starting a JVM is not.
 */
public final class Transfer {

  private static final int ROUNDS = 7;
  private static final String USAGE = "perf/run transfer [--rounds N] [--seconds S] [--every MILLIS]"
      + "   # rounds (7), each half of so many seconds (20), a birth and a death every so many ms (2000)";
  private static final long WARM_UP_MILLIS = 120_000;
  private static final long WARM_UP_TICK_MILLIS = 500;
  private static final long SLICE_MILLIS = 20_000;
  private static final long TICK_MILLIS = 2_000;
  private static final int LIVES_TICKS = 5;
  private static final long UNDER_WAY_MILLIS = 500;
  /** Until the last that was born before a half without births has joined its groups. */
  private static final long SETTLED_MILLIS = 2_000;
  private static final int BACKLOG = 400_000;
  private static final int VALUE_BYTES = 200;
  private static final long BETWEEN_MILLIS = 10;
  private static final int IDS_OF_EACH = 1_000_000;
  /** One in so many. */
  private static final int MOST_UNSERVED = 10;
  private static final Duration REST = Duration.ofMinutes(1);

  private final Town town;
  private final ControlPlaneClient client;
  private final Hosts hosts;
  private final Progress progress = new Progress();
  private final AtomicInteger next = new AtomicInteger();
  private final Map<Integer, Long> acknowledged = new ConcurrentHashMap<>();
  private final Map<Integer, Integer> alive = new ConcurrentHashMap<>();
  private final int rounds;
  private final Half births;
  private final Half none;
  private volatile boolean over;
  private int unserved;
  private Carried context = Carried.NOTHING;

  /**
   * What goes on while a rate is taken.
   *
   * @param goesOn whether one is born with each tick, and ends {@value LIVES_TICKS} ticks later; else as many are there, and stay
   * @param tickMillis how long a tick is, in ms
   * @param millis how long the rate is taken for, in ms
   */
  private record Half(boolean goesOn, long tickMillis, long millis) {

    /** How many are born: some before anything is measured, and one with each tick until it is over. */
    long births() {
      return goesOn ? (millis + UNDER_WAY_MILLIS) / tickMillis + LIVES_TICKS : LIVES_TICKS;
    }

    /** How long it takes until births and deaths are under way, or births over, in ms. */
    long before() {
      return LIVES_TICKS * tickMillis + (goesOn ? UNDER_WAY_MILLIS : SETTLED_MILLIS);
    }
  }

  private Transfer(Town town, int rounds, long sliceMillis, long tickMillis) throws IOException {
    this.town = town;
    this.rounds = rounds;
    this.births = new Half(true, tickMillis, sliceMillis);
    this.none = new Half(false, tickMillis, sliceMillis);
    this.client = town.client();
    this.hosts = new Hosts(town, new Incidents());
  }

  /** Measures. */
  public static void main(String[] arguments) throws Exception {
    int rounds = ROUNDS;
    long sliceMillis = SLICE_MILLIS;
    long tickMillis = TICK_MILLIS;
    for (int i = 0; i < arguments.length; i += 2) {
      String value = i + 1 < arguments.length ? arguments[i + 1] : "";
      if (arguments[i].equals("--rounds") && value.matches("[0-9]{1,3}")) {
        rounds = Integer.parseInt(value);
      } else if (arguments[i].equals("--seconds") && value.matches("[0-9]{1,3}")) {
        sliceMillis = 1_000L * Integer.parseInt(value);
      } else if (arguments[i].equals("--every") && value.matches("[1-9][0-9]{2,4}")) {
        tickMillis = Integer.parseInt(value);
      } else {
        System.err.println(USAGE);
        System.exit(2);
      }
    }
    Path directory = Files.createTempDirectory("lanekeeper-transfer-");
    try (Town town = new Town(directory, Duration.ofSeconds(1), Database.NONE, Cores.APART)) {
      new Transfer(town, rounds, sliceMillis, tickMillis).run();
    } finally {
      Engine.delete(directory);
    }
  }

  private void run() throws IOException, SQLException, InterruptedException, ExecutionException {
    Engine.prepare(town);
    RouteClient edge = RouteClient.builder(town.relay("edge").uri()).self(ServiceName.of("edge"), null)
        .diskDirectory(null).log((level, message, failure) -> {}).start();
    ByteArraySerializer bytes = new ByteArraySerializer();
    try (edge;
        Producer<byte[], byte[]> producer = LaneKafka.producer(edge,
            new Self(ServiceName.of("edge"), null, null),
            Map.of("bootstrap.servers", town.bootstrap(), "linger.ms", 1), () -> context, bytes, bytes)) {
      fill(edge, producer);
      Child baseline = town.startTransferBaseline(BACKLOG);
      long generation = number(baseline, "generation");
      Thread trickle = Thread.ofPlatform().name("trickle").start(() -> trickle(edge, producer));
      double[][] rates = measured(baseline);
      long rebalances = number(baseline, "generation") - generation;
      over = true;
      trickle.join();
      baseline.tell("end");
      baseline.await();
      hosts.close();
      print(rates, rebalances, transfers(), unserved);
    }
  }

  private static long number(Child child, String question) throws IOException {
    child.tell(question);
    return Long.parseLong(child.line());
  }

  private void fill(RouteClient edge, Producer<byte[], byte[]> producer)
      throws InterruptedException, ExecutionException {
    while (edge.view().asOfMillis() == 0) {
      Thread.sleep(20);
    }
    Stamp stamp = edge.view().table().stamp();
    for (int i = 0; i < BACKLOG; i++) {
      context = i % 10 == 0 ? new Carried(Tag.of("seen" + i % 1_000), stamp) : Carried.NOTHING;
      Future<?> _ = producer.send(new ProducerRecord<>("orders", i / 500 % 4, null, new byte[VALUE_BYTES]));
    }
    producer.flush();
    context = Carried.NOTHING;
    try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", town.bootstrap()))) {
      for (Map.Entry<String, List<String>> group : Ground.GROUPS.entrySet()) {
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        group.getValue().forEach(topic -> {
          for (int partition = 0; partition < Ground.TOPICS.getOrDefault(topic, 0); partition++) {
            wanted.put(new TopicPartition(topic, partition), OffsetSpec.latest());
          }
        });
        Map<TopicPartition, OffsetAndMetadata> ends = new HashMap<>();
        admin.listOffsets(wanted).all().get()
            .forEach((partition, end) -> ends.put(partition, new OffsetAndMetadata(end.offset())));
        admin.alterConsumerGroupOffsets(group.getKey(), ends).all().get();
      }
    }
    progress.say(BACKLOG + " records are there");
  }

  private void trickle(RouteClient edge, Producer<byte[], byte[]> producer) {
    int[] sent = new int[IDS_OF_EACH];
    try {
      while (!over) {
        int sentNow = 0;
        for (int tenant : alive.keySet()) {
          context = new Carried(Tag.of("t" + tenant), edge.view().table().stamp());
          send(producer, (long) tenant * IDS_OF_EACH + sent[tenant]++);
          sentNow++;
        }
        context = Carried.NOTHING;
        for (; sentNow < LIVES_TICKS; sentNow++) {
          send(producer, sentNow); // as many are sent while fewer are there
        }
        Thread.sleep(BETWEEN_MILLIS);
      }
    } catch (InterruptedException given) {
      Thread.currentThread().interrupt();
    }
  }

  private static void send(Producer<byte[], byte[]> producer, long id) {
    Future<?> _ = producer.send(new ProducerRecord<>("orders", ByteBuffer.allocate(Long.BYTES).putLong(id * 31).array(),
        ByteBuffer.allocate(VALUE_BYTES).putLong(id).array()));
  }

  /** Records per second and per second of CPU: without, with, each by round. */
  private double[][] measured(Child baseline) throws IOException, InterruptedException, ExecutionException {
    progress.say("warming up for " + WARM_UP_MILLIS / 1_000 + " s");
    slice(baseline, new Half(true, WARM_UP_TICK_MILLIS, WARM_UP_MILLIS));
    slice(baseline, none);
    acknowledged.clear(); // no more than the rates, the transfers of JVMs that have just started are no measure
    double[][] rates = new double[4][rounds];
    for (int round = 0; round < rounds; round++) {
      for (int half = 0; half < 2; half++) {
        boolean with = (round + half) % 2 == 0;
        double[] rate = slice(baseline, with ? births : none);
        rates[with ? 1 : 0][round] = rate[0];
        rates[with ? 3 : 2][round] = rate[1];
      }
      progress.say(String.format(Locale.ROOT, "round %d: %.0f records/s without, %.0f with births and deaths",
          round + 1, rates[0][round], rates[1][round]));
    }
    return rates;
  }

  private double[] slice(Child baseline, Half half) throws IOException, InterruptedException, ExecutionException {
    CountDownLatch measured = new CountDownLatch(1);
    FutureTask<?> births = new FutureTask<>(() -> bear(half, measured), null);
    Thread.ofPlatform().daemon().name("births").start(births);
    Thread.sleep(half.before());
    baseline.tell("" + half.millis());
    String[] words = baseline.line().split(" ", -1);
    measured.countDown();
    births.get(); // INVARIANT: no rate is taken for one with births that were not
    boolean rest = Patience.until(REST, () -> {
      StatusInfo status = client.status();
      return status.ending() == 0 && status.running() == 0;
    });
    if (!rest) {
      throw new IllegalStateException("overrides do not end: " + client.status().waiting());
    }
    double records = Double.parseDouble(words[0]);
    return new double[]{records * 1e9 / Long.parseLong(words[1]), records * 1e9 / Long.parseLong(words[2])};
  }

  /** Has them born, and end; those that stay end once it is measured. */
  private void bear(Half half, CountDownLatch measured) {
    long begun = System.nanoTime();
    List<Integer> born = new ArrayList<>();
    try {
      for (int tick = 0; tick < half.births() + LIVES_TICKS; tick++) {
        long due = begun + tick * half.tickMillis() * 1_000_000;
        Thread.sleep(Math.max(0, (due - System.nanoTime()) / 1_000_000));
        if (!half.goesOn() && tick == LIVES_TICKS) {
          measured.await();
        }
        if (tick < half.births()) {
          int tenant = next.getAndIncrement();
          Patience.answer(REST, () -> client.applyYaml("kind: Tenant\ntenancy: t" + tenant
              + "\nresidue: discard\noverrides: { " + Ground.SERVICE + ": { workload: {} } }\n"));
          acknowledged.put(tenant, System.currentTimeMillis());
          alive.put(tenant, tenant);
          hosts.start("w" + tenant, "t" + tenant);
          born.add(tenant);
        }
        if (tick >= LIVES_TICKS) {
          int tenant = born.get(tick - LIVES_TICKS);
          alive.remove(tenant);
          Patience.answer(REST, () -> client.deleteTenant("t" + tenant));
          hosts.stop("w" + tenant);
        }
      }
    } catch (InterruptedException given) {
      Thread.currentThread().interrupt();
    }
  }

  /** How long each tenant waited for its first message, in ms, sorted. */
  private long[] transfers() throws IOException, SQLException {
    History history = History.of(town.database());
    Map<String, Long> first = new HashMap<>();
    for (Journal.Page page : Journal.in(town.journals())) {
      if (page.group().startsWith("c.lk.")) {
        History.Life life = history.life(page.group().substring("c.lk.".length()));
        Journal.read(page, entry -> first.merge(life == null ? "" : life.tenancy(), entry.millis(), Math::min));
      }
    }
    List<Long> times = new ArrayList<>();
    for (Map.Entry<Integer, Long> birth : acknowledged.entrySet()) {
      Long at = first.get("t" + birth.getKey());
      if (at == null) {
        unserved++; // it had ended before it was there
      } else {
        times.add(at - birth.getValue());
      }
    }
    if (unserved * MOST_UNSERVED > acknowledged.size()) {
      throw new IllegalStateException("transfers: " + unserved + " of " + acknowledged.size()
          + " workloads were not there before they ended (expected: one in " + MOST_UNSERVED
          + " at most): it was not births that were measured");
    }
    Collections.sort(times);
    return times.stream().mapToLong(Long::longValue).toArray();
  }

  private static double median(double[] samples) {
    double[] sorted = samples.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private static double[] ratios(double[] side, double[] other) {
    double[] ratios = new double[side.length];
    for (int i = 0; i < side.length; i++) {
      ratios[i] = side[i] / other[i];
    }
    return ratios;
  }

  @SuppressWarnings("SystemOut") // It is the output.
  private static void print(double[][] rates, long rebalances, long[] times, int unserved) {
    double[] ratios = ratios(rates[1], rates[0]);
    System.out.printf(Locale.ROOT, "the baseline's consumer, without   %9.0f records/s%n", median(rates[0]));
    System.out.printf(Locale.ROOT, "with births and deaths             %9.0f records/s, ratios %.3f to %.3f%n",
        median(rates[1]), Arrays.stream(ratios).min().orElse(0), Arrays.stream(ratios).max().orElse(0));
    System.out.printf(Locale.ROOT, "first message at the new owner     after %d to %d ms, %d births%n", times[0],
        times[times.length - 1], times.length);
    System.out.printf(Locale.ROOT,
        "{\"baseline_rate_ratio\":%.4f,\"baseline_rate_ratio_cpu\":%.4f,\"rounds\":%d,\"baseline_rebalances\":%d,"
            + "\"births\":%d,\"unserved\":%d,\"transfer_p50_ms\":%d,\"transfer_p99_ms\":%d}%n",
        median(ratios), median(ratios(rates[3], rates[2])), ratios.length, rebalances, times.length, unserved,
        times[(times.length - 1) / 2], times[(int) Math.ceil(0.99 * times.length) - 1]);
  }
}
