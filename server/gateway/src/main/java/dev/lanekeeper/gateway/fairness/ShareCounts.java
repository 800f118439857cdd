package dev.lanekeeper.gateway.fairness;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * How many had to wait for their share, and how many got none, by class.
 *
 * <p><b>Threads.</b> Any.
 */
final class ShareCounts {

  private final Map<ShareClass, LongAdder> waits = new EnumMap<>(ShareClass.class);
  private final Map<ShareClass, LongAdder> refused = new EnumMap<>(ShareClass.class);

  ShareCounts() {
    for (ShareClass kind : ShareClass.values()) {
      waits.put(kind, new LongAdder());
      refused.put(kind, new LongAdder());
    }
  }

  void waits(ShareClass kind) {
    waits.getOrDefault(kind, new LongAdder()).increment();
  }

  void refused(ShareClass kind) {
    refused.getOrDefault(kind, new LongAdder()).increment();
  }

  /** By name; those that never counted are left out. */
  Map<String, Long> snapshot() {
    Map<String, Long> all = new TreeMap<>();
    put(all, "wait.share.", waits);
    put(all, "refuse.share-exceeded.", refused);
    return all;
  }

  private static void put(Map<String, Long> all, String name, Map<ShareClass, LongAdder> counts) {
    counts.forEach((kind, count) -> {
      if (count.sum() > 0) {
        all.put(name + kind.text(), count.sum());
      }
    });
  }
}
