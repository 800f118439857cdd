package dev.lanekeeper.client;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Counts everything and tells each cause once, until it is over.
 *
 * <p><b>Threads.</b> Any.
 */
final class Tally {

  private final ClientLog log;
  private final Map<String, LongAdder> counters = new ConcurrentHashMap<>();
  private final Map<String, Boolean> told = new ConcurrentHashMap<>();

  Tally(ClientLog log) {
    this.log = log;
  }

  void count(String name) {
    counters.computeIfAbsent(name, key -> new LongAdder()).increment();
  }

  /** Counts it; tells it unless this cause was told since it last was over. */
  void trouble(String cause, ClientLog.Level level, String message, @Nullable Throwable failure) {
    count(cause);
    if (told.putIfAbsent(cause, true) == null) {
      log.log(level, message, failure);
    }
  }

  /** The cause is gone; tells it if the cause was told. */
  void over(String cause, String message) {
    if (told.remove(cause) != null) {
      log.log(ClientLog.Level.INFO, message, null);
    }
  }

  void info(String message) {
    log.log(ClientLog.Level.INFO, message, null);
  }

  Map<String, Long> counters() {
    Map<String, Long> copy = new TreeMap<>();
    counters.forEach((name, count) -> copy.put(name, count.sum()));
    return copy;
  }
}
