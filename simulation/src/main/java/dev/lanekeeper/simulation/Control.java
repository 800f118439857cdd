package dev.lanekeeper.simulation;

import dev.lanekeeper.api.Announcement;
import dev.lanekeeper.api.DataPlaneReport;
import dev.lanekeeper.api.Document;
import dev.lanekeeper.api.ProblemException;
import dev.lanekeeper.client.RouteJson;
import dev.lanekeeper.controlplane.operations.Floor;
import dev.lanekeeper.controlplane.operations.Machine;
import dev.lanekeeper.controlplane.operations.OperationKind;
import dev.lanekeeper.controlplane.operations.Operations;
import dev.lanekeeper.controlplane.operations.Resolver;
import dev.lanekeeper.controlplane.operations.Sweeper;
import dev.lanekeeper.controlplane.planes.Announcements;
import dev.lanekeeper.controlplane.planes.DataPlanes;
import dev.lanekeeper.controlplane.store.Store;
import dev.lanekeeper.model.Change;
import dev.lanekeeper.model.Tenancy;
import java.time.Duration;
import java.util.List;

/**
 * A control plane: the product's life cycle ({@link Operations} with all that it does in the background), {@link DataPlanes},
 * {@link Announcements} and {@link Sweeper}, put together as {@code ControlPlane} does, without REST.
 */
final class Control {

  /** The name of the thread that raises the floor. */
  static final String FLOOR = "floor";

  private static final Duration TICK = Duration.ofSeconds(1);
  /** How much faster the clock goes by which the floor rests: lives are short here. */
  private static final long FLOOR_HURRY = 20;

  private final Scheduler scheduler;
  private final Host host;
  private final Store store;
  private final List<Change> log;
  private final DataPlanes dataPlanes;
  private final Announcements announcements;
  private final Operations operations;
  private final Sweeper sweeper;
  private final Resolver resolver;
  private final Floor floor;
  private final Broker broker;
  private final Faults faults;

  /** Starts on what a store holds. */
  Control(Scheduler scheduler, Host host, Store store, List<Change> log, Broker broker,
      Operations.Patiences patiences, Duration remembered, Faults faults) {
    this.scheduler = scheduler;
    this.host = host;
    this.store = store;
    this.log = log;
    this.broker = broker;
    this.faults = faults;
    this.dataPlanes = new DataPlanes(store);
    this.announcements = new Announcements(store);
    Machine machine =
        new Machine(store.clock(), scheduler::nowNanos, new SimulatedThreads(scheduler, host), scheduler.random());
    this.operations = new Operations(store, broker, dataPlanes, machine, patiences);
    this.resolver = new Resolver(store, broker, scheduler::nowNanos);
    this.sweeper = new Sweeper(store, broker, machine);
    this.floor = new Floor(store, broker, remembered, () -> scheduler.nowNanos() * FLOOR_HURRY);
  }

  Host host() {
    return host;
  }

  Store store() {
    return store;
  }

  /** Begins to work. */
  void start() {
    scheduler.start(host, "start", () -> {
      uninterrupted(operations::resume);
      repeat("tending", operations::tend);
      if (!faults.is(Fault.NO_SWEEP)) {
        repeat("sweeper", sweeper::work);
      }
      repeat("resolver", resolver::work);
      repeat(FLOOR, floor::work);
      repeat("silence", () -> {
        store.presence().tend();
        announcements.expire();
      });
    });
  }

  private void repeat(String name, Interruptible work) {
    scheduler.start(host, name, () -> {
      while (true) {
        scheduler.sleep(TICK);
        uninterrupted(work);
      }
    });
  }

  /** Something that an interrupt would end; there are none here. */
  private interface Interruptible {
    void run() throws InterruptedException;
  }

  private static void uninterrupted(Interruptible work) {
    try {
      work.run();
    } catch (InterruptedException never) {
      throw new IllegalStateException(never);
    }
  }

  /** Somebody applies documents. What comes of it he may never hear. */
  void apply(List<Document> documents) {
    scheduler.start(host, "apply", () -> refused("apply", () -> operations.apply(documents)));
  }

  /** Somebody deletes a tenant. */
  void delete(Tenancy tenancy) {
    scheduler.start(host, "delete", () -> refused("delete", () -> operations.end(tenancy, OperationKind.DELETE)));
  }

  private void refused(String what, Interruptible work) {
    try {
      uninterrupted(work);
      scheduler.trace(() -> what + " is done");
    } catch (ProblemException refused) {
      scheduler.trace(() -> what + " is refused: " + refused.getMessage());
    }
  }

  /** A data plane reports. */
  void report(String instance, DataPlaneReport report) {
    dataPlanes.report(instance, faults.reported(report, store.catalog().table().revision(), broker.groups()));
  }

  /**
   * A workload under test announces itself.
   *
   * @throws ProblemException if it is refused
   */
  String announce(Announcement announcement) {
    return announcements.announce(announcement).incarnation();
  }

  /** What is current, as it is told to watchers. */
  RouteJson.Current current() {
    return faults.current(store.current());
  }

  /** What is current, as it is told to one who asks. */
  RouteJson.Current answer() {
    return faults.answer(current());
  }

  /** The changes after a revision. */
  List<Change> changesAfter(long revision) {
    return log.stream().filter(change -> change.revision() > revision).toList();
  }
}
