package dev.lanekeeper.gateway.routing;

import dev.lanekeeper.gateway.http.RequestHead;
import dev.lanekeeper.model.Calls;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.RouteSource;
import dev.lanekeeper.model.RouteView;
import dev.lanekeeper.model.Self;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * In front of a service: what belongs to another workload is sent there, the rest to the process behind it (the second seed's Figure 5:
 * routing at the ingress).
 */
public final class Ingress extends Router {

  private final Supplier<Self> self;
  private final Verdict.Forward untagged;

  /**
   * The calls that reach a workload.
   *
   * @param self whose workload it is; asked for each tagged call, since its incarnation may be given later
   * @param process where the workload itself listens
   */
  public Ingress(RouteSource source, Duration patience, Supplier<Self> self, Destination process) {
    super(source, patience);
    this.self = self;
    untagged = new Verdict.Forward(process, Carried.NOTHING, false, Calls.Reason.UNTAGGED);
  }

  @Override
  Verdict decide(RouteView view, RequestHead head, Peer peer, Carried carried, boolean answered, int spread) {
    return carried.isTagged()
        ? verdict(Calls.arrive(view, carried, self.get(), answered, spread), carried, untagged.to())
        : untagged;
  }

  @Override
  Verdict untagged(RequestHead head) {
    return untagged;
  }
}
