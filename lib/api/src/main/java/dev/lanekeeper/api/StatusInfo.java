package dev.lanekeeper.api;

import java.util.List;
import java.util.Map;

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
 * @param warnings what somebody should look at, and what it means, one line each; empty where nothing is
 * @param dataPlanes all that report
 * @param counters what the control plane did, and the sums over all data planes that report
 */
public record StatusInfo(String version, long revision, long asOfMillis, long startedAtMillis, String profile,
    int tenants,
    int overrides, int ending, int services, int watchers, int running, List<String> waiting,
    List<String> warnings, List<DataPlaneInfo> dataPlanes,
    Map<String, Long> counters) {

  /** Copies the collections. */
  public StatusInfo {
    waiting = waiting == null ? List.of() : List.copyOf(waiting);
    warnings = warnings == null ? List.of() : List.copyOf(warnings);
    dataPlanes = List.copyOf(dataPlanes);
    counters = Map.copyOf(counters);
  }
}
