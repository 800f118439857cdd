package dev.lanekeeper.simulation;

import dev.lanekeeper.api.Document;
import dev.lanekeeper.api.DocumentException;
import dev.lanekeeper.api.Documents;
import dev.lanekeeper.controlplane.operations.Operations;
import dev.lanekeeper.controlplane.store.InMemoryStore;
import dev.lanekeeper.controlplane.store.Memory;
import dev.lanekeeper.controlplane.store.Store;
import dev.lanekeeper.kafka.ConsumerGate;
import dev.lanekeeper.model.Change;
import dev.lanekeeper.model.OverrideLife;
import dev.lanekeeper.model.Phase;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.Tenancy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * One environment: a broker, a control plane on its store, the baseline of one service that consumes, an edge that sends, and processes of
 * workloads under test.
 */
final class World {

  /**
   * With an environment: which policy held before the first one depends on when it is asked for. It differs from what is taken for
   * granted, or it would not be written down.
   */
  private static final String HOUSE = """
      kind: Environment
      profile: staging
      suffixes: [simulated]
      ---
      kind: Cluster
      bootstrap: "127.0.0.1:9092"
      ---
      kind: Service
      name: C
      consumes: [{ topics: [orders], groups: [c] }]
      ---
      kind: Service
      name: X
      hosts: [x]
      """;

  private static final Map<String, List<Document>> READ = new ConcurrentHashMap<>();

  private final Scheduler scheduler;
  private final Faults faults;
  private final Broker broker;
  private final Network network;
  private final Clock clock;
  private final Memory memory = new Memory();
  private final List<Change> log = new ArrayList<>();
  private final Account account = new Account();
  private final Operations.Patiences patiences;
  /** How long what has ended is remembered at least. */
  private final Duration remembered;
  private final Wire wire;
  private final Edge edge;
  private final ConsumerProcess[] baseline;
  private final Disk[] baselineDisks;
  private final Map<String, Disk> workloadDisks = new TreeMap<>();
  private final List<ConsumerProcess> workloads = new ArrayList<>();
  private final List<ConsumerGate> gates = new ArrayList<>();
  private Control control;
  private int hosts;
  private final boolean calm;
  private final boolean putsAside;
  private boolean isTroubled = true;
  private int losesPerMille;
  private boolean lost;

  World(long seed, boolean traced, Faults faults) {
    this.scheduler = new Scheduler(seed, traced);
    this.faults = faults;
    this.broker = new Broker(scheduler, faults);
    this.network = new Network(scheduler);
    this.clock = new Clock(scheduler);
    this.calm = scheduler.random().nextInt(6) == 0;
    this.putsAside = scheduler.random().nextInt(4) > 0;
    this.patiences = new Operations.Patiences(Duration.ofMillis(calm ? 6_000 : 1_000L * scheduler.random().nextInt(5)),
        Duration.ofMillis(1_000L * scheduler.random().nextInt(4)), Duration.ofMillis(300));
    this.remembered =
        Duration.ofMillis(scheduler.random().nextInt(3) == 0 ? 3_600_000 : scheduler.random().nextInt(5_000));
    this.control = newControl();
    this.wire = new Wire(scheduler, network, control, faults);
    store().follow(this::published);
    broker.logs().make(ConsumerProcess.TOPIC, 1 + scheduler.random().nextInt(2));
    this.edge = new Edge(this, new Host("edge"));
    this.baseline = new ConsumerProcess[1 + scheduler.random().nextInt(2)];
    this.baselineDisks = new Disk[baseline.length];
  }

  private Control newControl() {
    Store store = new InMemoryStore(memory, clock, scheduler.random());
    return new Control(scheduler, new Host("control-" + ++hosts), store, log, broker, patiences, remembered,
        faults);
  }

  private void published(Change change, RouteTable table) {
    log.add(change);
    account.committed(change.revision(), scheduler.nowNanos());
    change.overrides().forEach(life -> met(life, change));
    scheduler.trace(() -> "revision " + change.stamp() + " is committed: " + change.overrides());
    wire.committed(change);
    if (change.floor() > 0) {
      scheduler.tally().count(Happening.FLOORS);
    }
    if (isTroubled) {
      change.overrides().forEach(life -> meddle(life, table));
    }
    if (scheduler.chance(150)) {
      change.tenants().forEach(life -> edge.sendOf(life.tenancy().text(), change.commitMillis()));
    }
  }

  private void met(OverrideLife life, Change change) {
    broker.groups().born(life.incarnation().id(), life.tenancy().text());
    if (life.from() == change.revision()) {
      scheduler.tally().count(Happening.BIRTHS);
    } else if (life.phase() == Phase.FENCED) {
      scheduler.tally().count(Happening.DEATHS);
    }
  }

  /** What is most likely to be told apart wrongly happens where a life is on its way out. */
  private void meddle(OverrideLife life, RouteTable table) {
    if (life.phase() != Phase.TAKEN && life.phase() != Phase.CLOSING) {
      return;
    }
    int late = scheduler.random().nextInt(3);
    for (int i = 0; i < late; i++) {
      edge.sendLate(life.tenancy().text(), table.stampOf(life.to() - 1), 1_500);
    }
    if (!calm && life.phase() == Phase.TAKEN && scheduler.chance(80)) {
      scheduler.after(scheduler.between(0, 40), Scheduler.world(), this::restartControl);
    }
    if (!calm && life.phase() == Phase.CLOSING && scheduler.chance(250)) {
      Host host = baseline[scheduler.random().nextInt(baseline.length)].host();
      if (scheduler.random().nextBoolean()) {
        host.stop(scheduler.nowNanos(), scheduler.nowNanos() + scheduler.between(100, 5_000));
        scheduler.tally().count(Happening.STOPS);
      } else {
        network.cut(host, true);
        scheduler.tally().count(Happening.CUTS);
        scheduler.after(scheduler.between(100, 4_000), Scheduler.world(), () -> network.cut(host, false));
      }
    }
  }

  /** Tells watchers every second what is current. */
  private void tick(Control server) {
    scheduler.after(1_000_000_000, server.host(), () -> {
      wire.tick(server);
      tick(server);
    });
  }

  /** Begins: everything is up, and nobody is registered. */
  void start() {
    control.start();
    tick(control);
    control.apply(documents(HOUSE));
    edge.start();
    for (int i = 0; i < baseline.length; i++) {
      baselineDisks[i] = new Disk();
      startBaseline(i);
    }
  }

  /** What is written here; read once, since it takes its time. */
  static List<Document> documents(String yaml) {
    return READ.computeIfAbsent(yaml, text -> {
      try {
        return Documents.read("simulation", text);
      } catch (DocumentException e) {
        throw new IllegalStateException(e);
      }
    });
  }

  // Processes

  /** Starts a process of the baseline in the place of one that is dead. */
  void startBaseline(int place) {
    baseline[place] = new ConsumerProcess(this, new Host("c" + ++hosts), baselineDisks[place], null);
    baseline[place].start();
  }

  /** How many processes the baseline has. */
  int baselines() {
    return baseline.length;
  }

  ConsumerProcess baseline(int place) {
    return baseline[place];
  }

  /** Starts a process of a tenant's workload. */
  ConsumerProcess startWorkload(String tenancy) {
    ConsumerProcess process = new ConsumerProcess(this, new Host(tenancy + ++hosts),
        workloadDisks.computeIfAbsent(tenancy, key -> new Disk()), new Tenancy(tenancy));
    workloads.add(process);
    process.start();
    return process;
  }

  /** A workload dies with a record in hand; mostly another process takes its place. */
  void crash(ConsumerProcess process, Tenancy tenancy) {
    scheduler.trace(() -> process.host() + " crashes");
    scheduler.tally().count(Happening.KILLS);
    if (scheduler.random().nextInt(4) > 0) {
      scheduler.after(scheduler.between(50, 4_000), Scheduler.world(), () -> {
        if (workload(tenancy.text()) == null) {
          startWorkload(tenancy.text());
        }
      });
    }
    process.host().kill();
    scheduler.checkAlive();
  }

  /** The processes of workloads that are alive. */
  List<ConsumerProcess> workloads() {
    workloads.removeIf(process -> !process.host().isAlive());
    return List.copyOf(workloads);
  }

  /** The living process of a tenant's workload; null if there is none. */
  @Nullable
  ConsumerProcess workload(String tenancy) {
    return workloads().stream().filter(process -> process.host().name().startsWith(tenancy)).findFirst().orElse(null);
  }

  /** Kills the control plane, and starts another one on the same store, which takes a while. */
  void restartControl() {
    Control dead = control;
    if (!dead.host().isAlive()) {
      return;
    }
    dead.host().kill();
    scheduler.tally().count(Happening.CONTROL_KILLS);
    wire.lost(dead);
    scheduler.trace(() -> "the control plane is killed");
    scheduler.after(scheduler.between(50, 3_000), Scheduler.world(), this::startControl);
  }

  /** Starts a control plane, unless one is alive. */
  void startControl() {
    if (!control.host().isAlive()) {
      control = newControl();
      wire.serve(control);
      store().follow(this::published);
      scheduler.trace(() -> "another control plane starts");
      control.start();
      tick(control);
    }
  }

  /** A process has made a gate. */
  void made(ConsumerGate gate) {
    gates.add(gate);
  }

  /** Ends every thread. What gates keep for the whole of a process would else be kept for ever. */
  void end() {
    scheduler.end();
    gates.forEach(ConsumerGate::forgetAll);
  }

  /** Ends every tenant that is registered. */
  void endTenants() {
    store().catalog().tenants().keySet().stream().sorted().forEach(control::delete);
  }

  /** Up to where the baseline has read a partition; -1 if nobody reads it. */
  long position(TopicPartition partition) {
    long position = -1;
    for (ConsumerProcess process : baseline) {
      position = Math.max(position, process.position(partition));
    }
    return position;
  }

  /** Adds partitions to the topic. */
  void grow() {
    broker.logs().make(ConsumerProcess.TOPIC, broker.logs().partitions(ConsumerProcess.TOPIC) + 1);
    scheduler.after(scheduler.between(0, 2_000), Scheduler.world(),
        () -> broker.groups().changed(ConsumerProcess.TOPIC));
  }

  /** Nothing is meddled with any more. */
  void leaveAlone() {
    isTroubled = false;
  }

  /** How many in a thousand answers are lost. */
  void loses(int perMille) {
    losesPerMille = perMille;
    lost |= perMille > 0;
    broker.loses(perMille);
  }

  boolean losesAnswer() {
    return scheduler.chance(losesPerMille);
  }

  /** Whether things go wrong for now. */
  boolean isTroubled() {
    return isTroubled && !calm;
  }

  // What there is

  /** Whether nothing goes wrong here: then workloads have to process all that they can. */
  boolean isCalm() {
    return calm;
  }

  /** Whether consumers of the baseline put aside what is in doubt, as they do unless they are told not to; else they hold. */
  boolean putsAside() {
    return putsAside;
  }

  /** Whether no answer was lost, and no control plane was killed: then nothing is handed over twice. */
  boolean isSure() {
    return !lost && scheduler.tally().of(Happening.CONTROL_KILLS) + scheduler.tally().of(Happening.OUTAGES) == 0;
  }

  Scheduler scheduler() {
    return scheduler;
  }

  Faults faults() {
    return faults;
  }

  Broker broker() {
    return broker;
  }

  Network network() {
    return network;
  }

  Clock clock() {
    return clock;
  }

  Store store() {
    return control.store();
  }

  Account account() {
    return account;
  }

  Wire wire() {
    return wire;
  }

  Edge edge() {
    return edge;
  }

  Control control() {
    return control;
  }

  /** The changes that were committed. */
  List<Change> log() {
    return log;
  }
}
