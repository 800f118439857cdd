package dev.lanekeeper.agent;

import io.opentelemetry.javaagent.extension.ignore.IgnoredTypesBuilder;
import io.opentelemetry.javaagent.extension.ignore.IgnoredTypesConfigurer;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;

/**
 * Called between the tracing library's start and the first instrumented class, however the user configures the agent: it
 * begins what was not begun, and checks that our propagator is in effect.
 */
public final class LanekeeperStart implements IgnoredTypesConfigurer {

  @Override
  public void configure(IgnoredTypesBuilder builder, ConfigProperties config) {
    builder.ignoreClass("dev.lanekeeper.boot.").ignoreClass("dev.lanekeeper.agent.");
    Startup.begin();
    Startup.check(config);
  }
}
