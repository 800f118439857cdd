package dev.lanekeeper.gateway.telemetry;

import dev.lanekeeper.gateway.proxy.Ended;
import dev.lanekeeper.gateway.proxy.Observer;
import dev.lanekeeper.model.TrafficClass;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the requests of one listener: by class of traffic and class of status, and how long they took. As many numbers as there are
 * when it begins, and no more, whatever requests bear.
 *
 * <p><b>Threads.</b> Any.
 */
final class RequestMetrics implements Observer {

  /** Upper bounds of the histogram, in ms. */
  private static final long[] BOUNDS = {1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000};
  private static final String[] STATUS = {"none", "1xx", "2xx", "3xx", "4xx", "5xx"};
  private static final String NAME = "lanekeeper_gateway_request_duration_seconds";
  private static final double NANOS = 1e9;
  private static final double MILLIS = 1e3;

  private final String role;
  private final Map<TrafficClass, Counted> byClass = new EnumMap<>(TrafficClass.class);

  /** What is counted of a class. */
  private static final class Counted {
    private final LongAdder[] requests = adders(STATUS.length);
    private final LongAdder[] took = adders(BOUNDS.length + 1);
    private final LongAdder nanos = new LongAdder();

    private static LongAdder[] adders(int count) {
      LongAdder[] adders = new LongAdder[count];
      Arrays.setAll(adders, i -> new LongAdder());
      return adders;
    }
  }

  /** Of a listener with this role. */
  RequestMetrics(String role) {
    this.role = role;
    for (TrafficClass each : TrafficClass.values()) {
      byClass.put(each, new Counted());
    }
  }

  @Override
  public void ended(Ended request) {
    Counted counted = Objects.requireNonNull(byClass.get(TrafficClass.of(request.tag())));
    counted.requests[Math.min(request.status() / 100, STATUS.length - 1)].increment();
    long millis = request.tookNanos() / 1_000_000;
    int bucket = 0;
    while (bucket < BOUNDS.length && millis >= BOUNDS[bucket]) {
      bucket++;
    }
    counted.took[bucket].increment();
    counted.nanos.add(request.tookNanos());
  }

  private String labels(TrafficClass of) {
    return "{role=\"" + role + "\",class=\"" + of.code() + "\"";
  }

  /** Appends the samples of one metric, {@code lanekeeper_gateway_requests_total}. */
  void requestsTo(StringBuilder out) {
    byClass.forEach((of, counted) -> {
      for (int status = 0; status < STATUS.length; status++) {
        long count = counted.requests[status].sum();
        if (count > 0) {
          out.append("lanekeeper_gateway_requests_total").append(labels(of)).append(",status=\"").append(STATUS[status])
              .append("\"} ").append(count).append('\n');
        }
      }
    });
  }

  /** Appends the samples of the other, {@code lanekeeper_gateway_request_duration_seconds}. */
  void durationsTo(StringBuilder out) {
    byClass.forEach((of, counted) -> {
      StringBuilder samples = new StringBuilder();
      long all = 0;
      for (int i = 0; i <= BOUNDS.length; i++) {
        all += counted.took[i].sum();
        String bound = i < BOUNDS.length ? Double.toString(BOUNDS[i] / MILLIS) : "+Inf";
        samples.append(NAME).append("_bucket").append(labels(of)).append(",le=\"").append(bound).append("\"} ")
            .append(all)
            .append('\n');
      }
      if (all > 0) {
        out.append(samples).append(NAME).append("_sum").append(labels(of)).append("} ")
            .append(counted.nanos.sum() / NANOS).append('\n').append(NAME).append("_count").append(labels(of))
            .append("} ").append(all).append('\n');
      }
    });
  }
}
