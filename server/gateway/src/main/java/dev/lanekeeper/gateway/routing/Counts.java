package dev.lanekeeper.gateway.routing;

import dev.lanekeeper.model.Calls;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What became of tagged requests, by the names that every data plane reports.
 *
 * <p><b>Threads.</b> Any.
 */
final class Counts {

  private final Map<Calls.Reason, LongAdder> passed = new EnumMap<>(Calls.Reason.class);
  private final LongAdder redirected = new LongAdder();
  private final LongAdder asked = new LongAdder();
  private final Map<String, LongAdder> refused = new ConcurrentHashMap<>();

  Counts() {
    for (Calls.Reason reason : Calls.Reason.values()) {
      passed.put(reason, new LongAdder());
    }
  }

  /** Counts a verdict that stands; what bears no tag is not counted. */
  void count(Verdict verdict) {
    switch (verdict) {
      case Verdict.Forward forward -> {
        if (forward.reason() == Calls.Reason.OVERRIDE) {
          redirected.increment();
        } else if (forward.tagged() && forward.reason() != Calls.Reason.UNTAGGED) {
          adder(forward.reason()).increment();
        }
      }
      case Verdict.Refuse(Refusal problem) -> refused.computeIfAbsent(problem.code(), _ -> new LongAdder()).increment();
      case Verdict.Ours ours -> {
        if (ours.mock() != null) {
          asked.increment();
        }
      }
      case Verdict.Ask _ -> {
        // It is decided about again.
      }
    }
  }

  private LongAdder adder(Calls.Reason reason) {
    LongAdder adder = passed.get(reason);
    if (adder == null) {
      throw new IllegalStateException(reason + ": no counter");
    }
    return adder;
  }

  /** By name; those that never counted are left out. */
  Map<String, Long> snapshot() {
    Map<String, Long> all = new TreeMap<>();
    passed.forEach((reason, count) -> put(all, "pass." + reason.code(), count));
    put(all, "redirect." + Calls.Reason.OVERRIDE.code(), redirected);
    put(all, "stubs.asked", asked);
    refused.forEach((code, count) -> put(all, "refuse." + code, count));
    return all;
  }

  private static void put(Map<String, Long> all, String name, LongAdder count) {
    if (count.sum() > 0) {
      all.put(name, count.sum());
    }
  }
}
