package dev.lanekeeper.agent;

import io.opentelemetry.api.baggage.propagation.W3CBaggagePropagator;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.sdk.autoconfigure.spi.AutoConfigurationCustomizer;
import io.opentelemetry.sdk.autoconfigure.spi.AutoConfigurationCustomizerProvider;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import java.util.ArrayList;
import java.util.HashMap;
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
  private static final List<String> RECEIVE_SPANS =
      List.of("otel.instrumentation.messaging.experimental.receive-telemetry.enabled",
          "otel.instrumentation.common.messaging.experimental.receive-telemetry.enabled");

  @Override
  public void customize(AutoConfigurationCustomizer customizer) {
    Startup.begin();
    customizer.addPropagatorCustomizer(
        (propagator, config) -> Startup.isRunning() ? inside(propagator) : propagator);
    customizer.addPropertiesSupplier(LanekeeperCustomizer::defaults);
    customizer.addPropertiesCustomizer(LanekeeperCustomizer::withPropagator);
    customizer.addPropertiesCustomizer(LanekeeperCustomizer::withoutReceiveSpans);
  }

  private static TextMapPropagator inside(TextMapPropagator propagator) {
    if (propagator instanceof TagPropagator || propagator instanceof W3CTraceContextPropagator) {
      return propagator;
    }
    return propagator instanceof W3CBaggagePropagator ? new InsideBaggage(propagator) : new InsideOnly(propagator);
  }

  /** With spans for receiving, the agent puts the consumer's records into no request: the tag of each would be lost. */
  static Map<String, String> withoutReceiveSpans(ConfigProperties config) {
    Map<String, String> changed = new HashMap<>();
    for (String name : RECEIVE_SPANS) {
      if (config.getBoolean(name, false)) {
        System.err
            .println("[lanekeeper] " + name + ": true (expected: false). It is switched off: with it the tenancy of"
                + " each consumed message would be lost.");
        changed.put(name, "false");
      }
    }
    return changed;
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
