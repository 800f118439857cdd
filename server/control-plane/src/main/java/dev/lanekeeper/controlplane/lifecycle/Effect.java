package dev.lanekeeper.controlplane.lifecycle;

/** What must be done in a stage. */
public enum Effect {
  /** Read the baseline's committed offsets, and record them. */
  MEASURE("measure"),
  /** Set the recorded offsets on the groups of the workload under test. */
  PLACE("place"),
  /** Publish the birth. */
  PUBLISH("publish"),
  /** Wait until nobody is in the groups; evict them after the deadline. */
  DRAIN("drain"),
  /** Delete the groups. */
  DELETE("delete-groups"),
  /** Nothing, until somebody wants something. */
  NOTHING("nothing");

  private final String step;

  Effect(String step) {
    this.step = step;
  }

  /** The name of the step in the ledger. */
  public String step() {
    return step;
  }
}
