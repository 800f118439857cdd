package dev.lanekeeper.gateway.fairness;

import dev.lanekeeper.gateway.routing.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * The turn of a request that is not production's.
 *
 * <pre>
 *   WAITING --a place is free--&gt; HELD --answered, gone, or held for long--&gt; OVER
 *      | \--gone--&gt; OVER
 *      \--waited for long, or too many wait--&gt; REFUSED
 * </pre>
 */
public final class Ticket extends Turn {

  /** How far it is. */
  public enum State {
    /** {@link Waiter#decided} comes. */
    WAITING,
    /** It may go to the server. */
    HELD,
    /** See {@link Ticket#refusal}. */
    REFUSED,
    /** It takes nobody's place any more. */
    OVER
  }

  /** Who waits. */
  public interface Waiter {

    /** Its ticket is {@link State#HELD} or {@link State#REFUSED} by now. Called on any thread; must not block. */
    void decided();
  }

  private final Share share;
  private final ShareClass kind;
  private final String tenant;
  private final Waiter waiter;
  private final long since;
  private volatile State state = State.WAITING;
  private volatile @Nullable Refusal refusal;
  private long heldSince;

  Ticket(Share share, ShareClass kind, String tenant, Waiter waiter, long since) {
    this.share = share;
    this.kind = kind;
    this.tenant = tenant;
    this.waiter = waiter;
    this.since = since;
  }

  /** How far it is, as of now. */
  public State state() {
    return state;
  }

  /**
   * Why it may not go.
   *
   * @throws IllegalStateException if it is not {@link State#REFUSED}
   */
  public Refusal refusal() {
    Refusal why = refusal;
    if (why == null) {
      throw new IllegalStateException("not refused");
    }
    return why;
  }

  ShareClass kind() {
    return kind;
  }

  String tenant() {
    return tenant;
  }

  /** When it came. */
  long since() {
    return since;
  }

  long heldSince() {
    return heldSince;
  }

  Waiter waiter() {
    return waiter;
  }

  void held(long now) {
    heldSince = now;
    state = State.HELD;
  }

  void refused(Refusal why) {
    refusal = why;
    state = State.REFUSED;
  }

  void over() {
    state = State.OVER;
  }

  @Override
  public void sent() {
    // Its place is taken from the beginning.
  }

  @Override
  public void answered(boolean open) {
    if (open) {
      end();
    }
  }

  @Override
  public void end() {
    share.left(this);
  }
}
