package dev.lanekeeper.storm;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** On what the storm takes place: one service that reads two topics in two groups. */
final class Ground {

  /** The service that tenants override. */
  static final String SERVICE = "C";
  /** Topics and their partitions. */
  static final Map<String, Integer> TOPICS = Map.of("orders", 4, "payments", 2);
  /** The groups of its baseline, and what they read. */
  static final Map<String, List<String>> GROUPS = groups();

  private Ground() {}

  private static Map<String, List<String>> groups() {
    Map<String, List<String>> groups = new LinkedHashMap<>();
    groups.put("c", List.of("orders", "payments"));
    groups.put("c-audit", List.of("orders"));
    return groups;
  }

  /** The number of a group among them; negative if it is none. */
  static int group(String name) {
    return List.copyOf(GROUPS.keySet()).indexOf(name);
  }
}
