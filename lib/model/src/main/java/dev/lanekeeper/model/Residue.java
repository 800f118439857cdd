package dev.lanekeeper.model;

/** What becomes of the records that a life of an override owned and its workload had not processed when it ended. */
public enum Residue {
  /** Nobody gets them. */
  DISCARD,
  /** They are put aside, with the reason; a person decides. */
  QUARANTINE,
  /** The baseline of the service gets them, without the tag; those that may have been processed are put aside. */
  REDELIVER
}
