package dev.lanekeeper.model;

/**
 * What happens when there is no plain answer: one table for calls and messages. In doubt is not in it: both wait for an
 * answer, and then refuse the call and hold the message back. Nor is an owner that cannot be reached: that call fails.
 *
 * @param unregistered when nobody ever registered the tenancy
 * @param ended when the tenant had ended
 */
public record Policy(Fallback unregistered, Fallback ended) {

  /** What a staging environment does: strangers reach the baseline, what comes too late is refused. */
  public static final Policy STAGING = new Policy(Fallback.BASELINE, Fallback.REFUSE);
  /** What a production environment does: nothing but what is registered passes, and no message goes. */
  public static final Policy PRODUCTION = new Policy(Fallback.QUARANTINE, Fallback.QUARANTINE);

  /** One cell of the table. */
  public enum Fallback {
    /** The baseline serves it. */
    BASELINE,
    /** A call is rejected, a message discarded. */
    REFUSE,
    /** A call is rejected, a message put aside until a person looks. */
    QUARANTINE
  }
}
