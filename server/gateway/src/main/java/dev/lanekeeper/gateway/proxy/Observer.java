package dev.lanekeeper.gateway.proxy;

/**
 * Hears of each request once it is over.
 *
 * <p><b>Threads.</b> Called by the event loops, and must not block.
 */
public interface Observer {

  /** A request is over. */
  void ended(Ended request);
}
