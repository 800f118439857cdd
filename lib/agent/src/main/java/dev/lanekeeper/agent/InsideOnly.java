package dev.lanekeeper.agent;

import dev.lanekeeper.boot.Counters;
import dev.lanekeeper.model.Carried;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Another propagator that may write baggage, too (X-Ray, Jaeger), and tells hosts outside the environment nothing of ours. */
record InsideOnly(TextMapPropagator propagator) implements TextMapPropagator {

  @Override
  public Collection<String> fields() {
    return propagator.fields();
  }

  @Override
  public <C> void inject(Context context, @Nullable C carrier, TextMapSetter<C> setter) {
    Context told = context;
    try {
      Carried carried = TagContext.of(context);
      if ((carried.isTagged() || carried.trace() != null) && OutgoingSpan.isOutside(context)) {
        told = TagContext.without(context);
      }
    } catch (RuntimeException | Error failure) {
      Counters.failed("inject", failure);
    }
    TagPropagator.forgetTold(); // it may have another idea of the same header
    propagator.inject(told, carrier, setter);
  }

  @Override
  public <C> Context extract(Context context, @Nullable C carrier, TextMapGetter<C> getter) {
    return propagator.extract(context, carrier, getter);
  }
}
