package dev.lanekeeper.boot;

import dev.lanekeeper.model.Self;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;

/**
 * Which message consumers of this process stand behind a gate, or are our own. INVARIANT: a workload under test consumes with no
 * other: it would join the group of the baseline, and take its messages. That a module's advice matched is no proof: it may be
 * switched off, or not fit the library that is there, and then nobody says so.
 */
public final class Gated {

  private static final Set<Object> CONSUMERS =
      Collections.newSetFromMap(Collections.synchronizedMap(new WeakHashMap<>()));

  private Gated() {}

  /** This one may consume. */
  public static void add(Object consumer) {
    CONSUMERS.add(consumer);
  }

  /**
   * Before a consumer subscribes, or is assigned anything.
   *
   * @throws IllegalStateException if this process is a workload under test, and it is not one of these
   */
  public static void require(Object consumer) {
    Self self = Lanes.self();
    if (self == null || self.isBaseline() || CONSUMERS.contains(consumer)) {
      return;
    }
    Map<String, String> missed = Modules.missed();
    throw new IllegalStateException("lanekeeper: " + consumer.getClass().getName() + " in " + self.service()
        + " for tenancy " + self.tenancy() + " is not kept to its lane (expected: a client that is supported, "
        + "kafka-clients 3.0 to 4.3, and otel.instrumentation.lanekeeper-kafka-clients.enabled=true): it would take the "
        + "baseline's messages" + (missed.isEmpty() ? "" : ". Not matched: " + missed));
  }
}
