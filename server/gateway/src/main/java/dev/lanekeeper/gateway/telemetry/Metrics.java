package dev.lanekeeper.gateway.telemetry;

import dev.lanekeeper.gateway.proxy.Observer;
import dev.lanekeeper.gateway.routing.LocalRequest;
import dev.lanekeeper.gateway.routing.LocalResponse;
import dev.lanekeeper.gateway.routing.Refusal;
import dev.lanekeeper.gateway.routing.Responder;
import dev.lanekeeper.model.RouteSource;
import dev.lanekeeper.model.RouteView;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of a gateway, as Prometheus reads them (text format 0.0.4): {@code GET /metrics}.
 *
 * <p><b>Threads.</b> Any.
 */
public final class Metrics implements Responder {

  private static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";
  private static final int NOT_FOUND = 404;
  private static final double MILLIS = 1e3;

  private final RouteSource source;
  private final Supplier<Map<String, Long>> decisions;
  private final List<RequestMetrics> listeners = new CopyOnWriteArrayList<>();

  /**
   * Of a gateway.
   *
   * @param decisions what was decided so far, by reason
   */
  public Metrics(RouteSource source, Supplier<Map<String, Long>> decisions) {
    this.source = source;
    this.decisions = decisions;
  }

  /** What a listener with this role tells of its requests. */
  public Observer of(String role) {
    RequestMetrics metrics = new RequestMetrics(role);
    listeners.add(metrics);
    return metrics;
  }

  @Override
  public @Nullable LocalResponse respond(LocalRequest request) {
    String path = request.url().replaceFirst("^[a-z]+://[^/]*", "").replaceFirst("\\?.*$", "");
    if (!path.equals("/metrics") || !(request.method().equals("GET") || request.method().equals("HEAD"))) {
      return LocalResponse
          .of(new Refusal(NOT_FOUND, "not-found", "Not found", "nothing is there (expected: GET /metrics)"));
    }
    return new LocalResponse(200, List.of(Map.entry("content-type", TYPE), Map.entry("cache-control", "no-store")),
        text().getBytes(StandardCharsets.UTF_8));
  }

  String text() {
    StringBuilder out = new StringBuilder(4096);
    head(out, "lanekeeper_gateway_requests_total", "counter", "Requests that are over, by class of traffic.");
    listeners.forEach(listener -> listener.requestsTo(out));
    head(out, "lanekeeper_gateway_request_duration_seconds", "histogram", "From a request's head to its end.");
    listeners.forEach(listener -> listener.durationsTo(out));
    head(out, "lanekeeper_gateway_decisions_total", "counter", "What was decided about tagged requests, by reason.");
    decisions.get().forEach((reason, count) -> out.append("lanekeeper_gateway_decisions_total{reason=\"").append(reason)
        .append("\"} ").append(count).append('\n'));
    RouteView view = source.view();
    head(out, "lanekeeper_table_revision", "gauge", "The revision of the route table; 0: there is none.");
    out.append("lanekeeper_table_revision ").append(view.table().revision()).append('\n');
    if (view.asOfMillis() > 0) {
      head(out, "lanekeeper_table_age_seconds", "gauge", "How long ago the table was last known to be current.");
      out.append("lanekeeper_table_age_seconds ")
          .append(Math.max(0, System.currentTimeMillis() - view.asOfMillis()) / MILLIS).append('\n');
    }
    head(out, "lanekeeper_table_cut_off", "gauge", "1 while the control plane is known to be out of reach.");
    out.append("lanekeeper_table_cut_off ").append(view.cutOff() ? 1 : 0).append('\n');
    return out.toString();
  }

  private static void head(StringBuilder out, String name, String kind, String help) {
    out.append("# HELP ").append(name).append(' ').append(help).append("\n# TYPE ").append(name).append(' ')
        .append(kind)
        .append('\n');
  }
}
