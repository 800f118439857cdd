package dev.lanekeeper.cli.demo;

import dev.lanekeeper.cli.run.AgentEnvironment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Command lines and environments of the demo's JVMs. They live for a minute: the optimizing compiler and the parallel
 * collectors cost more than they give.
 */
final class Jvm {
  private static final List<String> SHORT_LIVED = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");
  /** Kafka and SQLite, on the JDK that this command runs on. */
  private static final List<String> OF_SERVERS =
      List.of("-Xmx256m", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");
  /** nodelay: otherwise the JDK's HTTP server waits 40 ms for an acknowledgement between headers and body. */
  private static final List<String> OF_SERVICES = List.of("-Xmx160m", "-Dsun.net.httpserver.nodelay=true");

  private Jvm() {}

  /** A server of ours: a main class from the class path of this command. */
  static List<String> server(Class<?> main, String... arguments) {
    var command = new ArrayList<String>(List.of(java(Path.of(System.getProperty("java.home")))));
    command.addAll(SHORT_LIVED);
    command.addAll(OF_SERVERS);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    return command;
  }

  /** A service: a jar. */
  static List<String> service(Path javaHome, Path jar) {
    var command = new ArrayList<String>(List.of(java(javaHome)));
    command.addAll(SHORT_LIVED);
    command.addAll(OF_SERVICES);
    command.addAll(List.of("-jar", jar.toString()));
    return command;
  }

  private static String java(Path home) {
    return home.resolve("bin/java").toString();
  }

  /** Our own environment, without what would tell the children something that was not meant for them. */
  static Map<String, String> environment() {
    var environment = new TreeMap<>(System.getenv());
    environment.keySet().removeIf(name -> name.startsWith("LANEKEEPER_") || name.startsWith("OTEL_")
        || name.equals(AgentEnvironment.JAVA_TOOL_OPTIONS));
    return environment;
  }
}
