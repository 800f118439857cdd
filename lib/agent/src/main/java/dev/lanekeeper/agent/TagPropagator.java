package dev.lanekeeper.agent;

import dev.lanekeeper.boot.CallHeaders;
import dev.lanekeeper.boot.Counters;
import dev.lanekeeper.boot.Lanes;
import dev.lanekeeper.model.BaggageText;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.Hop;
import dev.lanekeeper.model.Self;
import dev.lanekeeper.model.WireNames;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.baggage.propagation.W3CBaggagePropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Brings tag and stamp from carriers into the context and back, under all names of the environment. Works beside the
 * baggage propagator, after it, and without it.
 *
 * <p>A tag that arrives without a stamp is stamped here: this is the first data plane that sees it.
 */
final class TagPropagator implements TextMapPropagator {

  /** Its name in {@code otel.propagators}. */
  static final String NAME = "lanekeeper";

  private static final TextMapSetter<Map<String, String>> INTO_MAP = (map, key, value) -> {
    if (map != null) {
      map.put(key, value);
    }
  };

  /** What a thread has written last beside the application's: the propagator for baggage writes it too, just before. */
  private record Written(Baggage baggage, WireNames names, Carried carried, String text) {}

  private static final ThreadLocal<@Nullable Written> RECENT = new ThreadLocal<>();

  /** Into which carrier a thread has just written the baggage of which context. */
  private static final class Told {
    private @Nullable Object carrier;
    private @Nullable Context context;
    private @Nullable WireNames names;

    void set(@Nullable Object newCarrier, @Nullable Context newContext, @Nullable WireNames newNames) {
      carrier = newCarrier;
      context = newContext;
      names = newNames;
    }
  }

  private static final ThreadLocal<Told> TOLD = ThreadLocal.withInitial(Told::new);

  @Override
  public Collection<String> fields() {
    List<String> fields = new ArrayList<>(Lanes.names().headers());
    fields.add(WireNames.BAGGAGE);
    return fields;
  }

  @Override
  public <C> Context extract(Context context, @Nullable C carrier, TextMapGetter<C> getter) {
    if (carrier == null) {
      return context;
    }
    try {
      return extracted(context, carrier, getter);
    } catch (RuntimeException | Error failure) {
      Counters.failed("extract", failure);
      return context; // with what the propagator for baggage found
    }
  }

  @SuppressWarnings("ReferenceEquality") // the very context, where there was nothing to take out of it
  private static <C> Context extracted(Context context, C carrier, TextMapGetter<C> getter) {
    WireNames names = Lanes.names();
    CarrierTag<C> found = new CarrierTag<>(names, carrier, getter);
    Carried carried = found.read();
    if (carried.trace() != null) {
      tellArrival(context, carried, getter);
    }
    if (carried.isTagged()) {
      Context same = carried.stamp().isNone() && Takers.isWithin(context, getter)
          ? TagContext.again(context, names, carried.tag())
          : null;
      return same != null ? same : TagContext.with(context, names, stamped(carried));
    }
    if (found.isUnreadable()) {
      return context;
    }
    Context untagged = TagContext.untagged(context);
    Context own = carried.trace() == null ? untagged : TagContext.traced(untagged, carried.trace());
    // Nearly always the very same: whose request it is part of has only to be asked where there is one.
    return own == context || Takers.isWithin(context, getter) ? context : own;
  }

  /** What comes to a server. What a consumer takes is told where it is decided about. */
  private static <C> void tellArrival(Context context, Carried carried, TextMapGetter<C> getter) {
    Self self = Lanes.self();
    if (self != null && Takers.isServer(getter) && !Takers.isWithin(context, getter)) {
      Lanes.source().tell(Hop.now(stamped(carried), Hop.Kind.ARRIVE, Hop.Place.of(self), self.service().text(),
          Hop.Outcome.PASS, "served", null, self.incarnation()));
    }
  }

  private static Carried stamped(Carried carried) {
    if (carried.tag().isMalformed()) {
      Counters.add("extract.malformed", 1);
    }
    try {
      return Lanes.source().view().stamped(carried, false);
    } catch (RuntimeException | Error failure) {
      Counters.failed("extract", failure);
      return carried; // whoever acts on it stamps it
    }
  }

  /** The baggage of a tagged request, ours and the application's, as it stands on the wire. */
  @SuppressWarnings("ReferenceEquality") // the very same request, or it is written anew
  static String baggage(WireNames names, Context context, Carried carried) {
    if (TagContext.isAlone(context)) {
      return CallHeaders.members(names, carried);
    }
    Baggage baggage = Baggage.fromContext(context);
    Written recent = RECENT.get();
    if (recent == null || recent.baggage != baggage || recent.names != names || !recent.carried.equals(carried)) {
      recent = new Written(baggage, names, carried, BaggageText.merge(names, carried, others(context)));
      RECENT.set(recent);
    }
    return recent.text;
  }

  /** What the application has in its baggage beside ours, as it is written. */
  private static String others(Context context) {
    Map<String, String> written = new HashMap<>();
    W3CBaggagePropagator.getInstance().inject(TagContext.without(context), written, INTO_MAP);
    return written.getOrDefault(WireNames.BAGGAGE, "");
  }

  /** Writes the baggage of a tagged request. What comes behind need not do it again. */
  static <C> void tell(WireNames names, Context context, Carried carried, @Nullable C carrier,
      TextMapSetter<C> setter) {
    setter.set(carrier, WireNames.BAGGAGE, baggage(names, context, carried));
    TOLD.get().set(carrier, context, names);
  }

  /** Others may have written over what was told. */
  static void forgetTold() {
    TOLD.get().set(null, null, null);
  }

  /** Whether the baggage stands there. Keeps nothing of it. */
  @SuppressWarnings("ReferenceEquality") // the very same, or it is written again
  private static boolean isTold(WireNames names, Context context, @Nullable Object carrier) {
    Told told = TOLD.get();
    boolean same = carrier != null && told.carrier == carrier && told.context == context && told.names == names;
    told.set(null, null, null);
    return same;
  }

  @Override
  public <C> void inject(Context context, @Nullable C carrier, TextMapSetter<C> setter) {
    try {
      injected(context, carrier, setter);
    } catch (RuntimeException | Error failure) {
      Counters.failed("inject", failure);
      // INVARIANT: a tagged request does not go on untagged because something of ours failed.
      W3CBaggagePropagator.getInstance().inject(context, carrier, setter);
    }
  }

  private static <C> void injected(Context context, @Nullable C carrier, TextMapSetter<C> setter) {
    Carried carried = TagContext.outgoing(context);
    if (!carried.isTagged() || OutgoingSpan.isOutside(context)) {
      return;
    }
    WireNames names = Lanes.names();
    String text = carried.tag().text();
    if (!isTold(names, context, carrier)) {
      setter.set(carrier, WireNames.BAGGAGE, baggage(names, context, carried));
    }
    if (!text.isEmpty()) {
      for (String name : names.headers()) {
        setter.set(carrier, name, text);
      }
    }
  }
}
