package dev.lanekeeper.agent.okhttp;

import dev.lanekeeper.boot.CallHeaders;
import dev.lanekeeper.boot.CallRefusedException;
import dev.lanekeeper.boot.OutgoingCalls;
import dev.lanekeeper.model.Calls;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.WireNames;
import org.jspecify.annotations.Nullable;

/**
 * What is decided about one call, hop by hop: a hop's connection and its headers go by the same decision, also if the routes
 * change between the two. A redirection to follow, and a tag that an interceptor of the application wrote, are decided about
 * anew.
 *
 * <p><b>Threads.</b> Belongs to the thread that makes the call.
 */
final class Decisions {

  private final WireNames names;
  private final Carried carried;
  private @Nullable Decision last;
  /** Whether the headers that all hops bear have the tag; null where each hop is given its own. */
  private @Nullable Boolean told;

  /** For a call as it was made, or with the stamp that it was given thereby: the same one. */
  private record Decision(Carried carried, Carried stamped, String scheme, String host, int port, Calls.Action action) {

    boolean isAbout(Carried tagged, String otherScheme, String otherHost, int otherPort) {
      return port == otherPort && host.equals(otherHost) && scheme.equals(otherScheme)
          && (carried.equals(tagged) || stamped.equals(tagged));
    }
  }

  Decisions(WireNames names, Carried carried) {
    this.names = names;
    this.carried = carried;
  }

  /** By which the headers of the call were read when it was made. */
  WireNames names() {
    return names;
  }

  /** Tag and stamp of the call, as it was made. */
  Carried carried() {
    return carried;
  }

  /**
   * What becomes of the hop that begins here, with its connection. Waits where the control plane must be asked.
   *
   * @throws CallRefusedException if it must not be sent, or is of a web socket whose headers, written once, are wrong for it
   */
  Calls.Action connect(String scheme, String host, int port) throws CallRefusedException {
    last = null;
    Calls.Action action = about(carried, scheme, host, port);
    if (told != null && told != carries(action)) {
      throw OutgoingCalls.refused(Calls.Reason.FAILED, carried, host,
          "the web socket was redirected into or out of the environment, and its headers cannot be written anew");
    }
    return action;
  }

  /**
   * What becomes of a hop that goes with this tag and stamp: what was decided when it was connected, if they are the same.
   *
   * @throws CallRefusedException if it must not be sent
   */
  Calls.Action about(Carried tagged, String scheme, String host, int port) throws CallRefusedException {
    Decision known = last;
    if (known == null || !known.isAbout(tagged, scheme, host, port)) {
      Calls.Action action = OutgoingCalls.decide(tagged, scheme, host, port, OutgoingCalls.Wait.BLOCK);
      known = new Decision(tagged, stamped(tagged, action), scheme, host, port, action);
      last = known;
    }
    return known.action;
  }

  /** Tag and stamp with which a hop goes on. */
  static Carried stamped(Carried tagged, Calls.Action action) {
    Stamp stamp = action instanceof Calls.Redirect redirect
        ? redirect.stamp()
        : action instanceof Calls.Pass pass ? pass.stamp() : Stamp.NONE;
    return CallHeaders.stamped(tagged, stamp);
  }

  /** Whether a hop bears tag and stamp. */
  static boolean carries(Calls.Action action) {
    return !(action instanceof Calls.Pass pass) || pass.carry();
  }

  /** The headers are written by this decision, for all hops. */
  void tellAllHops(Calls.Action action) {
    told = carries(action);
  }
}
