package dev.lanekeeper.simulation;

import dev.lanekeeper.api.Announcement;
import dev.lanekeeper.api.DataPlaneReport;
import dev.lanekeeper.api.ProblemException;
import dev.lanekeeper.kafka.ConsumerGate;
import dev.lanekeeper.kafka.ConsumerReport;
import dev.lanekeeper.kafka.Counters;
import dev.lanekeeper.kafka.GateSettings;
import dev.lanekeeper.kafka.LaneConsumer;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.OverrideLife;
import dev.lanekeeper.model.Phase;
import dev.lanekeeper.model.Self;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Tenancy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * A process with one consumer: the product's {@link LaneConsumer} before a simulated client, a {@link DataPlane}, and an application
 * that processes what it is handed, and then commits. What it tells the control plane of itself, and how it learns its incarnation, stands
 * for the product's {@code Presence}.
 */
final class ConsumerProcess {

  static final ServiceName SERVICE = ServiceName.of("C");
  static final String GROUP = "c";
  static final String TOPIC = "orders";
  static final String BOOTSTRAP = "127.0.0.1:9092";

  private static final Duration POLL = Duration.ofSeconds(2);
  private static final long REPORT_MILLIS = 1_000;

  private final World world;
  private final Scheduler scheduler;
  private final Host host;
  private final DataPlane plane;
  private final @Nullable Tenancy tenancy;
  private @Nullable Incarnation incarnation;
  private @Nullable LaneConsumer<byte[], byte[]> consumer;
  private @Nullable SimulatedConsumer client;
  private final int slowMillis;
  /** Whether it joined its group after its place there had been taken for good. */
  private boolean tooLate;
  /** The same of the group in which it reads what is handed over. */
  private boolean tooLateBeside;
  private boolean ended;

  /**
   * A process that is about to start.
   *
   * @param tenancy whose it is; null: the baseline's
   */
  ConsumerProcess(World world, Host host, Disk disk, @Nullable Tenancy tenancy) {
    this.world = world;
    this.scheduler = world.scheduler();
    this.host = host;
    this.tenancy = tenancy;
    this.slowMillis = scheduler.random().nextInt(3) == 0 ? 150 : 20;
    this.plane = new DataPlane(scheduler, host, world.wire(), disk, world.faults());
  }

  Host host() {
    return host;
  }

  DataPlane plane() {
    return plane;
  }

  /** Of which override it is; null: of none, or of none yet. */
  @Nullable
  Incarnation incarnation() {
    return incarnation;
  }

  /** Whether there is nothing left for it to do: its override has ended. */
  boolean hasEnded() {
    return ended;
  }

  /** Up to where it has read a partition; -1 if it does not read it. */
  long position(TopicPartition partition) {
    SimulatedConsumer reading = client;
    return reading == null || !host.isAlive() ? -1 : reading.readUpTo(partition);
  }

  void start() {
    plane.start();
    scheduler.start(host, "application", this::run);
    scheduler.after(scheduler.between(0, REPORT_MILLIS), host, this::reportAgain);
  }

  private void run() {
    if (tenancy != null) {
      bind(tenancy);
    }
    Self self = new Self(SERVICE, tenancy, incarnation);
    String by = incarnation == null ? Account.BASELINE : incarnation.id();
    Map<String, Object> config = new HashMap<>(Map.of("bootstrap.servers", BOOTSTRAP, "group.id", GROUP, "client.id",
        host.name(), "enable.auto.commit", "false", "auto.offset.reset", "earliest"));
    GateSettings settings = new GateSettings(Duration.ofSeconds(1), scheduler.random().nextBoolean(), Counters.NONE,
        (consumers, patience) -> new QuarantineWriter(world), this::reader, scheduler::nowNanos,
        world.putsAside());
    ConsumerGate gate = ConsumerGate.of(plane, self, config, settings);
    world.made(gate);
    SimulatedConsumer below = new SimulatedConsumer(scheduler, world.broker(), host, gate.config(),
        Objects.requireNonNull(gate.keys(new ByteArrayDeserializer())),
        Objects.requireNonNull(gate.values(new ByteArrayDeserializer())), new Observer());
    client = below;
    below.hurry(gate::wakeup);
    LaneConsumer<byte[], byte[]> made = new LaneConsumer<>(below, gate);
    consumer = made;
    made.subscribe(List.of(TOPIC));
    boolean single = scheduler.random().nextBoolean();
    while (!gate.isOver()) {
      try {
        process(made, made.poll(POLL), by, single);
      } catch (KafkaException failed) {
        scheduler.trace(() -> "the application meets " + failed);
        scheduler.pause(10, 300);
      }
    }
    scheduler.trace(() -> "is over");
    ended = true;
  }

  /** The client that reads, beside the application's, what is handed over again. */
  private Consumer<byte[], byte[]> reader(Map<String, ?> config, String group) {
    Map<String, Object> own = new HashMap<>(config);
    own.put("group.id", group);
    own.put("auto.offset.reset", "earliest");
    return new SimulatedConsumer(scheduler, world.broker(), host, own, new ByteArrayDeserializer(),
        new ByteArrayDeserializer(), new BesideObserver());
  }

  /** Sees to what is read, and by what table. */
  private final class Observer implements SimulatedConsumer.Observer {
    private long newest;

    @Override
    public void joined() {
      newest = world.store().catalog().table().revision();
      if (incarnation != null) {
        world.account().joined(incarnation.id(), scheduler.nowNanos());
        tooLate = isPlaceTaken();
      }
    }

    @Override
    public void reads(ConsumerRecord<byte[], byte[]> record) {
      if (tenancy == null && plane.view().table().revision() < newest) {
        world.account().readUnconfirmed(new TopicPartition(record.topic(), record.partition()), record.offset());
      }
      Incarnation own = incarnation;
      if (own != null && client != null && !client.isMember()) {
        world.account().readOutOfGroup(new TopicPartition(record.topic(), record.partition()), record.offset(), own);
      }
      world.faults().read(record.headers(), plane.view().table(), tenancy != null);
    }
  }

  private boolean isPlaceTaken() {
    Incarnation own = incarnation;
    OverrideLife life =
        tenancy == null || own == null ? null : world.store().catalog().table().override(tenancy, own);
    return life == null || life.phase() != Phase.SERVED;
  }

  /** Sees to the client that reads what is handed over. */
  private final class BesideObserver implements SimulatedConsumer.Observer {
    @Override
    public void joined() {
      tooLateBeside = tenancy != null && isPlaceTaken();
    }

    @Override
    public void reads(ConsumerRecord<byte[], byte[]> record) {
      // It says itself for whom it is.
    }
  }

  private void process(LaneConsumer<byte[], byte[]> from, ConsumerRecords<byte[], byte[]> records, String by,
      boolean single) {
    Map<TopicPartition, OffsetAndMetadata> done = new HashMap<>();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      TopicPartition place = new TopicPartition(record.topic(), record.partition());
      boolean again = !world.broker().logs().has(place); // in partitions that no topic has
      if (again ? tooLateBeside : tooLate) {
        scheduler.fail(new AssertionError("does not hold: who comes back once his place was taken processes nothing: "
            + host + " was handed " + Places.text(record)));
      }
      scheduler.pause(0, scheduler.chance(world.isCalm() ? 0 : 20) ? 1_500 : slowMillis);
      int id = Integer.parseInt(new String(record.value(), StandardCharsets.UTF_8));
      if (!again && !world.account().stands(id, record)) {
        scheduler.fail(new AssertionError("does not hold: nobody but its sender writes a message to its topic: "
            + Places.text(record) + " is message " + id + " once more"));
      }
      world.account().processed(id, new Account.Processing(by, host.name(), scheduler.nowNanos(), again));
      scheduler.trace(() -> "processes message " + id + " at " + Places.text(record));
      if (tenancy != null && world.isTroubled() && scheduler.chance(15)) {
        world.crash(this, tenancy);
      }
      done.put(place, new OffsetAndMetadata(record.offset() + 1));
      if (single) {
        commit(from, done);
      }
    }
    if (!single && !done.isEmpty()) {
      commit(from, done);
    }
  }

  /** What cannot be committed comes again, or is committed with what comes next. */
  private void commit(LaneConsumer<byte[], byte[]> from, Map<TopicPartition, OffsetAndMetadata> done) {
    try {
      from.commitSync(done);
    } catch (KafkaException failed) {
      scheduler.trace(() -> "the application cannot commit: " + failed);
    }
  }

  /** Announces until it is accepted; where the control plane is out of reach, the last table may tell. */
  private void bind(Tenancy own) {
    Scheduler.Signal answered = scheduler.new Signal();
    while (incarnation == null) {
      Control control = world.wire().control();
      world.network().send(host, control.host(), () -> {
        String given = announced(control, own);
        world.network().send(host, host, () -> {
          if (incarnation == null && !given.isEmpty()) {
            incarnation = new Incarnation(given);
          }
          answered.wake();
        }, answered::wake);
      }, () -> {
        OverrideLife life = plane.view().table().override(SERVICE, own);
        if (incarnation == null && life != null) {
          incarnation = life.incarnation();
        }
        answered.wake();
      });
      answered.await(2_000_000_000);
      if (incarnation == null) {
        scheduler.pause(100, 1_000);
      }
    }
    Incarnation bound = incarnation;
    scheduler.trace(() -> "belongs to " + bound);
  }

  private String announced(Control control, Tenancy own) {
    try {
      return control.announce(new Announcement(SERVICE.text(), own.text(), "test", host.name(), null));
    } catch (ProblemException refused) {
      return "";
    }
  }

  private void reportAgain() {
    report();
    scheduler.after(scheduler.between(REPORT_MILLIS - 100, REPORT_MILLIS), host, this::reportAgain);
  }

  private void report() {
    LaneConsumer<byte[], byte[]> present = consumer;
    List<DataPlaneReport.Consumer> consumers = List.of();
    if (present != null) {
      ConsumerReport described = present.describe();
      consumers = List.of(new DataPlaneReport.Consumer(described.bootstrap(), described.group(), described.topics(),
          described.memberId(), described.clientId(), described.handovers()));
    }
    Incarnation bound = incarnation;
    if (tenancy != null && bound == null) {
      return;
    }
    DataPlaneReport report = new DataPlaneReport(SERVICE.text(), tenancy == null ? null : tenancy.text(),
        bound == null ? null : bound.id(), "0.1.0", plane.view().table().revision(), plane.view().asOfMillis(), 1,
        host.name(), 1, consumers, List.of(), Map.of());
    Control control = world.wire().control();
    world.network().send(host, control.host(), () -> control.report(host.name(), report), () -> {});
  }
}
