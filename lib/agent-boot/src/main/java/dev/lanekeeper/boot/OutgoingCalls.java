package dev.lanekeeper.boot;

import dev.lanekeeper.model.Calls;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.Hop;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.RouteSource;
import dev.lanekeeper.model.RouteView;
import dev.lanekeeper.model.Self;
import dev.lanekeeper.model.Service;
import java.net.URI;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Decides about the outgoing calls of this process, for every client library: what {@link Calls} says, with the asking,
 * the counting, and the rule that a tagged call is never sent because something of ours threw.
 */
public final class OutgoingCalls {

  private OutgoingCalls() {}

  /** Whether the thread that decides may wait for the control plane. */
  public enum Wait {
    /** It may, for {@link Lanes#patience}. */
    BLOCK,
    /** It must not; a refusal then says whether asking could help. */
    LATER,
    /** It must not, and nobody will ask: the answer stands. */
    NEVER
  }

  /**
   * Decides about a tagged call that will be {@link #counted} when it is sent: counts refusals only.
   *
   * @param carried tag and stamp
   * @param scheme of the call, {@code http} or {@code https}
   * @param host as the application named it
   * @param port the scheme's default where the application named none
   * @param wait whether this thread may wait
   * @return {@link Calls.Pass} or {@link Calls.Redirect}
   * @throws CallRefusedException if the call must not be sent
   */
  public static Calls.Action decide(Carried carried, String scheme, String host, int port, Wait wait)
      throws CallRefusedException {
    return decide(carried, scheme, host, port, wait, false);
  }

  /**
   * Counts a call that is sent, and tells those who trace it.
   *
   * @param carried tag and stamp, as they were decided about
   * @param host as the application named it
   * @param port the scheme's default where the application named none
   */
  public static Calls.Action counted(Calls.Action action, Carried carried, String host, int port) {
    if (action instanceof Calls.Pass pass) {
      Counters.passed(pass.reason());
      if (carried.trace() != null) {
        tell(CallHeaders.stamped(carried, pass.stamp()), service(host, port), Hop.Outcome.PASS, pass.reason(), null,
            null);
      }
    } else if (action instanceof Calls.Redirect redirect) {
      Counters.redirected();
      if (carried.trace() != null) {
        tell(CallHeaders.stamped(carried, redirect.stamp()), service(host, port), Hop.Outcome.REDIRECT,
            Calls.Reason.OVERRIDE, redirect.address().toString(), redirect.incarnation());
      }
    }
    return action;
  }

  /** By which people know whom a call is for. */
  private static String service(String host, int port) {
    Service service = Lanes.source().view().table().serviceAt(host, port);
    return service == null ? host : service.name().text();
  }

  private static void tell(Carried carried, String to, Hop.Outcome outcome, Calls.Reason reason,
      @Nullable String address, @Nullable Incarnation owner) {
    Lanes.source().tell(
        Hop.now(carried, Hop.Kind.CALL, Hop.Place.of(Lanes.self()), to, outcome, reason.code(), address, owner));
  }

  /** Decides; {@code answered} if the control plane was asked about this call before, and answered. */
  static Calls.Action decide(Carried carried, String scheme, String host, int port, Wait wait, boolean answered)
      throws CallRefusedException {
    Calls.Action action;
    try {
      action = ask(carried, host, port, wait, answered);
    } catch (RuntimeException | Error failure) {
      Counters.failed("calls", failure);
      throw refused(Calls.Reason.FAILED, carried, host, failure.toString());
    }
    if (action instanceof Calls.Redirect redirect) {
      requireScheme(carried, scheme, host, redirect.address());
    } else if (action instanceof Calls.Refuse refuse) {
      countRefused(refuse.reason(), carried, host);
      throw new CallRefusedException(refuse.reason(), refuse.message(), false);
    } else if (action instanceof Calls.Ask) {
      throw inDoubt(carried, host, wait);
    }
    return action;
  }

  private static Calls.Action ask(Carried carried, String host, int port, Wait wait, boolean answered) {
    RouteSource source = Lanes.source();
    int spread = ThreadLocalRandom.current().nextInt();
    Calls.Action action = decide(source.view(), carried, host, port, answered, spread);
    if (!(action instanceof Calls.Ask) || wait != Wait.BLOCK) {
      return action;
    }
    RouteSource.Answer answer = source.ask(Lanes.patience());
    return decide(answer.view(), carried, host, port, answer.answered(), spread);
  }

  /** INVARIANT: all calls of one request ask at one stamp, also where it came without one. */
  private static Calls.Action decide(RouteView view, Carried carried, String host, int port, boolean answered,
      int spread) {
    Self self = Lanes.self();
    return Calls.decide(view, Calls.Sender.of(self == null ? null : self.service()),
        Lanes.settled(view, carried, answered), host, port, answered, spread);
  }

  /** INVARIANT: a call keeps its scheme: nobody's credentials go in clear because a tenant wrote {@code http://}. */
  private static void requireScheme(Carried carried, String scheme, String host, URI address)
      throws CallRefusedException {
    if (!scheme.equalsIgnoreCase(address.getScheme())) {
      throw refused(Calls.Reason.OWNER_UNREACHABLE, carried, host,
          "the call is " + scheme + ", and its owner " + address + " is not");
    }
  }

  /** A refusal, counted. */
  public static CallRefusedException refused(Calls.Reason reason, Carried carried, String to, String why) {
    countRefused(reason, carried, to);
    return new CallRefusedException(reason, Calls.refuse(reason, carried, to, why).message(), false);
  }

  private static void countRefused(Calls.Reason reason, Carried carried, String to) {
    Counters.refused(reason);
    if (carried.trace() != null) {
      tell(carried, to, Hop.Outcome.REFUSE, reason, null, null);
    }
  }

  private static CallRefusedException inDoubt(Carried carried, String host, Wait wait) {
    Calls.Reason reason = Calls.Reason.TENANCY_IN_DOUBT;
    if (wait != Wait.LATER) {
      return refused(reason, carried, host, "the control plane did not answer; try again later");
    }
    return new CallRefusedException(reason,
        Calls.refuse(reason, carried, host, "the control plane has to be asked").message(), true);
  }
}
