package dev.lanekeeper.api;

import java.util.List;

/**
 * What became of one request, as far as it was heard.
 *
 * @param trace its name
 * @param hops by the time that their data planes' machines say; empty: nothing was heard, or not yet, or no longer
 */
public record TraceInfo(String trace, List<HopInfo> hops) {

  /** Copies the list. */
  public TraceInfo {
    hops = List.copyOf(hops);
  }
}
