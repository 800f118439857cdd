package dev.lanekeeper.controlplane;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.controlplane.kafka.BrokerException;
import dev.lanekeeper.controlplane.kafka.GroupBroker;
import dev.lanekeeper.controlplane.lifecycle.Start;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Groups in memory, which outlive control planes. Can be put out of reach, and can kill its caller at a chosen call. */
final class InMemoryGroups implements GroupBroker {

  /** What ends the thread of a control plane that dies: nothing catches it. */
  static final class Death extends Error {
    Death() {
      super("the process died", null, false, false);
    }
  }

  final Map<String, Map<String, Long>> offsets = new TreeMap<>();
  final Map<String, List<Member>> members = new TreeMap<>();
  final List<String> calls = new ArrayList<>();
  private boolean reachable = true;
  private String unreachableFrom = "";
  private int misses;
  private int dieAtCall = -1;
  private boolean dieBefore;
  private boolean dead;

  synchronized void reachable(boolean yes) {
    reachable = yes;
    unreachableFrom = "";
  }

  /** Gets out of reach at the first call whose name begins like this. */
  synchronized void unreachableFrom(String name) {
    unreachableFrom = name;
  }

  /** How often it was called in vain. */
  synchronized int misses() {
    return misses;
  }

  /** The caller of this call dies, before it takes effect or after; calls are counted from now on, from 0. */
  synchronized void dieAt(int call, boolean before) {
    calls.clear();
    dieAtCall = call;
    dieBefore = before;
    dead = false;
  }

  synchronized boolean hasDied() {
    return dead;
  }

  private <T> T call(ClusterDocument cluster, String name, java.util.function.Supplier<T> effect) {
    if (dead) {
      throw new Death();
    }
    if (!unreachableFrom.isEmpty() && name.startsWith(unreachableFrom)) {
      reachable = false;
    }
    if (!reachable) {
      misses++;
      throw BrokerException.unreachable(cluster.name(), name, new java.net.ConnectException("refused"));
    }
    boolean dies = calls.size() == dieAtCall;
    calls.add(name);
    if (dies && dieBefore) {
      dead = true;
      throw new Death();
    }
    T result = effect.get();
    if (dies) {
      dead = true;
      throw new Death();
    }
    return result;
  }

  @Override
  public synchronized List<Member> members(ClusterDocument cluster, String group, Duration patience) {
    return call(cluster, "members " + group, () -> List.copyOf(members.getOrDefault(group, List.of())));
  }

  @Override
  public synchronized List<Start> positions(ClusterDocument cluster, String group, Set<String> topics,
      Duration patience) {
    return call(cluster, "positions " + group, () -> {
      Map<String, Long> committed = offsets.getOrDefault(group, Map.of());
      return topics.stream().map(topic -> new Start(cluster.name(), group, topic, "id-" + topic, 0,
          committed.getOrDefault(topic, 0L))).toList();
    });
  }

  @Override
  public synchronized void place(ClusterDocument cluster, String group, List<Start> starts, Duration patience) {
    call(cluster, "place " + group, () -> {
      if (members.getOrDefault(group, List.of()).isEmpty()) {
        starts.forEach(
            start -> offsets.computeIfAbsent(group, key -> new TreeMap<>()).put(start.topic(), start.offset()));
      }
      return true;
    });
  }

  @Override
  public synchronized void evict(ClusterDocument cluster, String group, Duration patience) {
    call(cluster, "evict " + group, () -> members.remove(group));
  }

  @Override
  public synchronized boolean delete(ClusterDocument cluster, String group, Duration patience) {
    return call(cluster, "delete " + group, () -> {
      if (members.containsKey(group)) {
        return false;
      }
      offsets.remove(group);
      return true;
    });
  }

  @Override
  public synchronized List<String> groupsEndingWith(ClusterDocument cluster, String suffix, Duration patience) {
    return call(cluster, "list", () -> offsets.keySet().stream().filter(group -> group.endsWith(suffix)).toList());
  }

  /** The groups of workloads under test. */
  synchronized Set<String> ownGroups() {
    Set<String> own = new java.util.TreeSet<>(offsets.keySet());
    own.removeIf(group -> !group.contains(".lk."));
    return own;
  }

  @Override
  public void close() {
    // Outlives control planes.
  }
}
