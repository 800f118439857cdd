package dev.lanekeeper.model;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a data plane does with an outgoing call: extract and owner have been asked, this is the act.
 *
 * <p>Pure. An untagged call always passes.
 */
public final class Calls {

  private Calls() {}

  /** What to do with a call. */
  public sealed interface Action {}

  /**
   * Send it where it was going.
   *
   * @param carry whether tag and stamp go along
   * @param stamp the stamp that goes along; {@link Stamp#NONE} if none does
   * @param reason for counters and people
   */
  public record Pass(boolean carry, Stamp stamp, Reason reason) implements Action {}

  /**
   * Send it elsewhere; tag and stamp go along.
   *
   * @param address the root of an HTTP server
   * @param stamp the stamp that goes along
   * @param incarnation whose address it is; of stubs: who is to be asked there
   * @param mocked the service whose stubs are to be asked there; null: it goes to its owner
   */
  public record Redirect(URI address, Stamp stamp, Incarnation incarnation, @Nullable ServiceName mocked)
      implements
        Action {

    /** To the owner itself. */
    public Redirect(URI address, Stamp stamp, Incarnation incarnation) {
      this(address, stamp, incarnation, null);
    }
  }

  /**
   * Do not send it.
   *
   * @param reason for counters, and the code of the problem
   * @param message one line for people
   */
  public record Refuse(Reason reason, String message) implements Action {}

  /** Ask the control plane, then decide again. */
  public record Ask() implements Action {}

  /** Why. Counters carry these names. */
  public enum Reason {
    /** Untagged. */
    UNTAGGED("untagged"),
    /** Nothing overrides the service for this tenancy. */
    BASELINE("baseline"),
    /** The host is inside the environment, but no service of the inventory. */
    UNKNOWN_HOST("unknown-host"),
    /** The host is outside the environment: tag and stamp stay here. */
    OUTSIDE("outside"),
    /** Redirected to the workload under test, or to the address of the override. */
    OVERRIDE("override"),
    /** This process is the owner itself. */
    OWN("own"),
    /** Never registered, and the policy lets such calls reach the baseline. */
    UNREGISTERED_BASELINE("unregistered-baseline"),
    /** Never registered. */
    TENANCY_UNKNOWN("tenancy-unknown"),
    /** It has arrived at a workload under test that is not its owner. */
    MISDIRECTED("misdirected"),
    /** Ended, and the policy lets such calls reach the baseline. */
    ENDED_BASELINE("ended-baseline"),
    /** Ended. */
    TENANCY_ENDED("tenancy-ended"),
    /** No table, or one older than the stamp, and no answer. */
    TENANCY_IN_DOUBT("tenancy-in-doubt"),
    /** No instance of the workload under test is announced. */
    OWNER_UNREACHABLE("owner-unreachable"),
    /** Something of Lanekeeper's failed. */
    FAILED("lanekeeper-failed");

    private final String code;

    Reason(String code) {
      this.code = code;
    }

    /** The stable name. */
    public String code() {
      return code;
    }
  }

  private static final Pass UNTAGGED = new Pass(false, Stamp.NONE, Reason.UNTAGGED);
  private static final Pass OUTSIDE = new Pass(false, Stamp.NONE, Reason.OUTSIDE);
  private static final Ask ASK = new Ask();

  /**
   * What is known of a call beside where it goes.
   *
   * @param caller whose call it is; null where that is not known
   * @param passed the stubs that were asked last, and did not take it; null: none were asked
   */
  public record Sender(@Nullable ServiceName caller, @Nullable Incarnation passed) {

    /** Nothing. */
    public static final Sender UNKNOWN = new Sender(null, null);

    /** A service of which no more is known; null: not even that. */
    public static Sender of(@Nullable ServiceName caller) {
      return caller == null ? UNKNOWN : new Sender(caller, null);
    }
  }

  /**
   * Decides about a call.
   *
   * @param view the newest view of the caller
   * @param sender whose call it is
   * @param carried tag and stamp of the request that is being served
   * @param host where the call goes, as the application named it
   * @param port the port, with the scheme's default where the application named none
   * @param answered whether the control plane was asked since, and answered
   * @param spread any number; spreads calls over the instances of a workload
   * @return never {@link Ask} if {@code answered}
   */
  public static Action decide(RouteView view, Sender sender, Carried carried, String host, int port, boolean answered,
      int spread) {
    if (!carried.isTagged()) {
      return UNTAGGED;
    }
    RouteTable table = view.table();
    if (!view.isKnown()) {
      return unknown(carried, host, answered);
    }
    Service service = table.serviceAt(host, port);
    if (service == null && isOutside(host, table.environment(table.revision()).suffixes())) {
      return OUTSIDE;
    }
    return decide(view, carried, new To(service, host, null, sender), answered, spread);
  }

  /**
   * Decides about a call to a service that its sender does not name by a host: at the edge of the environment.
   *
   * @param view the newest view of the caller
   * @param sender whose call it is
   * @param carried tag and stamp of the request
   * @param service whom it is for; one that the inventory does not hold has no override
   * @param answered whether the control plane was asked since, and answered
   * @param spread any number; spreads calls over the instances of a workload
   * @return never {@link Ask} if {@code answered}
   */
  public static Action toService(RouteView view, Sender sender, Carried carried, ServiceName service, boolean answered,
      int spread) {
    return toService(view, sender, carried, service, null, answered, spread);
  }

  /**
   * Decides about a call that has arrived before a workload: whether it is its own, or goes on to its owner.
   *
   * @param view the newest view of the workload
   * @param sender whose call it is
   * @param carried tag and stamp of the request
   * @param self whose workload it is
   * @param answered whether the control plane was asked since, and answered
   * @param spread any number; spreads calls over the instances of another workload
   * @return {@link Pass}: the workload is to serve it. Never {@link Ask} if {@code answered}
   */
  public static Action arrive(RouteView view, Sender sender, Carried carried, Self self, boolean answered, int spread) {
    Action action = toService(view, sender, carried, self.service(), self.incarnation(), answered, spread);
    // INVARIANT: a workload under test serves nobody whose owner it is not. What is untagged was sent to it by name.
    return carried.isTagged() && !self.isBaseline() && action instanceof Pass pass && pass.reason() != Reason.OWN
        ? refuse(Reason.MISDIRECTED, carried, self.service().text(), "it has reached the workload of " + self.tenancy()
            + ", and belongs to the baseline")
        : action;
  }

  private static Action toService(RouteView view, Sender sender, Carried carried, ServiceName name,
      @Nullable Incarnation self, boolean answered, int spread) {
    if (!carried.isTagged()) {
      return UNTAGGED;
    }
    if (!view.isKnown()) {
      return unknown(carried, name.text(), answered);
    }
    Service service = view.table().service(name);
    return decide(view, carried,
        new To(service == null ? new Service(name, List.of(), false) : service, name.text(), self, sender), answered,
        spread);
  }

  /**
   * Where a call goes.
   *
   * @param service null: a host of none
   * @param name for people
   * @param self the life of the workload that it has arrived at; null: it is on its way, or has arrived at a baseline
   * @param sender whose call it is
   */
  private record To(@Nullable Service service, String name, @Nullable Incarnation self, Sender sender) {}

  private static Action unknown(Carried carried, String to, boolean answered) {
    return answered ? refuse(Reason.TENANCY_IN_DOUBT, carried, to, "there is no route table yet") : ASK;
  }

  private static Action decide(RouteView view, Carried carried, To to, boolean answered, int spread) {
    RouteTable table = view.table();
    long at = table.snapshot(carried.stamp().revision(), carried.stamp().seal(), answered);
    if (at == RouteTable.ASK) {
      return ASK;
    }
    return at == RouteTable.UNSTAMPED
        ? unstamped(view, to, carried, answered, spread)
        : stamped(table, to, carried, at, carried.stamp(), spread);
  }

  /** A tag without a stamp gets that of this table, unless the table may be too old to know the tenancy. */
  private static Action unstamped(RouteView view, To to, Carried carried, boolean answered, int spread) {
    RouteTable table = view.table();
    if (view.mayStamp(carried.tag(), answered)) {
      return stamped(table, to, carried, table.revision(), table.stamp(), spread);
    }
    if (!view.cutOff()) {
      return ASK;
    }
    return to.service == null
        ? new Pass(true, Stamp.NONE, Reason.UNKNOWN_HOST)
        : refuse(Reason.TENANCY_IN_DOUBT, carried, to.name,
            "the control plane is out of reach and the table does not hold it");
  }

  private static Action stamped(RouteTable table, To to, Carried carried, long at, Stamp stamp, int spread) {
    Service service = to.service;
    if (service == null) {
      return new Pass(true, stamp, Reason.UNKNOWN_HOST);
    }
    Owner owner = owner(table, service.name(), carried.tag(), at, to.sender);
    Policy policy = table.policyAt(at, stamp.revision()).at(service.name(), carried.tag());
    return owner instanceof Owner.Workload workload && workload.incarnation().equals(to.self)
        ? new Pass(true, stamp, Reason.OWN)
        : act(service, owner, policy, table.environment(table.revision()).mocks(), carried, stamp, spread);
  }

  /** Whose a call is, beneath the stubs that have not taken it, and those that do not take calls of its sender. */
  private static Owner owner(RouteTable table, ServiceName service, Tag tag, long at, Sender sender) {
    Owner owner = table.ownerAt(service, tag, at, "", -1, -1);
    boolean taken = !(owner instanceof Owner.Mock mock) || mock.takesCallsOf(sender.caller());
    return taken && sender.passed() == null ? owner : beneath(owner, table.layers(service, tag, at), sender);
  }

  /** Of the owners of a call that lie one beneath the other, the first behind those that have passed it, and that takes it. */
  private static Owner beneath(Owner owner, List<Owner> layers, Sender sender) {
    int from = 0;
    for (int i = 0; i < layers.size(); i++) {
      from = layers.get(i) instanceof Owner.Mock mock && mock.incarnation().equals(sender.passed()) ? i + 1 : from;
    }
    if (from == 0 && !(owner instanceof Owner.Mock)) {
      return owner; // none of its stubs has passed it, whatever it says
    }
    int last = layers.size() - 1;
    while (from < last && layers.get(from) instanceof Owner.Mock mock && !mock.takesCallsOf(sender.caller())) {
      from++;
    }
    return layers.get(from);
  }

  /** {@code mocks}: where stubs are asked; null: nowhere. */
  private static Action act(Service service, Owner owner, Policy policy, @Nullable URI mocks, Carried carried,
      Stamp stamp, int spread) {
    String name = service.name().text();
    if (owner instanceof Owner.Baseline) {
      return service.outside() ? OUTSIDE : new Pass(true, stamp, Reason.BASELINE);
    }
    if (owner instanceof Owner.Workload workload) {
      List<URI> addresses = workload.addresses();
      return addresses.isEmpty()
          ? refuse(Reason.OWNER_UNREACHABLE, carried, name, "no instance of its workload is announced")
          : new Redirect(addresses.get(Math.floorMod(spread, addresses.size())), stamp, workload.incarnation());
    }
    if (owner instanceof Owner.Redirect redirect) {
      return new Redirect(redirect.address(), stamp, redirect.incarnation());
    }
    if (owner instanceof Owner.Mock mock) {
      return mocks == null
          ? refuse(Reason.OWNER_UNREACHABLE, carried, name,
              "its owner is a mock, and the Environment document names no gateway that serves mocks")
          : new Redirect(mocks, stamp, mock.incarnation(), service.name());
    }
    if (owner instanceof Owner.Ended) {
      return policy.ended() == Policy.Fallback.BASELINE
          ? baseline(service, stamp, Reason.ENDED_BASELINE)
          : refuse(Reason.TENANCY_ENDED, carried, name, "the tenant had ended");
    }
    if (owner instanceof Owner.Unregistered) {
      return policy.unregistered() == Policy.Fallback.BASELINE
          ? baseline(service, stamp, Reason.UNREGISTERED_BASELINE)
          : refuse(Reason.TENANCY_UNKNOWN, carried, name, "nobody registered the tenancy");
    }
    return refuse(Reason.TENANCY_IN_DOUBT, carried, name, "the table is older than the stamp");
  }

  /** To the baseline for want of a plain answer. */
  private static Pass baseline(Service service, Stamp stamp, Reason reason) {
    return service.outside() ? new Pass(false, Stamp.NONE, reason) : new Pass(true, stamp, reason);
  }

  /** A refusal, with the line that people read. */
  public static Refuse refuse(Reason reason, Carried carried, String to, String why) {
    return new Refuse(reason,
        "lanekeeper: " + reason.code() + ": call to " + to + " for tenancy " + carried.tag() + " refused: " + why);
  }

  /**
   * Whether a host that is not in the inventory is outside the environment: a public address, or a name under none of the
   * environment's suffixes. Loopback, link-local and private addresses and {@code localhost} are inside.
   */
  public static boolean isOutside(String host, List<String> suffixes) {
    String lower = Inventory.normal(host);
    if (lower.startsWith("[") && lower.endsWith("]")) {
      lower = lower.substring(1, lower.length() - 1);
    }
    Boolean privateAddress = PrivateAddress.isPrivate(lower);
    if (privateAddress != null) {
      return !privateAddress;
    }
    if (lower.equals("localhost") || lower.endsWith(".localhost")) {
      return false;
    }
    for (String suffix : suffixes) {
      if (lower.endsWith(suffix) || lower.equals(suffix.substring(1))) {
        return false;
      }
    }
    return true;
  }
}
