package dev.lanekeeper.gateway.routing;

import org.jspecify.annotations.Nullable;

/** Answers requests in the gateway itself. */
public interface Responder {

  /**
   * Answers a request, or leaves it to others. Blocks; the thread is interrupted where nobody waits for the answer any more.
   *
   * @return null if it has no answer
   */
  @Nullable
  LocalResponse respond(LocalRequest request) throws InterruptedException;
}
