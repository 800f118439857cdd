package dev.lanekeeper.boot;

import dev.lanekeeper.model.Calls;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What was decided, and why, since this process started: {@code pass.baseline}, {@code redirect.override},
 * {@code refuse.tenancy-ended}, {@code skip.foreign}. Untagged traffic is not counted.
 */
public final class Counters {

  private static final int MOST_CAUSES = 200;

  private static final Map<String, LongAdder> COUNTS = new ConcurrentHashMap<>();
  private static final Map<Calls.Reason, LongAdder> PASSED = new EnumMap<>(Calls.Reason.class);
  private static final Map<Calls.Reason, LongAdder> REFUSED = new EnumMap<>(Calls.Reason.class);
  private static final LongAdder REDIRECTED = adder("redirect." + Calls.Reason.OVERRIDE.code());
  private static final Set<String> SAID = ConcurrentHashMap.newKeySet();

  static {
    for (Calls.Reason reason : Calls.Reason.values()) {
      PASSED.put(reason, adder("pass." + reason.code()));
      REFUSED.put(reason, adder("refuse." + reason.code()));
    }
  }

  private Counters() {}

  private static LongAdder adder(String name) {
    return COUNTS.computeIfAbsent(name, unused -> new LongAdder());
  }

  /** Adds to a counter. */
  public static void add(String name, long count) {
    adder(name).add(count);
  }

  static void passed(Calls.Reason reason) {
    increment(PASSED.get(reason));
  }

  static void refused(Calls.Reason reason) {
    increment(REFUSED.get(reason));
  }

  static void redirected() {
    REDIRECTED.increment();
  }

  private static void increment(@Nullable LongAdder adder) {
    if (adder != null) {
      adder.increment();
    }
  }

  /** All counters by name; those that never counted are left out. */
  public static Map<String, Long> snapshot() {
    Map<String, Long> counts = new TreeMap<>();
    COUNTS.forEach((name, adder) -> {
      if (adder.sum() > 0) {
        counts.put(name, adder.sum());
      }
    });
    return counts;
  }

  /**
   * Tells people, on standard error, and once per cause: this library must not start the host's logging.
   *
   * @param cause what makes two messages the same
   */
  public static void sayOnce(String cause, String message) {
    if (SAID.size() < MOST_CAUSES && SAID.add(cause)) {
      System.err.println("[lanekeeper] " + message);
    }
  }

  /** Something of ours failed: counted, and said once per cause. */
  public static void failed(String where, Throwable failure) {
    add("failed." + where, 1);
    sayOnce(where + failure.getClass().getName(),
        where + ": " + failure + " (expected: no failure; tagged traffic is held back meanwhile, untagged passes)");
  }
}
