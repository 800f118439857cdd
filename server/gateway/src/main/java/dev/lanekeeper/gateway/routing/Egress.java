package dev.lanekeeper.gateway.routing;

import dev.lanekeeper.gateway.http.Authority;
import dev.lanekeeper.gateway.http.RequestHead;
import dev.lanekeeper.model.Calls;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.Hop;
import dev.lanekeeper.model.RouteSource;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.RouteView;
import dev.lanekeeper.model.Self;
import dev.lanekeeper.model.Service;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.Tag;
import dev.lanekeeper.model.Tenancy;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Beside a service that has no agent: its outgoing calls. Whom one is for, its host says. */
public final class Egress extends Router {

  private final Supplier<Self> self;
  private final Carried own;

  /**
   * The outgoing calls of a service.
   *
   * @param self whose calls they are
   * @param own with which its calls are tagged that bear no tag: the tenancy of a workload under test; null at the baseline
   */
  public Egress(RouteSource source, Duration patience, Supplier<Self> self, @Nullable Tenancy own) {
    super(source, patience);
    this.self = self;
    this.own = own == null ? Carried.NOTHING : new Carried(Tag.of(own.text()), Stamp.NONE);
  }

  @Override
  Verdict decide(RouteView view, RequestHead head, Peer peer, Carried carried, Attempt attempt) {
    Carried borne = carried.isTagged() || !own.isTagged() ? carried : own.tracedBy(carried.trace());
    Authority authority = head.authority();
    int port = authority.portOr(head.isSecure() ? 443 : 80);
    if (!borne.isTagged()) {
      return borne.trace() == null ? untagged(head) : traced(view, head, borne, port);
    }
    Self caller = self.get();
    Calls.Sender sender = new Calls.Sender(caller.service(), StubsField.passed(head.fields()));
    return verdict(new About(Hop.Kind.CALL, Hop.Place.of(caller), name(view, authority, port)),
        Calls.decide(view, sender, borne, authority.host(), port, attempt.answered(), attempt.spread()), sender,
        borne, baseline(head), null);
  }

  /** An untagged call that somebody traces. Outside the environment it goes on without the trace. */
  private Verdict traced(RouteView view, RequestHead head, Carried traced, int port) {
    RouteTable table = view.table();
    String host = head.authority().host();
    boolean outside = table.serviceAt(host, port) == null
        && Calls.isOutside(host, table.environment(table.revision()).suffixes());
    Verdict verdict = outside
        ? new Verdict.Forward(baseline(head), Carried.NOTHING, true, Calls.Reason.OUTSIDE)
        : untagged(head);
    tell(new About(Hop.Kind.CALL, Hop.Place.of(self.get()), name(view, head.authority(), port)), traced, verdict, null);
    return verdict;
  }

  /** By which people know whom a call is for. */
  private static String name(RouteView view, Authority authority, int port) {
    Service service = view.table().serviceAt(authority.host(), port);
    return service == null ? authority.host() : service.name().text();
  }

  /** INVARIANT: no call of a workload under test reaches a baseline because something of ours failed. */
  @Override
  boolean tagsAll() {
    return own.isTagged();
  }

  @Override
  Verdict untagged(RequestHead head) {
    return new Verdict.Forward(baseline(head), Carried.NOTHING, false, Calls.Reason.UNTAGGED);
  }

  private static Destination baseline(RequestHead head) {
    Authority authority = head.authority();
    return new Destination(Destination.bare(authority.host()), authority.portOr(head.isSecure() ? 443 : 80),
        head.isSecure(), false, false);
  }
}
