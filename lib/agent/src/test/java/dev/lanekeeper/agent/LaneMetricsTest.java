package dev.lanekeeper.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanekeeper.model.RevisionLog;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.RouteView;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.DoublePointData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.export.CollectionRegistration;
import io.opentelemetry.sdk.metrics.export.MetricReader;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LaneMetricsTest {

  private static final AttributeKey<String> REASON = AttributeKey.stringKey("reason");
  private static final RouteTable TABLE = RouteTable.of(new RouteTable.Content(0,
      RevisionLog.EMPTY.append(1, 7, 1_000).append(2, 8, 2_000), List.of(), List.of(), List.of(), List.of(),
      List.of()));

  private final Collecting reader = new Collecting();
  private final SdkMeterProvider provider = SdkMeterProvider.builder().registerMetricReader(reader).build();
  private final AtomicReference<RouteView> view = new AtomicReference<>(RouteView.NOTHING);
  private final Map<String, Long> decisions = new TreeMap<>();

  LaneMetricsTest() {
    LaneMetrics.register(provider.get(LaneMetrics.SCOPE), view::get, () -> decisions,
        () -> Map.of("question-unanswered", 2L), () -> 12_500);
  }

  @AfterEach
  void close() {
    provider.close();
  }

  private static final class Collecting implements MetricReader {
    private CollectionRegistration from = CollectionRegistration.noop();

    @Override
    public void register(CollectionRegistration registration) {
      from = registration;
    }

    @Override
    public CompletableResultCode forceFlush() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public AggregationTemporality getAggregationTemporality(InstrumentType type) {
      return AggregationTemporality.CUMULATIVE;
    }
  }

  private Map<String, MetricData> collected() {
    return reader.from.collectAllMetrics().stream().collect(Collectors.toMap(MetricData::getName, metric -> metric));
  }

  private static MetricData metric(Map<String, MetricData> metrics, String name) {
    return Objects.requireNonNull(metrics.get(name), name);
  }

  private static List<Long> values(MetricData metric) {
    return metric.getLongGaugeData().getPoints().stream().map(LongPointData::getValue).toList();
  }

  private static Map<String, Long> byReason(MetricData metric) {
    return metric.getLongSumData().getPoints().stream()
        .collect(Collectors.toMap(point -> String.valueOf(point.getAttributes().get(REASON)), LongPointData::getValue));
  }

  @Test
  void collected_withATable_saysHowOldItIs() {
    view.set(new RouteView(TABLE, 10_000, false));
    decisions.put("skip.foreign", 5L);

    Map<String, MetricData> metrics = collected();

    assertThat(metrics.keySet()).isEqualTo(Set.of("lanekeeper.decisions", "lanekeeper.troubles",
        "lanekeeper.table.revision", "lanekeeper.table.age", "lanekeeper.table.cut_off"));
    assertThat(values(metric(metrics, "lanekeeper.table.revision"))).containsExactly(2L);
    assertThat(values(metric(metrics, "lanekeeper.table.cut_off"))).containsExactly(0L);
    assertThat(metric(metrics, "lanekeeper.table.age").getDoubleGaugeData().getPoints())
        .extracting(DoublePointData::getValue).containsExactly(2.5);
    assertThat(metric(metrics, "lanekeeper.table.age").getUnit()).isEqualTo("s");
    assertThat(byReason(metric(metrics, "lanekeeper.decisions"))).isEqualTo(Map.of("skip.foreign", 5L));
    assertThat(byReason(metric(metrics, "lanekeeper.troubles"))).isEqualTo(Map.of("question-unanswered", 2L));
  }

  @Test
  void collected_withoutATable_hasNoAge() {
    Map<String, MetricData> metrics = collected();

    assertThat(metrics).doesNotContainKey("lanekeeper.table.age");
    assertThat(values(metric(metrics, "lanekeeper.table.revision"))).containsExactly(0L);
    view.set(new RouteView(TABLE, 10_000, true));
    assertThat(values(metric(collected(), "lanekeeper.table.cut_off"))).containsExactly(1L);
  }

  @Test
  void collected_moreReasonsThanThereCanBe_areBounded() {
    for (int i = 0; i < 1_000; i++) {
      decisions.put("failed." + i, 1L);
    }

    Map<String, Long> counted = byReason(metric(collected(), "lanekeeper.decisions"));

    assertThat(counted).hasSize(201).containsEntry("other", 800L);
  }
}
