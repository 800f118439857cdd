package dev.lanekeeper.model;

/**
 * Who acts on what a life of an override owns. That changes once it has ended, and only in this order; what it owns does not
 * change before the fence.
 */
public enum Phase {
  /** Its workload. */
  SERVED,
  /** The undertaker, in the place of the workload and for good: a workload that comes back acts no more. */
  TAKEN,
  /**
   * The undertaker, while it is settled where the life ends: the baseline, which acts on all beyond its fence, cannot tell
   * yet which records those are.
   */
  CLOSING,
  /** The undertaker up to the fence, from where on the life owns nothing. */
  FENCED
}
