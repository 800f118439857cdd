package dev.lanekeeper.gateway.routing;

import dev.lanekeeper.gateway.http.Authority;
import dev.lanekeeper.gateway.http.RequestHead;
import dev.lanekeeper.model.Calls;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.Hop;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.RouteSource;
import dev.lanekeeper.model.RouteView;
import dev.lanekeeper.model.Service;
import dev.lanekeeper.model.ServiceName;
import java.time.Duration;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Where calls come whose owner is a mock: its stubs are asked, then those of the tenants that it combines, and who is left in the end
 * goes to the real owner. Agents, and gateways in other roles, send them here, each with the stubs that are its owner.
 */
public final class Mocks extends Router {

  private static final Destination NOWHERE = new Destination("nowhere.invalid", 1, false, false, true);

  private final BiFunction<ServiceName, Incarnation, Responder> stubs;

  /**
   * The calls to mocks.
   *
   * @param stubs of a service's mock
   */
  public Mocks(RouteSource source, Duration patience, BiFunction<ServiceName, Incarnation, Responder> stubs) {
    super(source, patience);
    this.stubs = stubs;
  }

  @Override
  Verdict decide(RouteView view, RequestHead head, Peer peer, Carried carried, Attempt attempt) {
    StubsField asked;
    try {
      asked = StubsField.of(head.fields());
    } catch (IllegalArgumentException malformed) {
      return new Verdict.Refuse(Refusal.malformed(400, String.valueOf(malformed.getMessage())));
    }
    if (asked == null || !carried.isTagged()) {
      return untagged(head);
    }
    About about = new About(Hop.Kind.STUB, Hop.Place.NOBODYS, asked.service().text());
    Incarnation passed = attempt.passed();
    if (passed == null) {
      // Who sent it has decided by the request's stamp. It has to be one that this table knows, and on the lane of its tag.
      return isOnLane(view, asked, carried, attempt)
          ? ours(about, carried, asked, asked.mock())
          : attempt.answered() ? notOnLane(about, asked, carried) : new Verdict.Ask();
    }
    Calls.Sender sender = new Calls.Sender(asked.caller(), passed);
    Calls.Action action =
        Calls.toService(view, sender, carried, asked.service(), attempt.answered(), attempt.spread());
    if (action instanceof Calls.Redirect next && next.mocked() != null) {
      return ours(about, carried, asked, next.incarnation());
    }
    Destination beneath = beneath(view, head, asked);
    if (action instanceof Calls.Pass && beneath == null) {
      Verdict nowhere = new Verdict.Refuse(new Refusal(421, "host-unknown", "Host unknown", head.authority()
          + ": no host of " + asked.service()
          + ", and nobody says where else its baseline is (expected: one of its Service document's hosts)"));
      tell(about, carried, nowhere, null);
      return nowhere;
    }
    Verdict verdict = verdict(about, action, sender, carried, beneath == null ? NOWHERE : beneath, null);
    return verdict instanceof Verdict.Forward forward
        ? new Verdict.Forward(forward.to(), forward.carried(), true, forward.reason(),
            forward.carried().isTagged() ? StubsField.passed(passed) : null)
        : verdict;
  }

  private Verdict ours(About about, Carried carried, StubsField asked, Incarnation mock) {
    Verdict verdict = new Verdict.Ours(stubs.apply(asked.service(), mock), mock);
    tell(about, carried, verdict, mock);
    return verdict;
  }

  /** Whether these stubs are the owner, or lie beneath it. */
  private static boolean isOnLane(RouteView view, StubsField asked, Carried carried, Attempt attempt) {
    long at = view.isKnown()
        ? view.table().snapshot(carried.stamp().revision(), carried.stamp().seal(), attempt.answered())
        : -1;
    return at >= 0 && view.table().isStubbed(asked.service(), carried.tag(), at, asked.mock());
  }

  private Verdict notOnLane(About about, StubsField asked, Carried carried) {
    Verdict verdict = new Verdict.Refuse(new Refusal(421, Calls.Reason.MISDIRECTED.code(), "Misdirected request",
        "mock " + asked.mock().id() + " of " + asked.service() + " is not on the lane of tenancy " + carried.tag()
            + (carried.stamp().isNone() ? ", which bears no stamp" : "") + " (expected: the owner at its stamp)"));
    tell(about, carried, verdict, null);
    return verdict;
  }

  /**
   * Where the baseline is: what a gateway said, or a host that the inventory has for this very service. Null: nobody knows.
   * INVARIANT: what a request alone names is not called.
   */
  private static @Nullable Destination beneath(RouteView view, RequestHead head, StubsField asked) {
    if (asked.back() != null) {
      return Destination.of(asked.back(), true);
    }
    Authority authority = head.authority();
    int port = authority.portOr(head.isSecure() ? 443 : 80);
    Service named = view.table().serviceAt(authority.host(), port);
    return named == null || !named.name().equals(asked.service())
        ? null
        : new Destination(Destination.bare(authority.host()), port, head.isSecure(), false, false);
  }

  @Override
  Verdict untagged(RequestHead head) {
    return new Verdict.Refuse(new Refusal(421, Calls.Reason.MISDIRECTED.code(), "Misdirected request",
        "no stubs are asked for (expected: tagged calls that agents and gateways send here)"));
  }
}
