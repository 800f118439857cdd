package dev.lanekeeper.controlplane.store;

import dev.lanekeeper.model.PartitionOffset;
import java.util.List;

/**
 * A round in which everybody is waited for before what has ended is forgotten.
 *
 * @param floor what had ended by this revision is forgotten then
 * @param phase who is waited for
 * @param places what they have to pass
 */
public record FloorRound(long floor, Phase phase, List<PartitionOffset> places) {

  /** Who is waited for, one after the other. */
  public enum Phase {
    /** The groups of all services, in the topics that they read. */
    GROUPS,
    /** The resolver, in the quarantines: what the groups have put aside in doubt stands there by now. */
    QUARANTINES,
    /** The groups, in the topics through which the resolver handed records over to them. */
    HANDOVERS
  }

  /** Copies the places. */
  public FloorRound {
    places = List.copyOf(places);
  }
}
