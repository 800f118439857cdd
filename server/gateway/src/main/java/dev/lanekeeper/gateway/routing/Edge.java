package dev.lanekeeper.gateway.routing;

import dev.lanekeeper.gateway.admission.Admission;
import dev.lanekeeper.gateway.http.FieldName;
import dev.lanekeeper.gateway.http.Fields;
import dev.lanekeeper.gateway.http.RequestHead;
import dev.lanekeeper.model.Calls;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.Hop;
import dev.lanekeeper.model.RouteSource;
import dev.lanekeeper.model.RouteView;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Stamp;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where requests enter the environment. Each host stands for a service; a request gets its stamp here. */
public final class Edge extends Router {

  private final Map<String, Entrance> byHost;
  private final @Nullable Entrance otherwise;
  private final Admission admission;

  /**
   * A service that can be reached from outside.
   *
   * @param service its name
   * @param baseline where its baseline is
   * @param back the same, as a URL
   */
  public record Entrance(ServiceName service, Destination baseline, URI back) {

    /** A service with its baseline. */
    public Entrance(ServiceName service, Destination baseline) {
      this(service, baseline, baseline.root());
    }
  }

  /**
   * The requests that enter.
   *
   * @param byHost in lower case, without port
   * @param otherwise for any other host; null: those are refused
   * @param admission who may bear a tenancy
   */
  public Edge(RouteSource source, Duration patience, Map<String, Entrance> byHost, @Nullable Entrance otherwise,
      Admission admission) {
    super(source, patience);
    this.admission = admission;
    this.byHost = Map.copyOf(byHost);
    this.otherwise = otherwise;
  }

  @Override
  Verdict decide(RouteView view, RequestHead head, Peer peer, Carried carried, Attempt attempt) {
    String token = takeToken(head.fields());
    Entrance entrance = entrance(head);
    if (entrance == null) {
      return untagged(head);
    }
    if (!carried.isTagged()) {
      return untagged(head, entrance, isTraced(carried, peer, token) ? carried : Carried.NOTHING);
    }
    About about = about(entrance);
    String refusal = admission.refusal(peer.address(), token, carried.tag(), System.currentTimeMillis());
    if (refusal != null && admission.strangers() == Admission.Strangers.UNTAGGED) {
      return new Verdict.Forward(entrance.baseline(), Carried.NOTHING, true, Calls.Reason.UNTAGGED);
    }
    if (carried.tag().isMalformed()) {
      Verdict malformed = new Verdict.Refuse(new Refusal(400, "tenancy-malformed", "Tenancy malformed",
          "the tenancy cannot be read (expected: 1 to 8 segments of letters, digits, '.', '_', '~' or '-' joined by '/')"));
      tell(about, refusal == null ? carried : Carried.NOTHING, malformed, null);
      return malformed;
    }
    if (refusal != null) {
      return new Verdict.Refuse(new Refusal(403, "tenancy-not-admitted", "Tenancy not admitted", refusal));
    }
    // INVARIANT: a stamp is given inside; what somebody outside sends as one would choose which past he sees.
    Carried fresh = carried.with(Stamp.NONE);
    return verdict(about,
        Calls.toService(view, Calls.Sender.UNKNOWN, fresh, entrance.service(), attempt.answered(), attempt.spread()),
        Calls.Sender.UNKNOWN, fresh, entrance.baseline(), entrance.back());
  }

  /** INVARIANT: a stamp without a tag is nobody's business inside either, nor what strangers want to have traced. */
  private Verdict untagged(RequestHead head, Entrance entrance, Carried traced) {
    Verdict verdict = new Verdict.Forward(entrance.baseline(), traced, head.fields().find(FieldName.BAGGAGE) >= 0,
        Calls.Reason.UNTAGGED);
    if (traced.trace() != null) {
      tell(about(entrance), traced, verdict, null);
    }
    return verdict;
  }

  private static About about(Entrance entrance) {
    return new About(Hop.Kind.ENTER, Hop.Place.NOBODYS, entrance.service().text());
  }

  /** Whether what becomes of an untagged request is told: that is for those who may bear a tenancy, too. */
  private boolean isTraced(Carried untagged, Peer peer, @Nullable String token) {
    return untagged.trace() != null
        && admission.refusal(peer.address(), token, untagged.tag(), System.currentTimeMillis()) == null;
  }

  @Override
  Verdict untagged(RequestHead head) {
    Entrance entrance = entrance(head);
    return entrance == null
        ? new Verdict.Refuse(new Refusal(421, "host-unknown", "Host unknown",
            head.authority() + ": no service enters under this host (expected: one of the gateway's)"))
        : new Verdict.Forward(entrance.baseline(), Carried.NOTHING, false, Calls.Reason.UNTAGGED);
  }

  /** Tells those inside who asked, under which name and how; nobody outside may say so himself. */
  @Override
  public void carry(RequestHead head, Verdict.Forward forward, Peer peer) {
    super.carry(head, forward, peer);
    Fields fields = head.fields();
    boolean trusted = admission.isOf(peer.address());
    int before = trusted ? fields.find(FieldName.X_FORWARDED_FOR) : -1;
    String asked = before < 0 ? "" : fields.valueText(before) + ", ";
    fields.drop(FieldName.X_FORWARDED_FOR);
    fields.add(FieldName.X_FORWARDED_FOR, asked, peer.text());
    if (!trusted || fields.find(FieldName.X_FORWARDED_PROTO) < 0) {
      fields.drop(FieldName.X_FORWARDED_PROTO);
      fields.add(FieldName.X_FORWARDED_PROTO, peer.secure() ? "https" : "http");
    }
    if (!trusted || fields.find(FieldName.X_FORWARDED_HOST) < 0) {
      fields.drop(FieldName.X_FORWARDED_HOST);
      fields.add(FieldName.X_FORWARDED_HOST, head.authority().text());
    }
    if (!trusted) {
      fields.drop(FieldName.FORWARDED);
    }
  }

  /** INVARIANT: a token goes no further than here. */
  private static @Nullable String takeToken(Fields fields) {
    if (!fields.has(FieldName.LANEKEEPER_TOKEN)) {
      return null;
    }
    String token = null;
    for (int i = 0; i < fields.count(); i++) {
      if (fields.name(i) == FieldName.LANEKEEPER_TOKEN) { // also one that was taken out before the control plane was asked
        token = fields.valueText(i);
        fields.drop(i);
      }
    }
    return token;
  }

  private @Nullable Entrance entrance(RequestHead head) {
    Entrance named = byHost.get(head.authority().host());
    return named == null ? otherwise : named;
  }
}
