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
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tag and stamp in the tracing context: members of its baggage, so that whatever copies the one copies the other, and
 * log records and spans can show it.
 */
final class TagContext implements ContextSource {

  private static final ContextKey<Settling> SETTLING = ContextKey.named("lanekeeper-stamp");

  private static final ThreadLocal<@Nullable Reading> RECENT = new ThreadLocal<>();

  private final Carried own;

  /** What a thread has read last: it is asked for several times in each call. */
  private record Reading(Baggage baggage, WireNames names, Carried carried, boolean alone) {}

  /** The stamp of one request that came without one: what all copies of its context share. */
  private static final class Settling {
    private final Tag tag;
    private final AtomicReference<@Nullable Stamp> stamp = new AtomicReference<>();

    Settling(Tag tag) {
      this.tag = tag;
    }

    /** The first stamp stands. */
    Stamp settle(Stamp wanted) {
      Stamp first = stamp.compareAndExchange(null, wanted);
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
    return carried.isTagged() ? carried : own;
  }

  @Override
  public Stamp settle(Tag tag, Stamp stamp) {
    Settling settling = Context.current().get(SETTLING);
    return settling == null || !settling.tag.equals(tag) ? stamp : settling.settle(stamp);
  }

  @Override
  public <T> Supplier<T> bound(Supplier<T> action) {
    return Context.current().wrapSupplier(action);
  }

  /** What a context bears. */
  static Carried of(Context context) {
    Baggage baggage = Baggage.fromContext(context);
    if (baggage.isEmpty()) {
      return Carried.NOTHING;
    }
    Carried carried = reading(baggage).carried;
    Settling settling = carried.isTagged() ? context.get(SETTLING) : null;
    Stamp settled = settling == null || !settling.tag.equals(carried.tag()) ? null : settling.stamp.get();
    return settled == null ? carried : carried.with(settled);
  }

  /** Whether the baggage of a context holds nothing but ours. */
  static boolean isAlone(Context context) {
    return reading(Baggage.fromContext(context)).alone;
  }

  @SuppressWarnings("ReferenceEquality") // the very same request, or it is read
  private static Reading reading(Baggage baggage) {
    WireNames names = Lanes.names();
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
    ours += (overrides == null ? 0 : 1) + (stamp == null ? 0 : 1);
    Carried carried = tenancy == null && overrides == null
        ? Carried.NOTHING
        : new Carried(tag(tenancy, overrides), Stamp.parse(stamp));
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
    WireNames names = Lanes.names();
    BaggageBuilder baggage = others(context, names);
    Tag tag = carried.tag();
    put(baggage, names.members().get(0), tag.text());
    put(baggage, names.overridesMember(), tag.overridesText());
    put(baggage, names.stampMember(), carried.stamp().text());
    return baggage.build().storeInContext(context.with(SETTLING, new Settling(tag)));
  }

  /** The context without tag and stamp in its baggage. */
  static Context without(Context context) {
    return others(context, Lanes.names()).build().storeInContext(context);
  }

  private static BaggageBuilder others(Context context, WireNames names) {
    BaggageBuilder baggage = Baggage.fromContext(context).toBuilder();
    names.members().forEach(baggage::remove);
    return baggage.remove(names.stampMember()).remove(names.overridesMember());
  }

  private static void put(BaggageBuilder baggage, String name, String value) {
    if (!value.isEmpty()) {
      baggage.put(name, value);
    }
  }
}
