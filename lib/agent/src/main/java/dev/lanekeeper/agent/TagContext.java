package dev.lanekeeper.agent;

import dev.lanekeeper.boot.ContextSource;
import dev.lanekeeper.boot.Lanes;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.MalformedTagException;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.Tag;
import dev.lanekeeper.model.WireNames;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.baggage.BaggageBuilder;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tag and stamp in the tracing context: members of its baggage, so that whatever copies the one copies the other, and
 * log records and spans can show it. Beside it the request remembers what was read when it came, which need not be read
 * again, and holds if the environment's names change meanwhile.
 */
final class TagContext implements ContextSource {

  private static final ContextKey<@Nullable Request> REQUEST = ContextKey.named("lanekeeper-request");

  private static final ThreadLocal<@Nullable Reading> RECENT = new ThreadLocal<>();

  private final Carried own;

  /** What a baggage bears. The one that a thread has read last is kept: it is asked for several times in each call. */
  private record Reading(Baggage baggage, WireNames names, Carried carried, boolean alone) {}

  /** A tagged request: what all copies of its context share. */
  private static final class Request {
    private final Reading came;
    /** What the thread was busy with when it came. */
    private final Context before;
    private final AtomicReference<@Nullable Stamp> settled;

    Request(Reading came, Context before) {
      this(came, before, new AtomicReference<>());
    }

    private Request(Reading came, Context before, AtomicReference<@Nullable Stamp> settled) {
      this.came = came;
      this.before = before;
      this.settled = settled;
    }

    /** The same request in another baggage. */
    Request in(Reading again) {
      return new Request(again, before, settled);
    }

    boolean has(Tag tag) {
      return came.carried.tag().equals(tag);
    }

    /** Of a request that came without a stamp, the first one stands. */
    Stamp settle(Stamp wanted) {
      Stamp first = settled.compareAndExchange(null, wanted);
      return first == null ? wanted : first;
    }
  }

  /**
   * A source for this process.
   *
   * @param own what its own calls are tagged with where they serve nobody: the tenancy of a workload under test or of a
   *     batch job; nothing for the baseline
   */
  TagContext(Carried own) {
    this.own = own;
  }

  @Override
  public Carried current() {
    Carried carried = of(Context.current());
    return carried.isTagged() || !own.isTagged() ? carried : own.tracedBy(carried.trace());
  }

  @Override
  public Stamp settle(Tag tag, Stamp stamp) {
    Request request = Context.current().get(REQUEST);
    return request == null || !request.has(tag) ? stamp : request.settle(stamp);
  }

  @Override
  public <T> Supplier<T> bound(Supplier<T> action) {
    return Context.current().wrapSupplier(action);
  }

  @Override
  public Object here() {
    return Context.current();
  }

  @Override
  @SuppressWarnings("MustBeClosedChecker") // who was given it closes it
  public Served serve(Carried carried) {
    Context now = Context.current();
    return (carried.isTagged() ? with(now, carried) : untagged(now)).makeCurrent()::close;
  }

  @Override
  @SuppressWarnings({"ReferenceEquality", "MustBeClosedChecker"}) // the very context; what was left open nobody closes any more
  public void backTo(Object here) {
    Request request = Context.current().get(REQUEST);
    if (request != null && request.before == here && here instanceof Context context) {
      context.makeCurrent();
    }
  }

  /** What a context bears. */
  static Carried of(Context context) {
    Baggage baggage = Baggage.fromContext(context);
    if (baggage.isEmpty()) {
      return Carried.NOTHING;
    }
    Request request = context.get(REQUEST);
    Carried carried = reading(baggage, request).carried;
    Stamp settled = request == null || !request.has(carried.tag()) ? null : request.settled.get();
    return settled == null ? carried : carried.with(settled);
  }

  /**
   * What a call that is sent in a context bears. One that serves nobody is this process's own: clients that we route see to
   * that themselves; of others only a span shows that this is a call, and to whom.
   */
  static Carried outgoing(Context context) {
    Carried carried = of(context);
    return !carried.isTagged() && Lanes.context() instanceof TagContext source && source.own.isTagged()
        && OutgoingSpan.isUnrouted(context) ? source.own : carried;
  }

  /** Whether the baggage of a context holds nothing but ours. */
  static boolean isAlone(Context context) {
    return reading(Baggage.fromContext(context), context.get(REQUEST)).alone;
  }

  /**
   * The baggage in which the request came, or one that the application put in its place, with members of its own: ours in it
   * are named as they were when the request came, or, where there are none, as they are now.
   */
  @SuppressWarnings("ReferenceEquality") // the very same baggage, or it is read
  private static Reading reading(Baggage baggage, @Nullable Request request) {
    if (request != null && request.came.baggage == baggage) {
      return request.came;
    }
    Reading reading = request == null ? null : reading(baggage, request.came.names);
    return reading != null && reading.carried.isTagged() ? reading : reading(baggage, Lanes.names());
  }

  @SuppressWarnings("ReferenceEquality") // the very same, or it is read
  private static Reading reading(Baggage baggage, WireNames names) {
    Reading recent = RECENT.get();
    if (recent == null || recent.baggage != baggage || recent.names != names) {
      recent = read(baggage, names);
      RECENT.set(recent);
    }
    return recent;
  }

  private static Reading read(Baggage baggage, WireNames names) {
    int ours = 0;
    String tenancy = null;
    for (int i = 0; i < names.members().size(); i++) {
      String value = baggage.getEntryValue(names.members().get(i));
      ours += value == null ? 0 : 1;
      tenancy = tenancy == null ? value : tenancy;
    }
    String overrides = baggage.getEntryValue(names.overridesMember());
    String stamp = baggage.getEntryValue(names.stampMember());
    String trace = baggage.getEntryValue(WireNames.TRACE);
    ours += (overrides == null ? 0 : 1) + (stamp == null ? 0 : 1) + (trace == null ? 0 : 1);
    Carried carried = tenancy == null && overrides == null
        ? Carried.NOTHING.tracedBy(trace)
        : new Carried(tag(tenancy, overrides), Stamp.parse(stamp), trace);
    return new Reading(baggage, names, carried, ours == baggage.size());
  }

  private static Tag tag(@Nullable String tenancy, @Nullable String overrides) {
    try {
      return Tag.of(tenancy, overrides);
    } catch (MalformedTagException malformed) {
      return Tag.MALFORMED;
    }
  }

  /** The context of a request with this tag and stamp in its baggage. */
  static Context with(Context context, Carried carried) {
    return with(context, Lanes.names(), carried);
  }

  /** The same, by names. */
  static Context with(Context context, WireNames names, Carried carried) {
    return with(context, names, carried, null);
  }

  private static Context with(Context context, WireNames names, Carried carried, @Nullable Request same) {
    Baggage present = Baggage.fromContext(context);
    boolean there = bears(present, context.get(REQUEST), names, carried);
    Baggage baggage = there ? present : written(context, names, carried);
    Reading came = new Reading(baggage, names, carried, count(carried) == baggage.size());
    Request request = same == null ? new Request(came, Context.current()) : same.in(came);
    Context with = context.with(REQUEST, request);
    return there ? with : baggage.storeInContext(with);
  }

  /** Whether a baggage bears this as we write it, and nothing else of ours: the propagator for baggage has read it before, most times. */
  @SuppressWarnings("ReferenceEquality") // other names, or it is written anew
  private static boolean bears(Baggage baggage, @Nullable Request request, WireNames names, Carried carried) {
    if (request != null && request.came.names != names) {
      return false;
    }
    List<String> members = names.members();
    for (int i = 1; i < members.size(); i++) {
      if (baggage.getEntryValue(members.get(i)) != null) {
        return false;
      }
    }
    return bears(baggage, members.get(0), carried.tag().text())
        && bears(baggage, names.overridesMember(), carried.tag().overridesText())
        && bears(baggage, names.stampMember(), carried.stamp().text())
        && bears(baggage, WireNames.TRACE, text(carried.trace()));
  }

  private static String text(@Nullable String trace) {
    return trace == null ? "" : trace;
  }

  private static boolean bears(Baggage baggage, String name, String value) {
    String there = baggage.getEntryValue(name);
    return there == null ? value.isEmpty() : there.equals(value);
  }

  private static Baggage written(Context context, WireNames names, Carried carried) {
    BaggageBuilder builder = others(context, names);
    put(builder, names.members().get(0), carried.tag().text());
    put(builder, names.overridesMember(), carried.tag().overridesText());
    put(builder, names.stampMember(), carried.stamp().text());
    put(builder, WireNames.TRACE, text(carried.trace()));
    return builder.build();
  }

  /** How many members of a baggage it is. */
  private static int count(Carried carried) {
    return (carried.tag().text().isEmpty() ? 0 : 1) + (carried.tag().overridesText().isEmpty() ? 0 : 1)
        + (carried.stamp().isNone() ? 0 : 1) + (carried.trace() == null ? 0 : 1);
  }

  /**
   * The context of what came untagged. A request whose context it was given is not its own: neither one in whose midst it was
   * taken, nor one that a thread was busy with and left behind; nor does it have a tag that another propagator read where there is
   * none of ours.
   */
  static Context untagged(Context context) {
    Carried carried = of(context);
    Context own = carried.isTagged() || carried.trace() != null ? without(context) : context;
    return own.get(REQUEST) == null ? own : own.with(REQUEST, null);
  }

  /** The context of what came untagged, and is traced. */
  static Context traced(Context context, String trace) {
    return Baggage.fromContext(context).toBuilder().put(WireNames.TRACE, trace).build().storeInContext(context);
  }

  /**
   * The context of a part of a request whose carrier bears the request's tag again, without a stamp: it goes on with that of the
   * request.
   *
   * @return null if the context is that of no request with this tag
   */
  static @Nullable Context again(Context context, WireNames names, Tag tag) {
    Request request = context.get(REQUEST);
    if (request == null || !request.has(tag)) {
      return null;
    }
    return with(context, names, request.came.carried, request);
  }

  /** The context without tag and stamp in its baggage. */
  static Context without(Context context) {
    return others(context, Lanes.names()).build().storeInContext(context);
  }

  private static BaggageBuilder others(Context context, WireNames names) {
    BaggageBuilder baggage = Baggage.fromContext(context).toBuilder();
    remove(names, baggage);
    Request request = context.get(REQUEST);
    if (request != null) {
      remove(request.came.names, baggage);
    }
    return baggage;
  }

  private static void remove(WireNames names, BaggageBuilder from) {
    names.members().forEach(from::remove);
    from.remove(names.stampMember()).remove(names.overridesMember()).remove(WireNames.TRACE);
  }

  private static void put(BaggageBuilder baggage, String name, String value) {
    if (!value.isEmpty()) {
      baggage.put(name, value);
    }
  }
}
