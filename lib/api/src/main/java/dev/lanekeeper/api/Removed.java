package dev.lanekeeper.api;

import java.util.List;

/**
 * A service or cluster that was taken out of the inventory.
 *
 * @param kind {@code Service} or {@code Cluster}
 * @param name its name
 * @param revision the revision without it; the newest one if no data plane needs to know
 * @param reporting the ids of data planes of its baseline that report: what they say brings the service back
 */
public record Removed(String kind, String name, long revision, List<String> reporting) {

  /** Copies the list. */
  public Removed {
    reporting = List.copyOf(reporting);
  }
}
