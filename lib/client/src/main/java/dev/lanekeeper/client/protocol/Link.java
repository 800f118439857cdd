package dev.lanekeeper.client.protocol;

/** Where the connection to the route stream stands. Drawn at {@link Protocol}. */
public sealed interface Link {

  /** When this state ends by itself; {@link Long#MAX_VALUE} if never. */
  long dueMillis(Timing timing);

  /** The process has not begun. */
  record Unstarted() implements Link {
    @Override
    public long dueMillis(Timing timing) {
      return Long.MAX_VALUE;
    }
  }

  /**
   * Pausing before the next attempt.
   *
   * @param untilMillis when it is made
   */
  record Pausing(long untilMillis) implements Link {
    @Override
    public long dueMillis(Timing timing) {
      return untilMillis;
    }
  }

  /**
   * A connection is being made, or has not yet shown that its history is ours.
   *
   * @param connection its number
   * @param after the revision after which it asked for changes; 0 if it asked for everything
   * @param sinceMillis when it was begun
   * @param named what the stream already named as newest
   * @param late whether the silence was already said
   */
  record Connecting(long connection, long after, long sinceMillis, Newest named, boolean late) implements Link {
    @Override
    public long dueMillis(Timing timing) {
      return sinceMillis + (late ? timing.firstTable() : Math.min(timing.silence(), timing.firstTable()));
    }

    Connecting naming(Newest newest) {
      return new Connecting(connection, after, sinceMillis, named.orLater(newest), late);
    }

    Connecting lateNow() {
      return new Connecting(connection, after, sinceMillis, named, true);
    }
  }

  /**
   * The stream goes on from the table that is held.
   *
   * @param connection its number
   * @param sinceMillis when that was shown
   * @param heardMillis when something was last heard that fits
   * @param owed a revision that is known to exist and has not arrived; {@link Newest#NONE} if there is none
   * @param owedSinceMillis since when it is known
   */
  record Following(long connection, long sinceMillis, long heardMillis, Newest owed,
      long owedSinceMillis) implements Link {
    @Override
    public long dueMillis(Timing timing) {
      long silent = heardMillis + timing.silence();
      return owed.isNone() ? silent : Math.min(silent, owedSinceMillis + timing.owed());
    }

    Following heardAt(long nowMillis) {
      return new Following(connection, sinceMillis, nowMillis, owed, owedSinceMillis);
    }

    Following owing(Newest newest, long nowMillis) {
      return new Following(connection, sinceMillis, heardMillis, newest, owed.isNone() ? nowMillis : owedSinceMillis);
    }
  }

  /** The process ends. */
  record Stopped() implements Link {
    @Override
    public long dueMillis(Timing timing) {
      return Long.MAX_VALUE;
    }
  }

  /**
   * What the control plane named as its newest revision.
   *
   * @param revision 0 in {@link #NONE}
   * @param asOfMillis of what time that is true, by the store's clock
   */
  record Newest(long revision, long asOfMillis) {

    /** Nothing was named. */
    public static final Newest NONE = new Newest(0, 0);

    boolean isNone() {
      return revision == 0;
    }

    Newest orLater(Newest other) {
      return other.revision > revision || (other.revision == revision && other.asOfMillis > asOfMillis) ? other : this;
    }
  }
}
