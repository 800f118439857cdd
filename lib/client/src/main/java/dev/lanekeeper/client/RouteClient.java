package dev.lanekeeper.client;

import dev.lanekeeper.client.protocol.Protocol;
import dev.lanekeeper.model.Hop;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.OverrideLife;
import dev.lanekeeper.model.RouteSource;
import dev.lanekeeper.model.RouteView;
import dev.lanekeeper.model.Self;
import dev.lanekeeper.model.Tenancy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Follows the route stream of a control plane, keeps the last table on disk, and makes this process known.
 *
 * <pre>{@code
 * RouteClient routes = RouteClient.builder(URI.create("http://127.0.0.1:7400"))
 *     .self(ServiceName.of("C"), new Tenancy("123"))
 *     .start();
 * }</pre>
 *
 * <p>Nothing that goes wrong between this process and the control plane is thrown at callers: the view says how old it
 * is, questions stay unanswered, and each cause is told once.
 *
 * <p><b>Threads.</b> Its threads are daemons and named {@code lanekeeper-*}: none keeps the process alive. Every method
 * may be called by any thread; {@link #view} and {@link #self} are one volatile read each.
 */
public final class RouteClient implements RouteSource, AutoCloseable {

  private static final int NOT_FOUND = 404;
  private static final int MOST_STUB_BYTES = 8 * 1024 * 1024;
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(2);
  private static final Duration TELLING_PATIENCE = Duration.ofMillis(500);
  /** A question is told by the protocol when its time is over; this is for a machine that stands still. */
  private static final Duration GRACE = Duration.ofMillis(500);

  private final Follower follower;
  private final Presence presence;
  private final ControlPlane controlPlane;
  private final ExecutorService io;
  private final Tally tally;
  private final HopReports hops;

  RouteClient(RouteClientBuilder from) {
    this.io = Executors.newCachedThreadPool(daemons());
    this.tally = new Tally(from.log);
    this.controlPlane = from.controlPlane();
    Self self = from.self();
    TableFile disk = from.directory == null ? null : new TableFile(from.directory, self, controlPlane.root(), tally);
    this.hops = new HopReports(controlPlane, from.instance, io, tally);
    this.follower = new Follower(new Protocol(from.timing), controlPlane, disk, tally, io, from.longestEvent);
    AtomicReference<DataPlaneReport.@Nullable HostProcess> process = new AtomicReference<>();
    this.presence = new Presence(controlPlane, self, from.instance, from.workload, from.reportInterval,
        who -> new DataPlaneReport(who, process(process, from.version), view(), from.consumers.get(),
            from.modules.get(), counters(from)),
        () -> incarnationOf(self), tally);
  }

  /**
   * A client of this control plane, to be described further.
   *
   * @param controlPlane its root, {@code http} or {@code https}
   */
  public static RouteClientBuilder builder(URI controlPlane) {
    return new RouteClientBuilder(controlPlane);
  }

  RouteClient start(Duration bindPatience) {
    follower.start();
    presence.start(bindPatience);
    return this;
  }

  private static ThreadFactory daemons() {
    AtomicInteger number = new AtomicInteger();
    return work -> {
      Thread thread = new Thread(work, "lanekeeper-io-" + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  /** Made when it is first reported: looking the host up may block. */
  private static DataPlaneReport.HostProcess process(AtomicReference<DataPlaneReport.@Nullable HostProcess> made,
      String version) {
    DataPlaneReport.HostProcess present = made.get();
    if (present != null) {
      return present;
    }
    String host;
    try {
      host = InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      host = "";
    }
    long started =
        ProcessHandle.current().info().startInstant().map(Instant::toEpochMilli).orElse(System.currentTimeMillis());
    present = new DataPlaneReport.HostProcess(version, ProcessHandle.current().pid(), host, started);
    made.set(present);
    return present;
  }

  private Map<String, Long> counters(RouteClientBuilder from) {
    Map<String, Long> all = new TreeMap<>(from.counters.get());
    counters().forEach((name, count) -> all.merge(name, count, Long::sum));
    return all;
  }

  private @Nullable Incarnation incarnationOf(Self self) {
    Tenancy tenancy = self.tenancy();
    OverrideLife life = tenancy == null ? null : view().table().override(self.service(), tenancy);
    return life == null ? null : life.incarnation();
  }

  @Override
  public RouteView view() {
    return follower.view();
  }

  /**
   * Who this process is. A process with a tenancy has no incarnation until it was given one; then it keeps it for its
   * life.
   */
  public Self self() {
    return presence.self();
  }

  /** What went wrong so far, by cause; names are stable. */
  public Map<String, Long> counters() {
    return tally.counters();
  }

  @Override
  public Answer ask(Duration patience) {
    boolean answered = false;
    try {
      answered = follower.ask(patience).get(patience.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      tally.count("question-unanswered");
    }
    return follower.answered(answered);
  }

  /** {@inheritDoc} What depends on the stage runs on a thread of this client that is used for nothing else meanwhile. */
  @Override
  public CompletionStage<Answer> askLater(Duration patience) {
    return follower.ask(patience).thenApplyAsync(follower::answered, io).minimalCompletionStage();
  }

  @Override
  public void tell(Hop hop) {
    hops.add(hop);
  }

  /**
   * The stubs of a mock, which never change: JSON, a list of stub mappings. Blocks, for some seconds at most.
   *
   * @return null if the control plane knows of no such mock
   * @throws IOException if it cannot be asked, or refuses
   */
  public @Nullable String stubs(Incarnation incarnation) throws IOException {
    ControlPlane.Reply reply =
        controlPlane.call("GET", "/v1/routes/stubs/" + incarnation.id(), null, MOST_STUB_BYTES);
    if (reply.status() == NOT_FOUND) {
      return null;
    }
    if (!reply.isGood()) {
      throw new IOException("stubs of " + incarnation + ": the control plane answered " + reply.status() + ", "
          + reply.body());
    }
    return reply.body();
  }

  /** Reports at once instead of within two seconds: the consumers have changed. Never blocks. */
  public void reportSoon() {
    presence.reportSoon();
  }

  /**
   * Announces where this process serves its tenant, and goes on to do so until it is withdrawn. Blocks for one round
   * trip.
   *
   * @return whether the control plane knows it now; false if that is out of reach, and is told when it is back
   * @throws AnnounceRefusedException if the control plane refused; nothing is announced then
   */
  public boolean announce(URI address) throws AnnounceRefusedException {
    return presence.announce(address);
  }

  /** Takes the announcement back. Blocks for one round trip. */
  public void withdraw() {
    presence.withdraw();
  }

  /** Withdraws, saves what is unsaved, and ends all threads; takes some seconds at most. Questions stay unanswered. */
  @Override
  public void close() {
    hops.close(TELLING_PATIENCE);
    presence.close(CLOSE_PATIENCE);
    follower.close(CLOSE_PATIENCE);
    controlPlane.close();
    io.shutdown();
    try {
      io.awaitTermination(CLOSE_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    io.shutdownNow();
  }
}
