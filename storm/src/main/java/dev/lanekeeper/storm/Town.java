package dev.lanekeeper.storm;

import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.cli.Main;
import dev.lanekeeper.cli.demo.BrokerProcess;
import dev.lanekeeper.cli.run.AgentEnvironment;
import dev.lanekeeper.cli.run.Home;
import dev.lanekeeper.cli.run.Identity;
import dev.lanekeeper.cli.run.Ports;
import dev.lanekeeper.storm.reading.Program;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.slf4j.Logger;

/** The processes: a broker, control planes on PostgreSQL, the baseline's, the host of the tenants, and those under the agent. */
final class Town implements AutoCloseable {

  private static final int CONTROL_PLANES = 2;
  private static final String SHORT_LIVED = "-XX:TieredStopAtLevel=1";
  private static final List<String> MODULES = List.of("KAFKA", "LANEKEEPER");

  private final Home home = Home.find();
  private final Cores cores;
  private final Path directory;
  private final Duration horizon;
  private final Database database;
  private final int brokerPort = Ports.free();
  private final int controllerPort = Ports.free();
  private final List<Integer> ports = new ArrayList<>();
  private final Map<String, Relay> relays = new ConcurrentHashMap<>();
  private final List<Child> controlPlanes = new ArrayList<>();
  private Child broker;

  /**
   * Starts the broker and the control planes.
   *
   * @param postgres a server for {@link Database#make}
   */
  Town(Path directory, Duration horizon, Supplier<String> postgres)
      throws IOException, SQLException, InterruptedException {
    this(directory, horizon, postgres, Cores.SHARED);
  }

  /** The same, on some of the machine's processors each. */
  Town(Path directory, Duration horizon, Supplier<String> postgres, Cores cores)
      throws IOException, SQLException, InterruptedException {
    this.cores = cores;
    cores.ofOthersIsThisOne();
    this.directory = directory;
    this.horizon = horizon;
    for (String name : List.of("logs", "journals", "routes", "kafka", "tmp")) {
      Files.createDirectories(directory.resolve(name));
    }
    database = Database.make(postgres);
    Runtime.getRuntime().addShutdownHook(new Thread(database::drop, "storm-database"));
    broker = startedBroker();
    for (int i = 0; i < CONTROL_PLANES; i++) {
      ports.add(Ports.free());
    }
    rehearse();
    for (int i = 0; i < CONTROL_PLANES; i++) {
      controlPlanes.add(startedControlPlane(i));
    }
    for (int port : ports) {
      Ports.awaitAccepting(port, () -> true);
    }
  }

  /** One of each kind comes and goes, so that those that are killed later start quickly: it leaves an archive of its classes. */
  private void rehearse() throws IOException, InterruptedException {
    Child controlPlane = startedControlPlane(0);
    Ports.awaitAccepting(ports.get(0), controlPlane::isAlive);
    controlPlane.end();
    Child host = startHost("rehearsal");
    host.tell("start rehearsal - http://127.0.0.1:" + ports.get(0));
    Thread.sleep(1_500);
    host.tellNothingMore();
    host.await();
  }

  String bootstrap() {
    return "127.0.0.1:" + brokerPort;
  }

  Database database() {
    return database;
  }

  Path directory() {
    return directory;
  }

  Path journals() {
    return directory.resolve("journals");
  }

  /** The relay between a data plane, or several, and the control planes. */
  Relay relay(String name) {
    return relays.computeIfAbsent(name, key -> {
      try {
        return new Relay(ports);
      } catch (IOException noPort) {
        throw new IllegalStateException(noPort);
      }
    });
  }

  /** A client of the control planes, through a relay that is never cut. */
  ControlPlaneClient client() {
    return new ControlPlaneClient(relay("driver").uri(), null);
  }

  private Path log(String name) {
    return directory.resolve("logs").resolve(name + ".log");
  }

  private String servers() {
    String classes = home.directory().resolve("server/cli/target").toString();
    return classes + "/*:" + classes + "/lib/*";
  }

  /**
   * A JVM that is started again and again.
   *
   * @param archive of its classes, shared by all of its kind: written by the first that ends by itself
   */
  private List<String> java(String archive, String... arguments) {
    List<String> all = new ArrayList<>();
    all.add("-XX:+AutoCreateSharedArchive");
    all.add("-XX:SharedArchiveFile=" + directory.resolve("tmp").resolve(archive + ".jsa"));
    all.add("-Xlog:cds=off,aot=off,cds+dynamic=off");
    // Who is killed cannot clean up: what it unpacked goes with the directory.
    all.add("-Djava.io.tmpdir=" + directory.resolve("tmp"));
    all.addAll(List.of(arguments));
    return Child.java(all.toArray(String[]::new));
  }

  private Child startedBroker() throws IOException {
    Child started = Child.start("broker",
        cores.ofBaseline(java("broker", "-Xmx768m", "-cp", servers(), BrokerProcess.class.getName(),
            "" + brokerPort, "" + controllerPort, directory.resolve("kafka").toString())),
        Child.environment(),
        log("broker"));
    while (!started.line().equals("ready")) {
      // the broker has its say before it is ready
    }
    return started;
  }

  /** Kills the broker, or asks it to end, and starts it again on the same directory. */
  synchronized void restartBroker(boolean kill, long pauseMillis) throws IOException, InterruptedException {
    if (kill) {
      broker.kill();
    } else {
      broker.end();
    }
    Thread.sleep(pauseMillis);
    broker = startedBroker();
  }

  int controlPlanes() {
    return CONTROL_PLANES;
  }

  Child controlPlane(int number) {
    return controlPlanes.get(number);
  }

  private Child startedControlPlane(int number) throws IOException {
    String name = "control-plane-" + number;
    return Child.start(name,
        cores.ofOthers(
            java("control-plane", "-Xmx320m", SHORT_LIVED, "-cp", servers(), Main.class.getName(), "control-plane",
                "--port", "" + ports.get(number),
                "--store", database.url(), "--horizon", horizon.toSeconds() + "s", "--drain-deadline", "8s")),
        Child.environment(), log(name));
  }

  /** Starts a control plane again. */
  void startControlPlane(int number) throws IOException {
    controlPlanes.set(number, startedControlPlane(number));
  }

  /** Waits until it serves. */
  void awaitControlPlane(int number) throws InterruptedException {
    Ports.awaitAccepting(ports.get(number), () -> controlPlanes.get(number).isAlive());
  }

  /** A process for workloads on the library. */
  Child startHost(String name) throws IOException {
    Child host = Child.start(name,
        cores.ofOthers(
            java("host", "-Xmx512m", SHORT_LIVED, "-cp", location(Host.class) + File.pathSeparator + servers(),
                Host.class.getName(), bootstrap(), directory.toString())),
        Child.environment(), log(name));
    host.line();
    return host;
  }

  /** The baseline of {@link Transfer}, once it is ready. */
  Child startTransferBaseline(int records) throws IOException {
    Child baseline = Child.start("baseline",
        cores.ofBaseline(
            java("baseline", "-Xmx512m", "-cp", location(Host.class) + File.pathSeparator + servers(),
                TransferBaseline.class.getName(), bootstrap(), relay("baseline-0").uri().toString(), "" + records)),
        Child.environment(), log("baseline"));
    baseline.line();
    return baseline;
  }

  /** A process under the agent. */
  Child startProgram(String tenancy, String name) throws IOException {
    String classPath = Stream.of(Program.class, KafkaConsumer.class, Logger.class).map(Town::location)
        .collect(Collectors.joining(File.pathSeparator));
    List<String> command =
        java("program", "-Xmx200m", SHORT_LIVED, "-cp", classPath, Program.class.getName(), bootstrap(),
            journals().toString(), name);
    Ground.GROUPS.forEach((group, topics) -> command.addAll(List.of(group, String.join(",", topics))));
    URI controlPlane = relay("agents").uri();
    Identity identity = new Identity(Ground.SERVICE, tenancy, controlPlane, "program", UUID.randomUUID().toString());
    Map<String, String> variables = Child.environment();
    variables.put("LANEKEEPER_DIR", directory.resolve("routes").resolve(name).toString());
    variables.put("OTEL_INSTRUMENTATION_COMMON_DEFAULT_ENABLED", "false");
    MODULES.forEach(module -> variables.put("OTEL_INSTRUMENTATION_" + module + "_ENABLED", "true"));
    return Child.start(name, command, AgentEnvironment.of(variables, identity, home.openTelemetryAgent().toString(),
        home.extension().toString(), command), log("programs"));
  }

  private static String location(Class<?> type) {
    return Path.of(URI.create(type.getProtectionDomain().getCodeSource().getLocation().toString())).toString();
  }

  @Override
  public void close() throws IOException {
    controlPlanes.forEach(Child::kill);
    for (Relay relay : relays.values()) {
      relay.close();
    }
    broker.kill();
    database.drop();
  }
}
