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

  private final Carried own;

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
    WireNames names = Lanes.names();
    String tenancy = null;
    for (int i = 0; tenancy == null && i < names.members().size(); i++) {
      tenancy = baggage.getEntryValue(names.members().get(i));
    }
    String overrides = baggage.getEntryValue(names.overridesMember());
    if (tenancy == null && overrides == null) {
      return Carried.NOTHING;
    }
    Tag tag = tag(tenancy, overrides);
    Settling settling = context.get(SETTLING);
    Stamp settled = settling == null || !settling.tag.equals(tag) ? null : settling.stamp.get();
    return new Carried(tag, settled == null ? Stamp.parse(baggage.getEntryValue(names.stampMember())) : settled);
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
    BaggageBuilder baggage = Baggage.fromContext(context).toBuilder();
    names.members().forEach(baggage::remove);
    baggage.remove(names.stampMember()).remove(names.overridesMember());
    Tag tag = carried.tag();
    put(baggage, names.members().get(0), tag.text());
    put(baggage, names.overridesMember(), tag.overridesText());
    put(baggage, names.stampMember(), carried.stamp().text());
    return baggage.build().storeInContext(context.with(SETTLING, new Settling(tag)));
  }

  private static void put(BaggageBuilder baggage, String name, String value) {
    if (!value.isEmpty()) {
      baggage.put(name, value);
    }
  }
}
