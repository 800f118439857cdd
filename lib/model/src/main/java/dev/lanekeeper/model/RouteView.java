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

  /**
   * Tag and stamp with which a call or record goes on: the stamp that arrived, if it was ever given or may have been;
   * otherwise that of the newest revision.
   *
   * @param carried as it arrived
   * @param answered whether the control plane was asked since it arrived, and answered
   * @return {@code carried} itself where there is nothing to add: untagged, stamped, or no table; without a stamp where this
   *     view may give none
   */
  public Carried stamped(Carried carried, boolean answered) {
    Stamp stamp = carried.stamp();
    if (!carried.isTagged() || !isKnown()
        || table.snapshot(stamp.revision(), stamp.seal(), answered) != RouteTable.UNSTAMPED) {
      return carried;
    }
    return carried.with(mayStamp(carried.tag(), answered) ? table.stamp() : Stamp.NONE);
  }

  /**
   * Whether a tag without a stamp may be given that of this table. A table from disk that nobody has confirmed yet may be
   * days old: the control plane is asked. Who knows itself cut off stamps only what its table holds: others may have been
   * registered meanwhile.
   */
  boolean mayStamp(Tag tag, boolean answered) {
    return answered || (cutOff ? table.holds(tag) : asOfMillis > 0);
  }
}
