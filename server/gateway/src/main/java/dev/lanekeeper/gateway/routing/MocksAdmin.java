package dev.lanekeeper.gateway.routing;

import dev.lanekeeper.gateway.http.RequestHead;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.RouteSource;
import dev.lanekeeper.model.RouteView;
import java.time.Duration;

/** Where stubs are administered, apart from all traffic. */
public final class MocksAdmin extends Router {

  private final Verdict ours;

  /** Requests that {@code administration} answers, all of them. */
  public MocksAdmin(RouteSource source, Duration patience, Responder administration) {
    super(source, patience);
    ours = new Verdict.Ours(administration, null);
  }

  @Override
  Verdict decide(RouteView view, RequestHead head, Peer peer, Carried carried, Attempt attempt) {
    return ours;
  }

  @Override
  Verdict untagged(RequestHead head) {
    return ours;
  }
}
