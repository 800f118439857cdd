package dev.lanekeeper.gateway.conformance;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What a class logs, as long as this is open. */
final class Said extends Handler implements AutoCloseable {

  private final Logger log;
  private final List<String> lines = new CopyOnWriteArrayList<>();

  private Said(Class<?> by) {
    log = Logger.getLogger(by.getName());
  }

  static Said by(Class<?> type) {
    Said said = new Said(type);
    said.log.addHandler(said);
    return said;
  }

  boolean has(String words) {
    return lines.stream().anyMatch(line -> line.contains(words));
  }

  @Override
  public void publish(LogRecord line) {
    lines.add(line.getMessage());
  }

  @Override
  public void flush() {
    // Nothing is kept back.
  }

  @Override
  public void close() {
    log.removeHandler(this);
  }
}
