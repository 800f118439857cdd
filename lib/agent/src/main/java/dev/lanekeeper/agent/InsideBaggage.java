package dev.lanekeeper.agent;

import dev.lanekeeper.boot.Counters;
import dev.lanekeeper.boot.Lanes;
import dev.lanekeeper.model.Carried;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** The baggage propagator, which tells hosts outside the environment nothing of ours. */
record InsideBaggage(TextMapPropagator propagator) implements TextMapPropagator {

  @Override
  public Collection<String> fields() {
    return propagator.fields();
  }

  /** INVARIANT: what is tagged leaves here with its tag, whatever becomes of the propagators behind this one. */
  @Override
  public <C> void inject(Context context, @Nullable C carrier, TextMapSetter<C> setter) {
    Context told = context;
    try {
      Carried carried = TagContext.outgoing(context);
      if ((carried.isTagged() || carried.trace() != null) && OutgoingSpan.isOutside(context)) {
        told = TagContext.without(context);
      } else if (carried.isTagged()) {
        TagPropagator.tell(Lanes.names(), context, carried, carrier, setter);
        return;
      }
    } catch (RuntimeException | Error failure) {
      Counters.failed("inject", failure);
    }
    propagator.inject(told, carrier, setter);
  }

  @Override
  public <C> Context extract(Context context, @Nullable C carrier, TextMapGetter<C> getter) {
    return propagator.extract(context, carrier, getter);
  }
}
