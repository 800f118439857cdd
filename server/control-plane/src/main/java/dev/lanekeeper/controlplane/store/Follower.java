package dev.lanekeeper.controlplane.store;

import dev.lanekeeper.model.Change;
import dev.lanekeeper.model.RouteTable;
import java.util.List;

/** Is told of each change after it was committed, in the order of revisions, each once. Must not block. */
@FunctionalInterface
public interface Follower {

  /**
   * Told first, and once.
   *
   * @param log every change up to now, oldest first
   * @param table the fold of it
   */
  default void begins(List<Change> log, RouteTable table) {}

  /** Told of the next change, which leads to this table. */
  void published(Change change, RouteTable after);
}
