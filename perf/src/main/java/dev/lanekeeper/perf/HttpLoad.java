package dev.lanekeeper.perf;

import com.sun.management.OperatingSystemMXBean;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * A process that calls a service, one call after the other, a share of them tagged. Started by {@link HttpRouting}, with
 * the agent.
 *
 * <p>Where a call goes is either left to Lanekeeper (both addresses are the baseline's) or chosen beforehand. Each answer
 * says who gave it and is checked.
 */
public final class HttpLoad {

  private static final int CALLS = 2048;
  private static final TextMapGetter<Map<String, String>> READING = new TextMapGetter<>() {
    @Override
    @SuppressWarnings("deprecation") // not yet gone
    public Iterable<String> keys(Map<String, String> headers) {
      return headers.keySet();
    }

    @Override
    public @Nullable String get(@Nullable Map<String, String> headers, String name) {
      return headers == null ? null : headers.get(name);
    }
  };
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private final Client client;
  private final String[] urls = new String[CALLS];
  private final String[] expected = new String[CALLS];
  private final Map<String, String>[] headers = maps();

  private HttpLoad(Client client) {
    this.client = client;
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // there is no array of generics
  private static Map<String, String>[] maps() {
    return new Map[CALLS];
  }

  /** An HTTP client as applications use it. */
  private interface Client {
    String get(String url) throws IOException, InterruptedException;
  }

  private static Client client(String name) {
    if (name.equals("okhttp")) {
      OkHttpClient client = new OkHttpClient();
      return url -> {
        try (Response response = client.newCall(new Request.Builder().url(url).build()).execute()) {
          return Objects.requireNonNull(response.body()).string();
        }
      };
    }
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    return url -> client.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }

  /** Arguments: client, share of tagged calls, address of the baseline, address for tagged calls, what answers these, stamp. */
  public static void main(String[] args) throws IOException, InterruptedException {
    HttpLoad load = new HttpLoad(client(args[0]));
    load.prepare(Double.parseDouble(args[1]), args[2], args[3], args[4], args[5]);
    Load.serve(load::run);
  }

  private void prepare(double share, String baseline, String tagged, String answer, String stamp) {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < CALLS; i++) {
      boolean isTagged = random.nextDouble() < share;
      urls[i] = isTagged ? tagged : baseline;
      expected[i] = isTagged ? answer : "baseline";
      headers[i] = !isTagged
          ? Map.of()
          : Map.of("baggage", "tenancy=" + Tables.tenancy(random.nextInt(1000)).text() + ",tenancy-rev=" + stamp);
    }
  }

  /**
   * Calls for a time, in ms: each of a request that has just come in, as the agent's own server modules take them, and called
   * nobody yet. What its coming in takes is no part of the time, but of the CPU.
   */
  @SuppressWarnings("try") // the scope does its work by being there
  private Load.Done run(long millis) throws IOException, InterruptedException {
    TextMapPropagator propagator = GlobalOpenTelemetry.getPropagators().getTextMapPropagator();
    long cpuBegin = SYSTEM.getProcessCpuTime();
    long left = millis * 1_000_000;
    long calls = 0;
    while (left > 0) {
      int i = (int) (calls++ % CALLS);
      Context request = propagator.extract(Context.root(), headers[i], READING);
      long begin = System.nanoTime();
      try (Scope scope = request.makeCurrent()) {
        String body = client.get(urls[i]);
        if (!body.equals(expected[i])) {
          throw new IllegalStateException(
              "answer: " + body + " (expected: " + expected[i] + ", to " + headers[i] + ")");
        }
      }
      left -= System.nanoTime() - begin;
    }
    return new Load.Done(calls, millis * 1_000_000 - left, SYSTEM.getProcessCpuTime() - cpuBegin);
  }
}
