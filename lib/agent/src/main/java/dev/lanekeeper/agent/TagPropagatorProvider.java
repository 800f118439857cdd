package dev.lanekeeper.agent;

import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurablePropagatorProvider;

/** Offers the propagator under its name in {@code otel.propagators}. */
public final class TagPropagatorProvider implements ConfigurablePropagatorProvider {

  @Override
  public TextMapPropagator getPropagator(ConfigProperties config) {
    return Startup.propagator();
  }

  @Override
  public String getName() {
    return TagPropagator.NAME;
  }
}
