package dev.lanekeeper.model;

/**
 * A table with what its holder knows of its age.
 *
 * @param table the newest table that was received
 * @param asOfMillis of what time it is known to be current, by the store's clock; 0 if that is not known (from disk)
 * @param cutOff whether the control plane is known to be out of reach: nobody waits for it again until it is back, and
 *     tags without a stamp are stamped only where the table holds their tenancy
 */
public record RouteView(RouteTable table, long asOfMillis, boolean cutOff) {

  /** Before anything was received or found on disk. Tagged traffic is in doubt. */
  public static final RouteView NOTHING = new RouteView(RouteTable.EMPTY, 0, false);

  /** Whether there is a table at all; one without any revision is a table too, unless it is {@link RouteTable#EMPTY}. */
  public boolean isKnown() {
    return table != RouteTable.EMPTY;
  }
}
