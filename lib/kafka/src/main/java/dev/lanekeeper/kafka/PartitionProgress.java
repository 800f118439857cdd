package dev.lanekeeper.kafka;

/**
 * How far a consumer is in one partition: what it was shown, what of that it was handed, what the application committed.
 * All offsets are those of the next record; -1 is unknown.
 */
final class PartitionProgress {

  private final PassedRuns runs = new PassedRuns();
  private long shown = -1;
  private long delivered = -1;
  private long committed = -1;

  /**
   * Begins with the records of a poll.
   *
   * @param offset of the first one
   * @return from where on nothing has been handed over
   */
  long begin(long offset) {
    if (shown < 0 || offset < shown) {
      reset(); // the consumer was set back, or the partition came back: what we knew is of another time
      return offset;
    }
    return shown;
  }

  /** Nothing of {@code [start, end)} was handed over. */
  void passedOver(long start, long end) {
    if (start < end) {
      runs.add(start, end);
    }
  }

  /** All up to here was looked at, and the last record handed over, if any, stands before {@code handedOver}. */
  void shown(long end, long handedOver) {
    shown = end;
    if (handedOver >= 0) {
      delivered = handedOver;
    }
  }

  /** The application commits an offset; what was passed over right behind it is committed with it. */
  long commit(long offset) {
    long lifted = runs.lift(offset);
    committed = Math.max(committed, lifted);
    runs.prune(lifted);
    return lifted;
  }

  /** The application commits all that it was shown. */
  void commitAll() {
    if (shown >= 0) {
      commit(shown);
    }
  }

  /** What may be committed beyond what the application did; -1 if nothing: a record that it was handed may be in work. */
  long committable() {
    boolean nothingInWork = delivered < 0 || committed >= delivered;
    return nothingInWork && shown > committed ? shown : -1;
  }

  /** We have committed this. */
  void committedByUs(long offset) {
    committed = Math.max(committed, offset);
    runs.prune(offset);
  }

  /** Whether all that was handed over is committed. */
  boolean isSettled() {
    return delivered < 0 || committed >= delivered;
  }

  private void reset() {
    runs.clear();
    shown = -1;
    delivered = -1;
    committed = -1;
  }
}
