package dev.lanekeeper.cli.demo;

import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.api.DataPlaneInfo;
import dev.lanekeeper.api.DataPlaneReport;
import dev.lanekeeper.cli.Main;
import dev.lanekeeper.cli.run.AgentEnvironment;
import dev.lanekeeper.cli.run.Announced;
import dev.lanekeeper.cli.run.Home;
import dev.lanekeeper.cli.run.Identity;
import dev.lanekeeper.cli.run.Ports;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The environment of the demo: broker, control plane, the baseline of A, B, C and D, and workloads under test.
 *
 * <p>{@link #close} may be called by any thread, at any time; everything else by those that take the steps.
 */
final class Town implements AutoCloseable {
  /** The topic between B and C. */
  static final String TOPIC = "orders";
  /** The consumer group of C's baseline. */
  static final String GROUP = "c";

  private static final int PARTITIONS = 2;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration PAUSE = Duration.ofMillis(150);

  private final Options options;
  private final Path directory;
  private final Home home = Home.find();
  private final Children servers;
  private final Children services;
  private final int kafkaPort = Ports.free();
  private final int portA = Ports.free();
  private final int portB = Ports.free();
  private final int portD = Ports.free();
  private final ControlPlaneClient client;
  private final Tap tap;

  /**
   * An empty one.
   *
   * @param directory of logs and data
   * @throws IOException if no port is free
   */
  Town(Options options, Path directory) throws IOException {
    this.options = options;
    this.directory = directory;
    this.servers = new Children(Files.createDirectories(directory.resolve("logs")));
    this.services = new Children(directory.resolve("logs"));
    this.client = new ControlPlaneClient(URI.create("http://127.0.0.1:" + Ports.free()), null);
    this.tap = new Tap(URI.create("http://127.0.0.1:" + portD));
  }

  /** The broker's address. */
  String kafka() {
    return "127.0.0.1:" + kafkaPort;
  }

  /** Where orders are sent. */
  URI a() {
    return URI.create("http://127.0.0.1:" + portA);
  }

  /** The control plane. */
  ControlPlaneClient client() {
    return client;
  }

  /** The wire between C and D. */
  Tap tap() {
    return tap;
  }

  /** The directory of what the processes print. */
  Path logs() {
    return directory.resolve("logs");
  }

  /** Starts the broker and the control plane; returns when both serve. */
  void startServers() throws IOException, InterruptedException {
    var environment = Jvm.environment();
    servers.start("broker", Jvm.server(BrokerProcess.class, "" + kafkaPort, "" + Ports.free(),
        directory.resolve("kafka").toString()), environment);
    int port = client.root().getPort();
    servers.start("control-plane", Jvm.server(Main.class, "control-plane", "--port", "" + port, "--data",
        directory.resolve("control-plane").toString(), "--horizon", "1s"), environment);
    awaitPort(kafkaPort);
    awaitPort(port);
  }

  /** Says what there is, and starts the baseline; returns the D that keeps, when all four are known to the control plane. */
  Workload startBaseline(BrokerView broker) throws Exception {
    broker.createTopic(TOPIC, PARTITIONS);
    int portC = Ports.free();
    client.applyYaml("""
        kind: Cluster
        name: default
        bootstrap: "%s"
        ---
        kind: Service
        name: A
        hosts: ["127.0.0.1:%d"]
        ---
        kind: Service
        name: B
        hosts: ["127.0.0.1:%d"]
        ---
        kind: Service
        name: C
        hosts: ["127.0.0.1:%d"]
        consumes: [{ topics: [%s], groups: [%s] }]
        ---
        kind: Service
        name: D
        hosts: ["127.0.0.1:%d"]
        """.formatted(kafka(), portA, portB, portC, TOPIC, GROUP, tap.port()));
    startService("A", null, "A", portA);
    startService("B", null, "B", portB);
    startService("C", null, "C", portC);
    Workload d = startService("D", null, "D", portD);
    for (int port : new int[]{portA, portB, portC, portD}) {
      awaitPort(port);
    }
    await("A, B, C and D to report, and C to join its group", () -> {
      List<DataPlaneInfo> planes = client.dataPlanes();
      return planes.size() >= 4 && planes.stream().flatMap(plane -> plane.report().consumers().stream())
          .anyMatch(DataPlaneReport.Consumer::hasJoined);
    });
    return d;
  }

  /**
   * Starts a workload under test and announces it, as {@code lanekeeper run} does; {@link #awaitServing} waits for it.
   *
   * @param version what it is to say it is
   */
  Workload startUnderTest(String service, String tenancy, String version) throws IOException {
    return startService(service, tenancy, version, Ports.free());
  }

  /** Starts a plain process, without any agent, that nobody is told of: a redirect written by hand leads there. */
  Workload startPlain(String service, String version) throws IOException {
    int port = Ports.free();
    var jar = home.demo(service.toLowerCase(java.util.Locale.ROOT));
    var child = services.start(service + "-" + port, Jvm.service(options.servicesJava(), jar), settings(version, port));
    return new Workload(service, version, port, child, null);
  }

  /** Waits until workloads serve, and says where. */
  void awaitServing(List<Workload> workloads) throws InterruptedException, IOException {
    for (Workload workload : workloads) {
      awaitPort(workload.port());
      if (workload.announced() != null) {
        workload.announced().at(workload.root());
      }
    }
  }

  private Workload startService(String service, @Nullable String tenancy, String version, int port) throws IOException {
    String jar = home.demo(service.toLowerCase(java.util.Locale.ROOT)).toString();
    var command = Jvm.service(options.servicesJava(), Path.of(jar));
    var identity = new Identity(service, tenancy, client.root(), "demo-" + version.replaceAll("[^A-Za-z0-9.-]", "x"),
        UUID.randomUUID().toString());
    Announced announced = tenancy == null ? null : Announced.begin(client, identity, note -> {});
    var settings = settings(version, port);
    settings.putAll(Telemetry.settings(options.traces()));
    var variables = AgentEnvironment.of(settings, identity, home.openTelemetryAgent().toString(),
        home.extension().toString(), command);
    String name = service + (tenancy == null ? "" : "-" + tenancy) + "-" + port;
    return new Workload(service, version, port, services.start(name, command, variables), announced);
  }

  private Map<String, String> settings(String version, int port) {
    var settings = new TreeMap<>(Jvm.environment());
    settings
        .putAll(Map.of("PORT", "" + port, "VERSION", version, "KAFKA", kafka(), "B_URL", "http://127.0.0.1:" + portB,
            "D_URL", "http://127.0.0.1:" + tap.port(), "LANEKEEPER_DIR", directory.resolve("routes").toString()));
    return settings;
  }

  /** Ends a workload under test, as Ctrl-C at {@code lanekeeper run} does. */
  void end(Workload workload) {
    services.end(workload.child());
    if (workload.announced() != null) {
      workload.announced().close();
    }
  }

  /** Waits until somebody is there to serve each override of a tenant. */
  void awaitReady(String tenancy) {
    client.awaitReady(tenancy, PATIENCE);
  }

  /** Waits until every data plane has applied a revision. */
  void awaitApplied(long revision) throws InterruptedException, IOException {
    await("every data plane to apply revision " + revision,
        () -> client.dataPlanes().stream().allMatch(plane -> plane.report().revision() >= revision));
  }

  private void awaitPort(int port) throws InterruptedException, IOException {
    await("port " + port + " to accept", () -> Ports.accepts(port));
  }

  /** What is waited for. */
  interface Condition<X extends Exception> {
    boolean holds() throws InterruptedException, X;
  }

  /**
   * Waits for something.
   *
   * @throws IOException if it takes too long, or a process has ended meanwhile
   */
  <X extends Exception> void await(String what, Condition<X> condition) throws InterruptedException, IOException, X {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.holds()) {
      var dead = servers.dead().or(services::dead);
      if (dead.isPresent()) {
        throw new IOException(dead.get().name() + ": ended with " + dead.get().process().exitValue()
            + " (expected: a process that stays); the end of " + dead.get().log() + ":\n  "
            + String.join("\n  ", dead.get().tail()));
      }
      if (System.nanoTime() > deadline) {
        throw new IOException("waited " + PATIENCE.toSeconds() + " s for " + what);
      }
      Thread.sleep(PAUSE);
    }
  }

  @Override
  public void close() {
    services.close();
    servers.close();
    tap.close();
  }
}
