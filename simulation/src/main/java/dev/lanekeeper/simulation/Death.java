package dev.lanekeeper.simulation;

/** Ends a thread of a process that was killed: nothing of the product catches it, and nothing that it still calls has an effect. */
final class Death extends Error {

  private static final long serialVersionUID = 1;

  Death(String who) {
    super(who + " was killed", null, false, false);
  }
}
