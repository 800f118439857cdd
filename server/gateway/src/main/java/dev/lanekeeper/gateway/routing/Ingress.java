package dev.lanekeeper.gateway.routing;

import dev.lanekeeper.gateway.http.FieldName;
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
  Verdict decide(RouteView view, RequestHead head, Peer peer, Carried carried, Attempt attempt) {
    if (!carried.isTagged()) {
      return untagged;
    }
    Calls.Sender sender = new Calls.Sender(null, StubsField.passed(head.fields()));
    return verdict(Calls.arrive(view, sender, carried, self.get(), attempt.answered(), attempt.spread()), carried,
        untagged.to());
  }

  /** What stubs have to do with it is nobody's business behind here. */
  @Override
  public void carry(RequestHead head, Verdict.Forward forward, Peer peer) {
    super.carry(head, forward, peer);
    if (forward.tagged() && forward.reason() != Calls.Reason.OVERRIDE) {
      head.fields().drop(FieldName.LANEKEEPER_PASSED);
    }
  }

  @Override
  Verdict untagged(RequestHead head) {
    return untagged;
  }
}
