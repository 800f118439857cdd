package dev.lanekeeper.kafka;

/**
 * How far a consumer is in one partition: what it was shown, what of that it was handed, what was committed last. All
 * offsets are those of the next record; -1 is unknown.
 *
 * <p>INVARIANT: nothing is committed beyond what the application did while a record that it was handed may be in work,
 * wherever the consumer has been set since; nor in the place of what is the application's own word.
 */
final class PartitionProgress {

  private final PassedRuns runs = new PassedRuns();
  private long shown = -1;
  /** The farthest that was handed over. */
  private long delivered = -1;
  private long committed = -1;
  /** Whether the application has set the consumer elsewhere, or committed an offset with metadata, and no plain one since. */
  private boolean applicationsWord;

  /**
   * Begins with the records of a poll.
   *
   * @param offset of the first one
   * @return from where on nothing has been handed over
   */
  long begin(long offset) {
    if (shown < 0 || offset < shown) {
      elsewhere();
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
    delivered = Math.max(delivered, handedOver);
  }

  /** Nothing of the last poll was handed over: the consumer is set back. What was handed over before may be in work. */
  void takenBack() {
    elsewhere();
  }

  /** Behind what it was shown, where that is not committed; else -1. */
  long uncommitted() {
    return shown > committed ? shown : -1;
  }

  /** The application sets the consumer elsewhere. What it was handed before may be in work all the same. */
  void sought() {
    elsewhere();
    applicationsWord = true;
  }

  /** The application commits an offset; what was passed over right behind it is committed with it. */
  long commit(long offset) {
    long lifted = runs.lift(offset);
    committed = lifted; // the last one counts, also one that sets the group back
    applicationsWord = false;
    runs.prune(lifted);
    return lifted;
  }

  /** The application commits an offset with metadata, which may be about just this offset. */
  void commitAsItIs(long offset) {
    committed = offset;
    applicationsWord = true;
    runs.prune(offset);
  }

  /** The application commits where it stands: behind all that it was shown, or where it has just been set. */
  void commitAll() {
    if (shown >= 0) {
      commit(shown);
    } else {
      committed = -1;
    }
  }

  /** What may be committed beyond what the application did; -1 if nothing: a record that it was handed may be in work. */
  long committable() {
    return isSettled() && !applicationsWord && shown > committed ? shown : -1;
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

  private void elsewhere() {
    runs.clear();
    shown = -1;
  }
}
