package dev.lanekeeper.controlplane.lifecycle;

/** What must be done in a stage. */
public enum Effect {
  /** Read the baseline's committed offsets, and record them. */
  MEASURE("measure"),
  /** Set the recorded offsets on the groups of the workload under test. */
  PLACE("place"),
  /** Publish the birth. */
  PUBLISH("publish"),
  /** Wait until nobody is in the groups, or the deadline is over. */
  DRAIN("drain"),
  /** Put out of the groups who does not leave by himself. */
  TAKE("take"),
  /** Read in the place of the workload now and then, until the horizon. */
  UNDERTAKE("undertake"),
  /** Wait until the baseline knows that the life is closing; then take the ends of the partitions for a fence. */
  CLOSE("close"),
  /** Read to the fence. */
  BURY("bury"),
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
