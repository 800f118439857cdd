package dev.lanekeeper.agent;

import io.opentelemetry.javaagent.tooling.bootstrap.BootstrapPackagesBuilder;
import io.opentelemetry.javaagent.tooling.bootstrap.BootstrapPackagesConfigurer;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;

/** Has class loaders that ask the bootstrap loader for {@code java.*} only (OSGi, JBoss Modules) find ours there too. */
public final class BootPackages implements BootstrapPackagesConfigurer {

  @Override
  public void configure(BootstrapPackagesBuilder builder, ConfigProperties config) {
    builder.add("dev.lanekeeper.boot");
  }
}
