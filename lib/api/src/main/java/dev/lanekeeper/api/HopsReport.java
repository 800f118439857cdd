package dev.lanekeeper.api;

import java.util.List;
import java.util.Objects;

/**
 * What a data plane did lately with requests that somebody traces.
 *
 * @param instance which data plane
 * @param hops in any order
 */
public record HopsReport(String instance, List<HopInfo> hops) {

  /** Copies the list. */
  public HopsReport {
    Objects.requireNonNull(instance, "instance");
    hops = hops == null ? List.of() : List.copyOf(hops);
  }
}
