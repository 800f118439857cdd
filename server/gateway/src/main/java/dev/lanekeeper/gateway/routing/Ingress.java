package dev.lanekeeper.gateway.routing;

import dev.lanekeeper.gateway.http.RequestHead;
import dev.lanekeeper.model.Calls;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.Hop;
import dev.lanekeeper.model.RouteSource;
import dev.lanekeeper.model.RouteView;
import dev.lanekeeper.model.Self;
import java.net.URI;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * In front of a service: what belongs to another workload is sent there, the rest to the process behind it (the second seed's Figure 5:
 * routing at the ingress).
 */
public final class Ingress extends Router {

  private final Supplier<Self> self;
  private final Verdict.Forward untagged;
  private volatile @Nullable URI own;

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
    if (!carried.isTagged() && carried.trace() == null) {
      return untagged;
    }
    Self workload = self.get();
    About about = new About(Hop.Kind.ARRIVE, Hop.Place.of(workload), workload.service().text());
    if (!carried.isTagged()) {
      tell(about, carried, untagged, null);
      return untagged;
    }
    Calls.Sender sender = new Calls.Sender(null, StubsField.passed(head.fields()));
    return verdict(about, Calls.arrive(view, sender, carried, workload, attempt.answered(), attempt.spread()), sender,
        carried, untagged.to(), own);
  }

  /**
   * Says where it listens: there stubs send what nobody takes. What a request names as its host is for its process alone, and would let
   * anybody have any server called.
   */
  public void listensAt(URI address) {
    own = address;
  }

  @Override
  Verdict untagged(RequestHead head) {
    return untagged;
  }
}
