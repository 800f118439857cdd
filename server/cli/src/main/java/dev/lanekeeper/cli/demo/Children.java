package dev.lanekeeper.cli.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Processes of a demo that are ended together, each by its own handle. May be used by any thread. */
final class Children implements AutoCloseable {
  private static final long MILLIS_TO_END = 3_000;

  private final Path logs;
  private final List<Child> children = new ArrayList<>();
  private boolean closed;

  /**
   * No process yet.
   *
   * @param logs the directory of what they print
   */
  Children(Path logs) {
    this.logs = logs;
  }

  /**
   * Starts one.
   *
   * @param environment all of its variables
   * @throws IOException if it cannot be started, or all were ended
   */
  synchronized Child start(String name, List<String> command, Map<String, String> environment) throws IOException {
    if (closed) {
      throw new IOException(name + ": not started, for the demo is ending");
    }
    Child child = Child.start(name, command, environment, logs);
    children.add(child);
    return child;
  }

  /** Ends one. */
  void end(Child child) {
    child.end();
    child.awaitEnd(MILLIS_TO_END);
    synchronized (this) {
      children.remove(child);
    }
  }

  /** The first one that ended by itself. */
  synchronized java.util.Optional<Child> dead() {
    return closed ? java.util.Optional.empty() : children.stream().filter(child -> !child.isAlive()).findFirst();
  }

  /** Ends all, at once. */
  @Override
  public synchronized void close() {
    closed = true;
    children.forEach(Child::end);
    children.forEach(child -> child.awaitEnd(MILLIS_TO_END));
    children.clear();
  }
}
