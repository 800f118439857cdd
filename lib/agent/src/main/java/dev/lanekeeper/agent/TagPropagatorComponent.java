package dev.lanekeeper.agent;

import io.opentelemetry.api.incubator.config.DeclarativeConfigProperties;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.sdk.autoconfigure.spi.internal.ComponentProvider;

/** Offers the propagator under its name in a configuration file ({@code otel.config.file}). */
public final class TagPropagatorComponent implements ComponentProvider {

  @Override
  public Class<?> getType() {
    return TextMapPropagator.class;
  }

  @Override
  public String getName() {
    return TagPropagator.NAME;
  }

  @Override
  public Object create(DeclarativeConfigProperties config) {
    return Startup.propagator();
  }
}
