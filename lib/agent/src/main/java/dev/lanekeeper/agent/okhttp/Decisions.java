package dev.lanekeeper.agent.okhttp;

import dev.lanekeeper.boot.CallRefusedException;
import dev.lanekeeper.boot.OutgoingCalls;
import dev.lanekeeper.model.Calls;
import dev.lanekeeper.model.Carried;
import org.jspecify.annotations.Nullable;

/**
 * What was decided about one call: its connection and its headers go by the same decision, also if the routes change between
 * the two. A redirection to another host, or a tag that an interceptor of the application wrote, is decided about anew.
 *
 * <p><b>Threads.</b> Belongs to the thread that makes the call.
 */
final class Decisions {

  private final Carried carried;
  private @Nullable Decision last;

  private record Decision(Carried carried, String scheme, String host, int port, Calls.Action action) {}

  Decisions(Carried carried) {
    this.carried = carried;
  }

  /** Tag and stamp of the call, as it was made. */
  Carried carried() {
    return carried;
  }

  /**
   * What becomes of the call. Waits where the control plane must be asked.
   *
   * @param tagged with what it goes
   * @throws CallRefusedException if it must not be sent
   */
  Calls.Action about(Carried tagged, String scheme, String host, int port) throws CallRefusedException {
    Decision known = last;
    if (known == null || known.port != port || !known.host.equals(host) || !known.scheme.equals(scheme)
        || !known.carried.equals(tagged)) {
      Calls.Action action = OutgoingCalls.decide(tagged, scheme, host, port, OutgoingCalls.Wait.BLOCK);
      known = new Decision(tagged, scheme, host, port, action);
      last = known;
    }
    return known.action;
  }
}
