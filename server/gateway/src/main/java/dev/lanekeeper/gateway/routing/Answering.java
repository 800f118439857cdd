package dev.lanekeeper.gateway.routing;

import dev.lanekeeper.gateway.http.RequestHead;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.RouteSource;
import dev.lanekeeper.model.RouteView;
import java.time.Duration;

/** For operators, apart from all traffic: every request is answered here. */
public final class Answering extends Router {

  private final Verdict ours;

  /** Requests that {@code responder} answers, all of them. */
  public Answering(RouteSource source, Duration patience, Responder responder) {
    super(source, patience);
    ours = new Verdict.Ours(responder, null);
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
