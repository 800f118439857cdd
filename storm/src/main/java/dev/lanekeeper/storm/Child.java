package dev.lanekeeper.storm;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** A process that the storm has started. None of them outlives it. */
final class Child {

  private static final Set<Child> ALL = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> ALL.forEach(Child::kill), "storm-children"));
  }

  private final String name;
  private final Process process;
  private final BufferedReader out;
  private final Writer in;

  private Child(String name, Process process) {
    this.name = name;
    this.process = process;
    this.out = process.inputReader(StandardCharsets.UTF_8);
    this.in = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
    ALL.add(this);
    CompletableFuture<?> _ = process.onExit().thenRun(() -> ALL.remove(this));
  }

  /** Starts a process. What it says to people is appended to {@code log}; its output is for {@link #line}. */
  static Child start(String name, List<String> command, Map<String, String> environment, Path log) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().clear();
    builder.environment().putAll(environment);
    return new Child(name, builder.start());
  }

  /** Our own environment, without what would tell a child something that was not meant for it. */
  static Map<String, String> environment() {
    Map<String, String> environment = new TreeMap<>(System.getenv());
    environment.keySet().removeIf(
        name -> name.startsWith("LANEKEEPER_") || name.startsWith("OTEL_") || name.equals("JAVA_TOOL_OPTIONS"));
    return environment;
  }

  /** The JVM of this process with these arguments. */
  static List<String> java(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow"));
    command.addAll(List.of(arguments));
    return command;
  }

  /** What is said of it. */
  String name() {
    return name;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** The next line of its output; waits for it. */
  String line() throws IOException {
    String line = out.readLine();
    if (line == null) {
      throw new IOException(name + ": ended (expected: a line)");
    }
    return line;
  }

  /** Tells it something. */
  synchronized void tell(String line) throws IOException {
    in.write(line + "\n");
    in.flush();
  }

  /** Tells it that there is nothing more. */
  void tellNothingMore() throws IOException {
    in.close();
  }

  /** Kills it as {@code kill -9} does, whether it stands still or not. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** Asks it to end, and waits. */
  void end() {
    process.destroy();
    process.onExit().join();
  }

  /** Lets it stand still. */
  void stop() {
    signal("-STOP");
  }

  /** Lets it go on. */
  void go() {
    signal("-CONT");
  }

  private void signal(String signal) {
    try {
      new ProcessBuilder("kill", signal, "" + process.pid()).start().onExit().join();
    } catch (IOException e) {
      throw new IllegalStateException("kill: cannot be run", e);
    }
  }

  /** Waits for its end. */
  void await() {
    process.onExit().join();
  }
}
