package dev.lanekeeper.agent.okhttp;

import dev.lanekeeper.boot.CallHeaders;
import dev.lanekeeper.boot.CallRefusedException;
import dev.lanekeeper.boot.OutgoingCalls;
import dev.lanekeeper.model.Calls;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.Stamp;
import org.jspecify.annotations.Nullable;

/**
 * What is decided about one call, hop by hop: a hop's connection and its headers go by the same decision, also if the routes
 * change between the two. The next hop, after a redirection, and a tag that an interceptor of the application wrote are
 * decided about anew.
 *
 * <p><b>Threads.</b> Belongs to the thread that makes the call.
 */
final class Decisions {

  private final Carried carried;
  private @Nullable Decision last;
  private boolean tellsEveryHop;

  /** For a call as it was made, or with the stamp that it was given thereby: the same one. */
  private record Decision(Carried carried, Carried stamped, String scheme, String host, int port, Calls.Action action) {

    boolean isAbout(Carried tagged, String otherScheme, String otherHost, int otherPort) {
      return port == otherPort && host.equals(otherHost) && scheme.equals(otherScheme)
          && (carried.equals(tagged) || stamped.equals(tagged));
    }
  }

  Decisions(Carried carried) {
    this.carried = carried;
  }

  /** Tag and stamp of the call, as it was made. */
  Carried carried() {
    return carried;
  }

  /**
   * What becomes of a hop. Waits where the control plane must be asked.
   *
   * @param tagged with what it goes
   * @throws CallRefusedException if it must not be sent
   */
  Calls.Action about(Carried tagged, String scheme, String host, int port) throws CallRefusedException {
    Decision known = last;
    if (known == null || !known.isAbout(tagged, scheme, host, port)) {
      Calls.Action action = OutgoingCalls.decide(tagged, scheme, host, port, OutgoingCalls.Wait.BLOCK);
      known = new Decision(tagged, CallHeaders.stamped(tagged, stamp(action)), scheme, host, port, action);
      last = known;
    }
    return known.action;
  }

  private static Stamp stamp(Calls.Action action) {
    return action instanceof Calls.Redirect redirect
        ? redirect.stamp()
        : action instanceof Calls.Pass pass ? pass.stamp() : Stamp.NONE;
  }

  /** The hop is on its way: what comes after it is another. */
  void sent() {
    last = null;
  }

  /** Tag and stamp stand in headers that all hops will bear. */
  void tellEveryHop() {
    tellsEveryHop = true;
  }

  /**
   * Makes sure that a hop tells no host outside the environment of a tenancy.
   *
   * @throws CallRefusedException if it would
   */
  void requireTold(Calls.Action action, String host) throws CallRefusedException {
    if (tellsEveryHop && action instanceof Calls.Pass pass && !pass.carry()) {
      throw OutgoingCalls.refused(Calls.Reason.FAILED, carried, host,
          "it was redirected out of the environment, and bears the tenancy in headers that cannot be taken off any more");
    }
  }
}
