package dev.lanekeeper.controlplane.operations;

import dev.lanekeeper.kafka.QuarantinedRecord.Reason;
import dev.lanekeeper.model.Carried;

/** What becomes of a record that was put aside in doubt. */
sealed interface Verdict {

  /** Nothing: its owner has it, or nobody is to get it. */
  Verdict DROPPED = new Dropped();

  /**
   * Nobody can tell yet.
   *
   * @param untilMillis there is no need to ask again before that time, by the store's clock; 0: any time
   */
  record Undecided(long untilMillis) implements Verdict {

    /** Nobody can tell yet; ask again any time. */
    static final Undecided ANY_TIME = new Undecided(0);
  }

  /** Nothing: its owner has it, or nobody is to get it. */
  record Dropped() implements Verdict {}

  /**
   * It stays put aside, for another reason.
   *
   * @param reason which
   * @param incarnation the life of an override whose record it is; empty if it is nobody's
   */
  record PutAside(Reason reason, String incarnation) implements Verdict {}

  /**
   * It is handed over.
   *
   * @param receiver to which life of an override; empty: to the baseline
   * @param carried the tag and stamp that it bears
   */
  record HandedOver(String receiver, Carried carried) implements Verdict {}
}
