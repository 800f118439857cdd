package dev.lanekeeper.agent;

import dev.lanekeeper.boot.Counters;
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
    Context told = told(context);
    if (told != null) {
      propagator.inject(told, carrier, setter);
    }
  }

  /** What the host is told; null where the propagator for tags, which always comes after, writes all of the baggage. */
  private static @Nullable Context told(Context context) {
    try {
      if (!TagContext.of(context).isTagged()) {
        return context;
      }
      return OutgoingSpan.isOutside(context) ? TagContext.without(context) : null;
    } catch (RuntimeException | Error failure) {
      Counters.failed("inject", failure);
      return context;
    }
  }

  @Override
  public <C> Context extract(Context context, @Nullable C carrier, TextMapGetter<C> getter) {
    return propagator.extract(context, carrier, getter);
  }
}
