package dev.lanekeeper.gateway.routing;

import dev.lanekeeper.gateway.http.FieldName;
import dev.lanekeeper.gateway.http.Fields;
import dev.lanekeeper.gateway.http.RequestHead;
import dev.lanekeeper.model.Calls;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.Hop;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.RouteSource;
import dev.lanekeeper.model.RouteView;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Tag;
import dev.lanekeeper.model.WireNames;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What one listener does with a request: {@link Egress}, {@link Ingress} and {@link Edge} differ in whom it is for, and where that one is
 * when nobody overrides it.
 */
public abstract sealed class Router permits Egress, Ingress, Edge, Mocks, Answering {

  private static final Logger LOG = System.getLogger(Router.class.getName());
  private static final Verdict ASK = new Verdict.Ask();

  private final RouteSource source;
  private final Duration patience;
  private final Counts counts = new Counts();

  Router(RouteSource source, Duration patience) {
    this.source = source;
    this.patience = patience;
  }

  /** What a thread keeps between two requests. */
  private static final ThreadLocal<TagExtractor> EXTRACTOR = ThreadLocal.withInitial(TagExtractor::new);

  /**
   * With what a request is decided about.
   *
   * @param answered whether the control plane was asked since it came, and answered
   * @param passed the stubs that were asked here, and did not take it; null: none were
   * @param spread any number; spreads requests over the instances of a workload
   */
  public record Attempt(boolean answered, @Nullable Incarnation passed, int spread) {}

  /**
   * Decides about a request.
   *
   * @param peer who sent it
   * @return never {@link Verdict.Ask} if the control plane was asked before
   */
  public final Verdict decide(RequestHead head, Peer peer, Attempt attempt) {
    boolean ours = true;
    try {
      RouteView view = source.view();
      TagExtractor extractor = EXTRACTOR.get();
      ours = extractor.read(view.table().names(), head.fields());
      Verdict verdict = decide(view, head, peer, extractor.carried(), attempt);
      counts.count(verdict);
      return verdict;
    } catch (RuntimeException | Error failure) {
      LOG.log(Level.ERROR, "a request could not be decided about", failure);
      // INVARIANT: untagged traffic does not fail because something of ours did.
      return ours || tagsAll() ? failed(failure) : untagged(head);
    }
  }

  /** The tag of the request that the calling thread has decided about last, as it came. */
  public final Tag lastTag() {
    return EXTRACTOR.get().carried().tag();
  }

  /** What became of tagged requests so far, by name. */
  public final Map<String, Long> counters() {
    return counts.snapshot();
  }

  private static Verdict failed(Throwable failure) {
    return new Verdict.Refuse(
        new Refusal(502, Calls.Reason.FAILED.code(), "The gateway failed", "a tagged request was refused: " + failure));
  }

  abstract Verdict decide(RouteView view, RequestHead head, Peer peer, Carried carried, Attempt attempt);

  /** Whether what bears no tag is given one: then nothing here is untagged. */
  boolean tagsAll() {
    return false;
  }

  /** Where a request goes that bears no tag. */
  abstract Verdict untagged(RequestHead head);

  /** Asks the control plane for its newest table. The stage completes normally, after the listener's patience at the latest. */
  public final CompletionStage<RouteSource.Answer> ask() {
    return source.askLater(patience);
  }

  /**
   * Writes into a request what it goes on with; called by the thread that {@link #decide decided} about it last.
   *
   * @param peer who sent it
   */
  public void carry(RequestHead head, Verdict.Forward forward, Peer peer) {
    if (forward.tagged()) {
      // INVARIANT: nothing stays under the names by which it was read, also where others are due by now.
      WireNames read = EXTRACTOR.get().names();
      WireNames due = source.view().table().names();
      if (!due.equals(read)) {
        TagExtractor.write(read, head.fields(), Carried.NOTHING);
      }
      TagExtractor.write(due, head.fields(), forward.carried());
    }
    // INVARIANT: of stubs nobody is told but who has to be, whatever a process or a stranger wrote.
    head.fields().drop(FieldName.LANEKEEPER_STUBS);
    head.fields().drop(FieldName.LANEKEEPER_PASSED);
    Verdict.Told told = forward.told();
    if (told != null) {
      head.fields().add(told.field(), told.value());
    }
  }

  /** Takes out of trailers what stands there under our names, and tokens: a tag comes with the head, or not at all. */
  public final void cleanTrailers(Fields trailers) {
    WireNames names = source.view().table().names();
    trailers.dropIf(i -> TagExtractor.isOurs(names, trailers, i) || trailers.name(i) == FieldName.LANEKEEPER_TOKEN);
  }

  /**
   * Whom a request is for, for those who trace it.
   *
   * @param kind what it is about
   * @param place whose data plane this is
   * @param to a service, or a host that is none
   */
  record About(Hop.Kind kind, Hop.Place place, String to) {}

  /** Tells those who trace a request what becomes of it; {@code owner}: whose it is, null: no override's. */
  final void tell(About about, Carried carried, Verdict verdict, @Nullable Incarnation owner) {
    if (carried.trace() == null) {
      return;
    }
    switch (verdict) {
      case Verdict.Forward forward -> source.tell(Hop.now(forward.carried().isTagged() ? forward.carried() : carried,
          about.kind(), about.place(), about.to(),
          forward.reason() == Calls.Reason.OVERRIDE ? Hop.Outcome.REDIRECT : Hop.Outcome.PASS, forward.reason().code(),
          forward.to().toString(), owner));
      case Verdict.Refuse(Refusal problem) -> source.tell(Hop.now(carried, about.kind(), about.place(), about.to(),
          Hop.Outcome.REFUSE, problem.code(), null, null));
      case Verdict.Ours _ -> source.tell(Hop.now(carried, about.kind(), about.place(), about.to(), Hop.Outcome.PASS,
          "stubs", null, owner));
      case Verdict.Ask _ -> {
        // It is decided about again.
      }
    }
  }

  /**
   * What the rule says, as a verdict.
   *
   * @param about whom the request is for
   * @param sender with what it was asked
   * @param baseline where the request goes if nobody overrides its service
   * @param back where stubs send what nobody takes; null: to the host that it names
   */
  final Verdict verdict(About about, Calls.Action action, Calls.Sender sender, Carried carried, Destination baseline,
      @Nullable URI back) {
    Verdict verdict = verdict(action, sender, carried, baseline, back);
    if (carried.trace() != null) {
      boolean own = action instanceof Calls.Pass pass && pass.reason() == Calls.Reason.OWN;
      tell(about, carried, verdict, action instanceof Calls.Redirect redirect
          ? redirect.incarnation()
          : own ? about.place().incarnation() : null);
    }
    return verdict;
  }

  private static Verdict verdict(Calls.Action action, Calls.Sender sender, Carried carried, Destination baseline,
      @Nullable URI back) {
    return switch (action) {
      case Calls.Ask _ -> ASK;
      case Calls.Refuse refuse -> new Verdict.Refuse(Refusal.of(refuse));
      case Calls.Redirect redirect -> new Verdict.Forward(Destination.of(redirect.address(), redirect.mocked() == null),
          carried.with(redirect.stamp()), true, Calls.Reason.OVERRIDE, told(redirect, sender, back));
      case Calls.Pass pass -> new Verdict.Forward(baseline, pass.carry() ? carried.with(pass.stamp()) : Carried.NOTHING,
          carried.isTagged(), pass.reason());
    };
  }

  private static Verdict.@Nullable Told told(Calls.Redirect redirect, Calls.Sender sender, @Nullable URI back) {
    ServiceName mocked = redirect.mocked();
    if (mocked != null) {
      return new StubsField(mocked, redirect.incarnation(), sender.caller(), back).told();
    }
    Incarnation passed = sender.passed();
    return passed == null ? null : StubsField.passed(passed);
  }
}
