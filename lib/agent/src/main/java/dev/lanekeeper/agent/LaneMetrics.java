package dev.lanekeeper.agent;

import dev.lanekeeper.model.RouteView;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.ObservableLongMeasurement;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What this data plane does and knows, as metrics of the tracing agent's SDK. They are asked for when they are collected, and cost nothing
 * in between. {@code docs/reference/metrics.md} lists them.
 *
 * <p>INVARIANT: no attribute holds what comes from outside: never a tenancy, a host, a topic. Reasons are names of ours.
 *
 * <p><b>Threads.</b> Called by those of the SDK.
 */
final class LaneMetrics {

  /** Under what name the instruments are found. */
  static final String SCOPE = "dev.lanekeeper";
  private static final AttributeKey<String> REASON = AttributeKey.stringKey("reason");
  /** More than there are names: what goes beyond counts as one. */
  private static final int MOST_REASONS = 200;
  private static final Attributes OTHERS = Attributes.of(REASON, "other");
  private static final double MILLIS = 1_000;

  private LaneMetrics() {}

  /**
   * Registers them.
   *
   * @param view what is known now
   * @param decisions what was decided, by reason, since the start
   * @param troubles what went wrong with the control plane, by cause, since the start
   * @param clock ms since 1970
   */
  static void register(Meter meter, Supplier<RouteView> view, Supplier<Map<String, Long>> decisions,
      Supplier<Map<String, Long>> troubles, LongSupplier clock) {
    meter.counterBuilder("lanekeeper.decisions").setUnit("{decision}")
        .setDescription("What was decided about tagged calls and messages, by reason.")
        .buildWithCallback(measurement -> record(measurement, decisions.get()));
    meter.counterBuilder("lanekeeper.troubles").setUnit("{trouble}")
        .setDescription("What went wrong between this process and the control plane, by cause.")
        .buildWithCallback(measurement -> record(measurement, troubles.get()));
    meter.gaugeBuilder("lanekeeper.table.revision").ofLongs().setUnit("{revision}")
        .setDescription("The revision of the route table that this process goes by; 0: it has none.")
        .buildWithCallback(measurement -> measurement.record(view.get().table().revision()));
    meter.gaugeBuilder("lanekeeper.table.age").setUnit("s")
        .setDescription("How long ago the route table was last known to be current.")
        .buildWithCallback(measurement -> {
          long asOf = view.get().asOfMillis();
          if (asOf > 0) {
            measurement.record(Math.max(0, clock.getAsLong() - asOf) / MILLIS);
          }
        });
    meter.gaugeBuilder("lanekeeper.table.cut_off").ofLongs().setUnit("1")
        .setDescription("1 while this process knows that the control plane is out of reach, else 0.")
        .buildWithCallback(measurement -> measurement.record(view.get().cutOff() ? 1 : 0));
  }

  private static void record(ObservableLongMeasurement measurement, Map<String, Long> counts) {
    int reasons = 0;
    long others = 0;
    for (Map.Entry<String, Long> count : counts.entrySet()) {
      if (reasons++ < MOST_REASONS) {
        measurement.record(count.getValue(), Attributes.of(REASON, count.getKey()));
      } else {
        others += count.getValue();
      }
    }
    if (others > 0) {
      measurement.record(others, OTHERS);
    }
  }
}
