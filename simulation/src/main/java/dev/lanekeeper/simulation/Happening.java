package dev.lanekeeper.simulation;

/** What happens in schedules, and is counted: so that one sees whether they are rich. */
public enum Happening {
  /** Messages that were sent. */
  MESSAGES,
  /** Lives of overrides that were published. */
  BIRTHS,
  /** Lives that came to their fence. */
  DEATHS,
  /** Processes that were killed: consumers. */
  KILLS,
  /** Control planes that were killed. */
  CONTROL_KILLS,
  /** Processes that stood still for a while. */
  STOPS,
  /** Processes that were cut off from the control plane for a while. */
  CUTS,
  /** Times at which the broker was out of reach. */
  OUTAGES,
  /** Times at which the members of a group were given their partitions anew. */
  REBALANCES,
  /** Members that were put out of their group because they were silent, or late. */
  EXPULSIONS,
  /** Records that were put aside, for whatever reason. */
  PUT_ASIDE,
  /** Records that were handed over to somebody else. */
  HANDED_OVER,
  /** Times at which what had ended was forgotten. */
  FLOORS,
  /** Turns of threads, and whatever else happened. */
  STEPS
}
