package dev.lanekeeper.agent;

import io.opentelemetry.sdk.autoconfigure.spi.AutoConfigurationCustomizer;
import io.opentelemetry.sdk.autoconfigure.spi.AutoConfigurationCustomizerProvider;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The earliest call that the agent makes into an extension, unless the user configures it by a file.
 *
 * <p>Our propagator goes into the list whatever the user wrote there: a list without it ({@code b3}) would drop the
 * tenancy of each request without a word.
 */
public final class LanekeeperCustomizer implements AutoConfigurationCustomizerProvider {

  private static final String PROPAGATORS = "otel.propagators";

  @Override
  public void customize(AutoConfigurationCustomizer customizer) {
    Startup.begin();
    customizer.addPropertiesSupplier(LanekeeperCustomizer::defaults);
    customizer.addPropertiesCustomizer(LanekeeperCustomizer::withPropagator);
  }

  /** Tenancy on log records and spans: the agent does that itself, when it is told to. */
  private static Map<String, String> defaults() {
    return Map.of("otel.instrumentation.logback-mdc.add-baggage", "true",
        "otel.instrumentation.log4j-context-data.add-baggage", "true",
        "otel.java.experimental.span-attributes.copy-from-baggage.include", "tenancy,tenancy-rev");
  }

  /** The user's propagators, with ours at the end: it must see what the baggage propagator extracted. */
  static Map<String, String> withPropagator(ConfigProperties config) {
    List<String> propagators = new ArrayList<>(config.getList(PROPAGATORS, List.of("tracecontext", "baggage")));
    propagators.remove("none");
    propagators.remove(TagPropagator.NAME);
    propagators.add(TagPropagator.NAME);
    return Map.of(PROPAGATORS, String.join(",", propagators));
  }
}
