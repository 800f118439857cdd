package dev.lanekeeper.gateway.fairness;

/**
 * One request's turn at a server.
 *
 * <p><b>Threads.</b> Any; calls behind {@link #end} do nothing.
 */
public abstract sealed class Turn permits Sample, Ticket {

  /** All of the request has been sent: from now on it is the server that takes its time. Called only if it had a body. */
  public abstract void sent();

  /**
   * The head of its response has come.
   *
   * @param open whether what follows may last for as long as both sides like: then it takes nobody's place any more
   */
  public abstract void answered(boolean open);

  /** The request is over, however it ended; also one that waits. */
  public abstract void end();
}
