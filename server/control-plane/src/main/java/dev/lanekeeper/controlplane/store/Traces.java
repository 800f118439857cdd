package dev.lanekeeper.controlplane.store;

import dev.lanekeeper.api.HopInfo;
import java.time.Duration;
import java.util.List;

/**
 * What became of requests that somebody traces, as any control plane of this store has heard it. Kept for a while only, and never so
 * much that it could be in the way of anything else: what is too much is forgotten, oldest first.
 *
 * <p><b>Threads.</b> Any; may block.
 */
public interface Traces {

  /** For how long a trace is kept. */
  Duration KEPT = Duration.ofMinutes(30);
  /** How many hops of one trace are kept at most. */
  int MOST_OF_ONE = 1_000;
  /** How many hops are kept at most. */
  int MOST = 50_000;

  /**
   * Keeps hops.
   *
   * @throws StoreException if that fails
   */
  void add(List<HopInfo> hops);

  /**
   * The hops of a trace, in the order of their times; empty if nothing is known of it.
   *
   * @throws StoreException if that cannot be told
   */
  List<HopInfo> of(String trace);

  /**
   * Forgets what is too old, or too much. To be called again and again.
   *
   * @throws StoreException if the store cannot be written
   */
  void tend();
}
