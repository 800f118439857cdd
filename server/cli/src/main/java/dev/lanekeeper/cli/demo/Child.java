package dev.lanekeeper.cli.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A process that the demo started; what it prints goes to a file.
 *
 * @param name for people
 * @param process its handle: it is ended by this, never by name
 * @param log what it printed
 */
record Child(String name, Process process, Path log) {
  private static final int TAIL_LINES = 15;

  /**
   * Starts a process.
   *
   * @param environment all of its variables
   * @throws IOException if it cannot be started
   */
  static Child start(String name, List<String> command, Map<String, String> environment, Path logs) throws IOException {
    Path log = logs.resolve(name.replaceAll("[^A-Za-z0-9.-]", "_") + ".log");
    var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    var process = builder.start();
    process.getOutputStream().close();
    return new Child(name, process, log);
  }

  /** Whether it still runs. */
  boolean isAlive() {
    return process.isAlive();
  }

  /** Asks it to end. */
  void end() {
    process.destroy();
  }

  /** Waits until it has ended, and kills it if that takes longer than this. */
  void awaitEnd(long millis) {
    try {
      if (!process.waitFor(millis, TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException stopped) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  /** The last lines that it printed. */
  List<String> tail() {
    try {
      List<String> lines = Files.readAllLines(log);
      return lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size());
    } catch (IOException unreadable) {
      return List.of(log + ": " + unreadable);
    }
  }
}
