package dev.lanekeeper.model;

/**
 * What a consumer does with a record: extract and owner have been asked, this is the act.
 *
 * <p>Pure, and allocates nothing for a tenancy with a stamp. An untagged record is the baseline's, always.
 */
public final class Messages {

  private Messages() {}

  /** What to do with a record. */
  public enum Action {
    /** Hand it to the application. */
    DELIVER,
    /** Pass over it: somebody else is its owner. */
    SKIP,
    /** Pass over it: nobody's, and this consumer is the one that disposes of it. */
    DISCARD,
    /** Put it aside, then pass over it: nobody's, and this consumer is the one that disposes of it. */
    QUARANTINE,
    /** Nobody here can tell whose it is yet: ask, and if no answer comes, hold it back. */
    ASK
  }

  /**
   * Whether a record may be this process's to process, by its tag alone: at the baseline any may; a workload under test owns
   * what names its tenancy, and nothing else. To pass over the rest a table, of whatever age, is needed for the names alone.
   *
   * @param self whose workload this process is
   * @param tag what the record's headers hold
   */
  public static boolean mayOwn(Self self, WireTag tag) {
    Tenancy tenancy = self.tenancy();
    return tenancy == null || tag.names(tenancy);
  }

  /**
   * Whether a record with a stamp is a workload's, and not this process's, wherever it stands: {@link #decide} then says
   * {@link Action#SKIP} of it, by this view and, until the override is closed, by any newer one.
   *
   * @param view the newest view of the consumer's process, taken after the record came from the broker
   * @param self whose workload this process is
   * @param tag what the record's headers hold
   */
  public static boolean isAnothers(RouteView view, Self self, WireTag tag) {
    if (!view.isKnown() || !tag.isTagged()) {
      return false;
    }
    long at = view.table().snapshot(tag.stampRevision(), tag.stampSeal(), false);
    return at >= 0 && view.table().ownerWherever(self.service(), tag, at) instanceof Owner.Workload workload
        && !workload.incarnation().equals(self.incarnation());
  }

  /**
   * The stamp with which a record goes on that arrived without one, so that what it causes asks at the snapshot at which
   * the record itself was decided.
   *
   * @param view by which the record was decided
   * @param tag what the record's headers hold
   * @param timestampMillis of the record
   * @param answered as for {@link #decide}
   * @return {@link Stamp#NONE} where there is nothing to add: untagged, stamped, in doubt, or from before the first revision
   */
  public static Stamp stamp(RouteView view, WireTag tag, long timestampMillis, boolean answered) {
    RouteTable table = view.table();
    if (!tag.isTagged() || table.snapshot(tag.stampRevision(), tag.stampSeal(), answered) != RouteTable.UNSTAMPED) {
      return Stamp.NONE;
    }
    return table.stampOf(table.snapshotAt(timestampMillis, view.asOfMillis()));
  }

  /**
   * At which revision a tagged record asks.
   *
   * @param view by which it is decided
   * @param tag what its headers hold
   * @param timestampMillis of the record
   * @param answered as for {@link #decide}
   * @return as {@link RouteTable#snapshot} says, but never {@link RouteTable#UNSTAMPED}
   */
  public static long snapshot(RouteView view, WireTag tag, long timestampMillis, boolean answered) {
    RouteTable table = view.table();
    long at = table.snapshot(tag.stampRevision(), tag.stampSeal(), answered);
    if (at != RouteTable.UNSTAMPED) {
      return at;
    }
    // A malformed tag has the same owner at every revision: it need not wait for that of its time.
    return tag.isMalformed() ? table.revision() : table.snapshotAt(timestampMillis, view.asOfMillis());
  }

  /**
   * Decides about a record at a consumer.
   *
   * @param view the newest view of the consumer's process
   * @param self whose workload this process is; without an incarnation a tenant's owns nothing
   * @param tag what the record's headers hold
   * @param topic of the record
   * @param partition of the record
   * @param offset of the record
   * @param timestampMillis of the record
   * @param answered whether the control plane was asked since the record was seen, and answered
   * @return {@link Action#ASK} even if {@code answered}, where there is no table; where the record has no stamp, a
   *     well-formed tag and a timestamp that the table is not known to be current as of: an answer then needs time to pass;
   *     where the override whose record it is is closing; and at a workload whose undertaker has taken its place
   */
  public static Action decide(RouteView view, Self self, WireTag tag, String topic, int partition, long offset,
      long timestampMillis, boolean answered) {
    if (!view.isKnown()) {
      // Not even the names are known under which tags travel: what seems another's may be a workload's own.
      return self.isBaseline() && !tag.isTagged() ? Action.DELIVER : Action.ASK;
    }
    if (!mayOwn(self, tag)) {
      return Action.SKIP;
    }
    if (!tag.isTagged()) {
      return Action.DELIVER;
    }
    RouteTable table = view.table();
    long at = snapshot(view, tag, timestampMillis, answered);
    Owner owner = table.ownerAt(self.service(), tag, at, topic, partition, offset);
    if (owner instanceof Owner.InDoubt) {
      return Action.ASK;
    }
    if (owner instanceof Owner.Workload workload) {
      boolean own = workload.incarnation().equals(self.incarnation());
      return own ? workload.taken() ? Action.ASK : Action.DELIVER : Action.SKIP;
    }
    if (!self.isBaseline()) {
      return Action.SKIP;
    }
    if (owner instanceof Owner.Baseline) {
      return Action.DELIVER;
    }
    Policy policy = table.policyAt(at, tag.stampRevision()).at(self.service(), tag);
    return switch (owner instanceof Owner.Unregistered ? policy.unregistered() : policy.ended()) {
      // An override by redirect or mock takes calls only; the control plane refuses one on a service that consumes.
      case BASELINE -> owner instanceof Owner.Redirect || owner instanceof Owner.Mock ? Action.DISCARD : Action.DELIVER;
      case REFUSE -> Action.DISCARD;
      case QUARANTINE -> Action.QUARANTINE;
    };
  }
}
