package dev.lanekeeper.storm;

/** What goes wrong. */
public enum Fault {
  /** {@code kill -9} of a control plane; it is started again some seconds later. */
  KILL_CONTROL_PLANE(6),
  /** A control plane stands still for some seconds. */
  STOP_CONTROL_PLANE(3),
  /** {@code kill -9} of a process of the baseline. */
  KILL_BASELINE(6),
  /** A process of the baseline stands still, at times longer than its session. */
  STOP_BASELINE(5),
  /** {@code kill -9} of the process in which tenants' workloads run. */
  KILL_HOST(2),
  /** It stands still, at times longer than its sessions. */
  STOP_HOST(4),
  /** Data planes are cut off from the control planes: refused, or without a word. */
  CUT(8),
  /** A further member joins the groups of the baseline, and leaves again. */
  REBALANCE(3),
  /** The broker is killed, and starts again on what it has. */
  RESTART_BROKER(1);

  private final int weight;

  Fault(int weight) {
    this.weight = weight;
  }

  /** How often it happens, beside the others. */
  int weight() {
    return weight;
  }
}
