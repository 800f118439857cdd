package dev.lanekeeper.gateway.proxy;

import dev.lanekeeper.gateway.routing.Destination;

/** The connections to servers on one event loop. */
public interface Upstreams {

  /**
   * Finds a connection, or makes one, and writes the head of a request to it; then {@link Exchange#attached}, or
   * {@link Exchange#unreachable}. Either may be called before this returns.
   *
   * @param fresh whether a new connection is wanted: one that was kept had just been closed
   */
  void open(Destination to, Exchange exchange, boolean fresh);
}
