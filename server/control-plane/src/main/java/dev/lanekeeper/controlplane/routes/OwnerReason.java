package dev.lanekeeper.controlplane.routes;

import dev.lanekeeper.api.OwnerInfo;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.OverrideLife;
import dev.lanekeeper.model.Owner;
import dev.lanekeeper.model.Policy;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.Tag;
import dev.lanekeeper.model.Tenancy;
import dev.lanekeeper.model.TenantLife;
import java.net.URI;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Asks the rule whose a call is, and puts its reason into words. Pure. */
public final class OwnerReason {

  private final RouteTable table;
  private final ServiceName service;
  private final Tag tag;
  private final Stamp stamp;

  private OwnerReason(RouteTable table, ServiceName service, Tag tag, Stamp stamp) {
    this.table = table;
    this.service = service;
    this.tag = tag;
    this.stamp = stamp;
  }

  /** Whose a call to a service is, by this table, which is the newest. */
  public static OwnerInfo of(RouteTable table, ServiceName service, Tag tag, Stamp stamp) {
    return new OwnerReason(table, service, tag, stamp).answer();
  }

  private OwnerInfo answer() {
    long snapshot = table.snapshot(stamp.revision(), stamp.seal(), true);
    long at = snapshot == RouteTable.UNSTAMPED ? table.revision() : snapshot;
    Owner owner = table.ownerAt(service, tag, at, "", -1, -1);
    String reason = stampReason(snapshot, at) + ownerReason(owner, at);
    return new OwnerInfo(service.text(), tag.toString(), stamp.text(), Math.max(at, 0), described(owner), reason);
  }

  private String stampReason(long snapshot, long at) {
    if (stamp.isNone()) {
      return "no stamp, so at the newest revision, " + at + ": ";
    }
    if (snapshot == RouteTable.UNSTAMPED) {
      return "stamp " + stamp + " was never given, so at the newest revision, " + at + ": ";
    }
    if (snapshot == RouteTable.LOST) {
      return "stamp " + stamp + " is of a history that was lost: ";
    }
    return "at stamp " + stamp + ": ";
  }

  private String ownerReason(Owner owner, long at) {
    return switch (owner) {
      case Owner.Baseline _ when tag.isNone() -> "untagged, so the baseline";
      case Owner.Baseline _ -> baselineReason(at);
      case Owner.Workload(Incarnation incarnation, List<URI> addresses, boolean taken) ->
        life(incarnation) + ", to its workload" + (addresses.isEmpty() ? ", of which no instance is announced" : "")
            + (taken ? "; its messages go to the undertaker, which is in its place" : "");
      case Owner.Redirect(Incarnation incarnation, URI address) -> life(incarnation) + ", to " + address;
      case Owner.Mock(Incarnation incarnation, var from) -> life(incarnation) + ", to a mock"
          + (from == null ? "" : ", for calls of " + from) + "; what its stubs do not take goes to who lies beneath";
      case Owner.Ended _ -> "tenancy " + tag + " had ended" + lives() + "; by policy such requests "
          + by(policy(at).ended());
      case Owner.Unregistered _ -> (tag.isMalformed() ? "the tenancy is malformed" : unregistered())
          + "; by policy such requests " + by(policy(at).unregistered());
      case Owner.InDoubt(Incarnation closing) -> closing == null
          ? "this table cannot know yet"
          : life(closing) + ", and is closing: whose the message is will be known once its fence is";
    };
  }

  private Policy policy(long at) {
    return table.environment(Math.max(at, 0)).policy().at(service, tag);
  }

  private String unregistered() {
    return "tenancy " + tag + " was not registered" + lives();
  }

  private static String by(Policy.Fallback fallback) {
    return fallback == Policy.Fallback.BASELINE ? "go to the baseline" : "are refused";
  }

  private String baselineReason(long at) {
    for (Tenancy tenancy : tag.tenancies()) {
      for (Tenancy lookup : tenancy.lookups()) {
        if (livesAt(lookup, at)) {
          return "tenancy " + lookup + " is registered and does not override " + service + ", so the baseline";
        }
      }
    }
    return "tenancy " + tag + " is production traffic that nobody registered, so the baseline";
  }

  private boolean livesAt(Tenancy tenancy, long at) {
    return lives(tenancy).stream().anyMatch(life -> life.livesAt(at));
  }

  private List<TenantLife> lives(Tenancy tenancy) {
    return table.content().tenants().stream().filter(life -> life.tenancy().equals(tenancy)).toList();
  }

  private String lives() {
    String lives = tag.tenancies().stream().flatMap(tenancy -> tenancy.lookups().stream())
        .flatMap(lookup -> lives(lookup).stream()).map(life -> life.tenancy() + " lived from revision " + life.from()
            + (life.to() == OverrideLife.OPEN ? " on" : " to " + life.to()))
        .collect(Collectors.joining(", "));
    return lives.isEmpty() ? "" : " (" + lives + ")";
  }

  private String life(Incarnation incarnation) {
    OverrideLife found = table.content().overrides().stream().filter(life -> life.incarnation().equals(incarnation))
        .findFirst().orElseThrow();
    return "tenancy " + found.tenancy() + " overrides " + service + " from revision " + found.from()
        + (found.to() == OverrideLife.OPEN ? " on" : " to " + found.to());
  }

  private OwnerInfo.Owner described(Owner owner) {
    return switch (owner) {
      case Owner.Baseline _ -> plain("baseline");
      case Owner.Ended _ -> plain("ended");
      case Owner.Unregistered _ -> plain("unregistered");
      case Owner.InDoubt _ -> plain("in-doubt");
      case Owner.Mock(Incarnation incarnation, var _) -> new OwnerInfo.Owner("mock", incarnation.id(), List.of());
      case Owner.Redirect(Incarnation incarnation, URI address) ->
        new OwnerInfo.Owner("redirect", incarnation.id(), List.of(address.toString()));
      case Owner.Workload(Incarnation incarnation, List<URI> addresses, boolean _) ->
        new OwnerInfo.Owner("workload", incarnation.id(), addresses.stream().map(URI::toString).toList());
    };
  }

  private static OwnerInfo.Owner plain(String kind) {
    @Nullable String none = null;
    return new OwnerInfo.Owner(kind, none, List.of());
  }
}
