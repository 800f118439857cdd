package dev.lanekeeper.gateway.routing;

import dev.lanekeeper.model.Calls;
import dev.lanekeeper.model.Carried;

/** What becomes of a request. */
public sealed interface Verdict {

  /**
   * It goes to a server.
   *
   * @param to which one
   * @param carried what it goes on with; {@link Carried#NOTHING}: untagged, or nothing may go along
   * @param tagged whether it came with a tag, or with one of our names: these are written anew, or taken out
   * @param reason for counters and people
   */
  record Forward(Destination to, Carried carried, boolean tagged, Calls.Reason reason) implements Verdict {}

  /**
   * It is answered here.
   *
   * @param problem with what
   */
  record Refuse(Refusal problem) implements Verdict {}

  /** The control plane has to be asked first. */
  record Ask() implements Verdict {}
}
