package dev.lanekeeper.controlplane.kafka;

/** A workload is in a group that its undertaker is to take over. */
public final class GroupOccupiedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** Of this group. */
  public GroupOccupiedException(String group, Throwable cause) {
    super("group " + group + " has members that are no undertakers", cause);
  }
}
