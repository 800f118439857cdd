package dev.lanekeeper.api;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The control plane at a glance.
 *
 * @param version of the control plane
 * @param revision the newest one
 * @param asOfMillis of what time that is true, ms since 1970
 * @param startedAtMillis when the control plane started, ms since 1970
 * @param profile of the environment
 * @param tenants how many are registered
 * @param overrides how many live
 * @param ending how many overrides have ended and still have a consumer group
 * @param services how many are in the inventory
 * @param watchers how many follow the route stream
 * @param running how many operations are not finished
 * @param waiting what overrides that are on their way out wait for, one line each; empty where nothing is in their way
 * @param floor the revision below which the table has no history: what had ended by then is forgotten
 * @param heldBack why what ended long ago is not forgotten yet, one line each; empty where nothing is in the way
 * @param leftOver what is left in Kafka that is not known to be this control plane's, one line each
 * @param warnings what somebody should look at, and what it means, one line each; empty where nothing is
 * @param dataPlanes all that report
 * @param store what the control plane keeps everything in; null: it does not say
 * @param counters what the control plane did, and the sums over all data planes that report
 */
public record StatusInfo(String version, long revision, long asOfMillis, long startedAtMillis, String profile,
    int tenants,
    int overrides, int ending, int services, int watchers, int running, List<String> waiting,
    long floor, List<String> heldBack, List<String> leftOver, List<String> warnings, List<DataPlaneInfo> dataPlanes,
    @Nullable Store store,
    Map<String, Long> counters) {

  /** Copies the collections. */
  public StatusInfo {
    waiting = waiting == null ? List.of() : List.copyOf(waiting);
    heldBack = heldBack == null ? List.of() : List.copyOf(heldBack);
    leftOver = leftOver == null ? List.of() : List.copyOf(leftOver);
    warnings = warnings == null ? List.of() : List.copyOf(warnings);
    dataPlanes = List.copyOf(dataPlanes);
    counters = Map.copyOf(counters);
  }

  /**
   * What a control plane keeps everything in.
   *
   * @param kind of it: SQLite, PostgreSQL
   * @param where it is
   * @param replicas the control planes that use it, by name; empty where there can be only one
   */
  public record Store(String kind, String where, List<Replica> replicas) {

    /** Copies the list. */
    public Store {
      replicas = replicas == null ? List.of() : List.copyOf(replicas);
    }
  }

  /**
   * A control plane among several.
   *
   * @param name its machine, with its port
   * @param since when it started, ms since 1970
   * @param ageMillis how long ago it was last heard of
   * @param self whether it is the one that answers
   */
  public record Replica(String name, long since, long ageMillis, boolean self) {}
}
