package dev.lanekeeper.it.outage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.lanekeeper.cli.run.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of calls without a plain answer, at an A under the agent. B and its variants are played by the test. */
class FallbackIT {
  private static final Duration ANSWER = Duration.ofSeconds(30);
  /** No control plane ever gave this. */
  private static final String NEVER_GIVEN = "9000000-0badc0de";

  /** Where a call ends. */
  private enum End {
    BASELINE, REDIRECTED, REFUSED
  }

  /**
   * One line of the table.
   *
   * @param situation for people
   * @param headers of the request
   */
  private record Row(String situation, End end, Map<String, String> headers) {}

  private static final List<Row> CONNECTED = List.of(new Row("untagged", End.BASELINE, Map.of()),
      new Row("its override lives", End.REDIRECTED, Map.of("X-Tenancy-ID", "redirected")),
      new Row("the same in baggage", End.REDIRECTED, Map.of("baggage", "tenancy=redirected")),
      new Row("a stamp that was never given is none", End.REDIRECTED, Map.of("baggage",
          "tenancy=redirected,tenancy-rev=" + NEVER_GIVEN)),
      new Row("a combination whose first has no override", End.REDIRECTED,
          Map.of("baggage", "tenancy=elsewhere%2Bredirected")),
      new Row("a prefix is registered", End.REDIRECTED, Map.of("X-Tenancy-ID", "shop/testing/TID1")),
      new Row("a single-service override", End.REDIRECTED, Map.of("baggage", "tenancy-overrides=B:redirected")),
      new Row("it overrides another service", End.BASELINE, Map.of("X-Tenancy-ID", "elsewhere")),
      new Row("never registered", End.BASELINE, Map.of("X-Tenancy-ID", "never-heard")),
      new Row("malformed", End.BASELINE, Map.of("X-Tenancy-ID", "a b")),
      new Row("production that nobody registered", End.BASELINE, Map.of("X-Tenancy-ID", "shop/production")),
      new Row("ended", End.REFUSED, Map.of("X-Tenancy-ID", "ended")),
      new Row("the owner does not listen", End.REFUSED, Map.of("X-Tenancy-ID", "deaf")),
      new Row("no instance of the owner", End.REFUSED, Map.of("X-Tenancy-ID", "absent")));

  private static final List<Row> CUT_OFF = List.of(new Row("untagged", End.BASELINE, Map.of()),
      new Row("its override lives", End.REDIRECTED, Map.of("X-Tenancy-ID", "redirected")),
      new Row("a stamp that the table cannot know", End.REFUSED, Map.of("baggage",
          "tenancy=redirected,tenancy-rev=" + NEVER_GIVEN)),
      new Row("not in the table", End.REFUSED, Map.of("X-Tenancy-ID", "never-heard")),
      new Row("production that nobody registered", End.BASELINE, Map.of("X-Tenancy-ID", "shop/production")),
      new Row("ended", End.REFUSED, Map.of("X-Tenancy-ID", "ended")));

  private static final List<Row> STRICT = List.of(new Row("untagged", End.BASELINE, Map.of()),
      new Row("its override lives", End.REDIRECTED, Map.of("X-Tenancy-ID", "redirected")),
      new Row("never registered", End.REFUSED, Map.of("X-Tenancy-ID", "never-heard")),
      new Row("it overrides another service", End.BASELINE, Map.of("X-Tenancy-ID", "elsewhere")));

  /** A B that answers and notes the orders. */
  private static final class PlainB implements AutoCloseable {
    private final HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    private final List<String> orders = new CopyOnWriteArrayList<>();
    private final byte[] answer;

    PlainB(String version) throws IOException {
      answer = Lane.order(version).getBytes(StandardCharsets.UTF_8);
      server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      server.createContext("/place", this::place);
      server.start();
    }

    private void place(HttpExchange exchange) throws IOException {
      orders.add(exchange.getRequestURI().getQuery());
      exchange.sendResponseHeaders(200, answer.length);
      try (exchange) {
        exchange.getResponseBody().write(answer);
      }
    }

    URI root() {
      return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }

  @Test
  void call_withoutAPlainAnswer_endsAsThePolicySays(@TempDir Path directory) throws Exception {
    try (var baseline = new PlainB("B");
        var redirected = new PlainB("B-redirected");
        var town = new Town(directory, Map.of("B_URL", baseline.root().toString()));
        var client = HttpClient.newHttpClient()) {
      Town.Running controlPlane = town.startControlPlane();
      register(town, baseline.root(), redirected.root());
      Town.Running a = town.awaitServing(town.startService("A", null, "A", Ports.free(), "disk"));
      town.awaitApplied(1, town.client().deleteTenant("ended").revision());
      var calls = new Calls(client, a.root(), baseline, redirected);

      calls.check("connected", CONNECTED);

      long strict = environment(town, "refuse");
      town.awaitApplied(1, strict);
      calls.check("strict", STRICT);

      town.awaitApplied(1, environment(town, "baseline"));
      controlPlane.kill();
      await("A to notice").atMost(Duration.ofSeconds(20))
          .until(() -> Town.printed(a).contains("the control plane is out of reach"));
      calls.check("cut off", CUT_OFF);
    }
  }

  private static long environment(Town town, String unregistered) {
    return town.client().applyYaml("""
        kind: Environment
        profile: staging
        policy: { unregistered: %s }
        """.formatted(unregistered)).results().getFirst().revision();
  }

  private static void register(Town town, URI baseline, URI redirected) throws IOException {
    town.client().applyYaml("""
        kind: Service
        name: B
        hosts: ["127.0.0.1:%2$d"]
        ---
        kind: Service
        name: X
        hosts: ["x:80"]
        ---
        kind: Tenant
        tenancy: redirected
        overrides: { B: { redirect: "%1$s" } }
        ---
        kind: Tenant
        tenancy: shop/testing
        overrides: { B: { redirect: "%1$s" } }
        ---
        kind: Tenant
        tenancy: ended
        overrides: { B: { redirect: "%1$s" } }
        ---
        kind: Tenant
        tenancy: elsewhere
        overrides: { X: { redirect: "%1$s" } }
        ---
        kind: Tenant
        tenancy: deaf
        overrides: { B: { redirect: "http://127.0.0.1:%3$d" } }
        ---
        kind: Tenant
        tenancy: absent
        overrides: { B: { workload: {} } }
        """.formatted(redirected, baseline.getPort(), Ports.free()));
  }

  private record Calls(HttpClient client, URI a, PlainB baseline, PlainB redirected) {

    void check(String when, List<Row> rows) throws IOException, InterruptedException {
      for (int i = 0; i < rows.size(); i++) {
        Row row = rows.get(i);
        String query = "id=" + when.replace(' ', '-') + i;
        var request = HttpRequest.newBuilder(a.resolve("/order?" + query)).timeout(ANSWER);
        row.headers().forEach(request::header);
        var answer = client.send(request.build(), BodyHandlers.ofString());
        String what = when + ", " + row.situation() + ": " + answer.body();
        assertThat(answer.statusCode()).as(what).isEqualTo(row.end() == End.REFUSED ? 502 : 200);
        assertThat(baseline.orders.contains(query)).as("at the baseline: " + what).isEqualTo(row.end() == End.BASELINE);
        assertThat(redirected.orders.contains(query)).as("at the tenant's: " + what)
            .isEqualTo(row.end() == End.REDIRECTED);
      }
    }
  }
}
