package dev.lanekeeper.agent;

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

  @Override
  public <C> void inject(Context context, @Nullable C carrier, TextMapSetter<C> setter) {
    propagator.inject(OutgoingSpan.isOutside(context) ? TagContext.without(context) : context, carrier, setter);
  }

  @Override
  public <C> Context extract(Context context, @Nullable C carrier, TextMapGetter<C> getter) {
    return propagator.extract(context, carrier, getter);
  }
}
