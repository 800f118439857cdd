package dev.lanekeeper.it.outage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.cli.run.AgentEnvironment;
import dev.lanekeeper.cli.run.Home;
import dev.lanekeeper.cli.run.Identity;
import dev.lanekeeper.cli.run.Ports;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import kotlin.Unit;
import okhttp3.OkHttpClient;
import okio.Okio;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** The processes of a test: a control plane, and services under the agent. Each is ended by its own handle. */
public final class Town implements AutoCloseable {
  private static final Duration START = Duration.ofMinutes(2);
  private static final List<String> MODULES = List.of("JAVA_HTTP_CLIENT", "JAVA_HTTP_SERVER", "KAFKA", "LANEKEEPER");
  private static final List<String> SHORT_LIVED = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

  private final Home home = Home.find();
  private final Path directory;
  private final Path logs;
  private final Map<String, String> settings = new TreeMap<>();
  private final List<Running> started = new ArrayList<>();
  private final int controlPlanePort = Ports.free();

  /**
   * A process.
   *
   * @param name for people
   * @param process its handle
   * @param port where it listens
   * @param log what it prints
   */
  public record Running(String name, Process process, int port, Path log) {
    /** Its root URL. */
    public URI root() {
      return URI.create("http://127.0.0.1:" + port);
    }

    /** Kills it as {@code kill -9} does. */
    public void kill() throws InterruptedException {
      process.destroyForcibly().waitFor();
    }
  }

  /**
   * An empty one.
   *
   * @param settings what every service finds in its environment
   */
  public Town(Path directory, Map<String, String> settings) throws IOException {
    this.directory = directory;
    this.logs = Files.createDirectories(directory.resolve("logs"));
    this.settings.putAll(settings);
  }

  /** A client of the control plane, wherever that may be at the moment. */
  public ControlPlaneClient client() {
    return new ControlPlaneClient(URI.create("http://127.0.0.1:" + controlPlanePort), null);
  }

  /** Starts the control plane on what it has on disk; returns when it serves. */
  public Running startControlPlane() throws IOException {
    String classes = home.directory().resolve("server/cli/target").toString();
    var command = java(Path.of(System.getProperty("java.home")), "-Xmx256m", "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow", "-cp", classes + "/*:" + classes + "/lib/*", "dev.lanekeeper.cli.Main",
        "control-plane", "--port", "" + controlPlanePort, "--data", directory.resolve("control-plane").toString(),
        "--horizon", "1s");
    return awaitServing(start("control-plane", command, environment(), controlPlanePort));
  }

  /**
   * Starts a service of the demo; it may not serve yet.
   *
   * @param version what it is to say it is
   * @param disk name of the directory of its last table
   */
  Running startService(String service, @Nullable String tenancy, String version, int port, String disk)
      throws IOException {
    var command =
        java(Path.of(System.getProperty("java.home")), "-Xmx160m", "-Dsun.net.httpserver.nodelay=true", "-jar",
            home.demo(service.toLowerCase(Locale.ROOT)).toString());
    return startUnderAgent(service, tenancy, version, command, port, disk);
  }

  /** Starts a main class of this module as a service that listens nowhere, with these arguments. */
  Running startConsumer(String service, @Nullable String tenancy, String version, Class<?> main, String... arguments)
      throws IOException {
    String classPath = Stream.of(main, KafkaConsumer.class, Logger.class)
        .map(
            type -> Path.of(URI.create(type.getProtectionDomain().getCodeSource().getLocation().toString())).toString())
        .collect(Collectors.joining(File.pathSeparator));
    var command = java(Path.of(System.getProperty("java.home")), "-Xmx160m", "-cp", classPath, main.getName());
    command.addAll(List.of(arguments));
    return startUnderAgent(service, tenancy, version, command, 0, "disk");
  }

  /** Starts a main class of this module as a service that calls others, and listens. It may not serve yet. */
  Running startCaller(String service, Class<?> main, int port, String disk) throws IOException {
    String classPath = Stream.of(main, OkHttpClient.class, Okio.class, Unit.class)
        .map(
            type -> Path.of(URI.create(type.getProtectionDomain().getCodeSource().getLocation().toString())).toString())
        .collect(Collectors.joining(File.pathSeparator));
    var command = java(Path.of(System.getProperty("java.home")), "-Xmx160m", "-cp", classPath, main.getName());
    return startUnderAgent(service, null, service, command, port, disk);
  }

  /**
   * Starts a program as a service that listens nowhere.
   *
   * @param modules of the tracing agent, beside those that every service has
   * @param command what comes behind {@code java}
   */
  public Running startProgram(String service, @Nullable String tenancy, String version, List<String> modules,
      List<String> command) throws IOException {
    var all = java(Path.of(System.getProperty("java.home")), command.toArray(String[]::new));
    return startUnderAgent(service, tenancy, version, all, 0, "disk", modules);
  }

  private Running startUnderAgent(String service, @Nullable String tenancy, String version, List<String> command,
      int port, String disk) throws IOException {
    return startUnderAgent(service, tenancy, version, command, port, disk, List.of());
  }

  private Running startUnderAgent(String service, @Nullable String tenancy, String version, List<String> command,
      int port, String disk, List<String> modules) throws IOException {
    var identity =
        new Identity(service, tenancy, client().root(), version.toLowerCase(Locale.ROOT), UUID.randomUUID().toString());
    var variables = environment();
    variables.putAll(settings);
    variables
        .putAll(Map.of("PORT", "" + port, "VERSION", version, "LANEKEEPER_DIR", directory.resolve(disk).toString()));
    variables.put("OTEL_INSTRUMENTATION_COMMON_DEFAULT_ENABLED", "false");
    for (String module : Stream.concat(MODULES.stream(), modules.stream()).toList()) {
      variables.put("OTEL_INSTRUMENTATION_" + module + "_ENABLED", "true");
    }
    return start(version, command, AgentEnvironment.of(variables, identity, home.openTelemetryAgent().toString(),
        home.extension().toString(), command), port);
  }

  /** Waits until every data plane, so many at least, has applied a revision. */
  public void awaitApplied(int atLeast, long revision) {
    await("every data plane to apply revision " + revision).atMost(START).until(() -> {
      var planes = client().dataPlanes();
      return planes.size() >= atLeast && planes.stream().allMatch(plane -> plane.report().revision() >= revision);
    });
  }

  private List<String> java(Path javaHome, String... arguments) {
    var command = new ArrayList<String>();
    command.add(javaHome.resolve("bin/java").toString());
    command.addAll(SHORT_LIVED);
    // Who is killed cannot clean up: what it unpacked goes with the test's directory.
    command.add("-Djava.io.tmpdir=" + directory);
    command.addAll(List.of(arguments));
    return command;
  }

  private static Map<String, String> environment() {
    var environment = new TreeMap<>(System.getenv());
    environment.keySet().removeIf(name -> name.startsWith("LANEKEEPER_") || name.startsWith("OTEL_")
        || name.equals(AgentEnvironment.JAVA_TOOL_OPTIONS));
    return environment;
  }

  private Running start(String name, List<String> command, Map<String, String> environment, int port)
      throws IOException {
    Path log = logs.resolve(started.size() + "-" + name + ".log");
    var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    var running = new Running(name, builder.start(), port, log);
    started.add(running);
    return running;
  }

  /** Waits until it serves. */
  Running awaitServing(Running running) {
    await(running.name() + " to serve").atMost(START).until(() -> {
      assertThat(running.process().isAlive()).as(running.name() + " has ended:\n" + printed(running)).isTrue();
      return Ports.accepts(running.port());
    });
    return running;
  }

  /** What it has printed. */
  public static String printed(Running running) {
    try {
      return new String(Files.readAllBytes(running.log()), java.nio.charset.StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      return unreadable.toString();
    }
  }

  /** What all have printed, for a failure to show. */
  public String printed() {
    var text = new StringBuilder();
    for (Running running : started) {
      text.append("---- ").append(running.name()).append('\n').append(printed(running));
    }
    return text.toString();
  }

  @Override
  public void close() {
    for (Running running : started) {
      running.process().destroyForcibly();
    }
    for (Running running : started) {
      running.process().onExit().join();
    }
  }
}
