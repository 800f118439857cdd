package dev.lanekeeper.gateway.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.lanekeeper.client.RouteClient;
import dev.lanekeeper.gateway.Gateway;
import dev.lanekeeper.gateway.GatewaySettings;
import dev.lanekeeper.model.ServiceName;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What operators see of a gateway whose control plane is away. */
class TelemetryTest {

  @TempDir
  @SuppressWarnings("NullAway.Init") private Path directory;
  @SuppressWarnings("NullAway.Init") private HttpServer server;
  @SuppressWarnings("NullAway.Init") private Gateway gateway;
  private final HttpClient client = HttpClient.newHttpClient();

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", exchange -> {
      exchange.sendResponseHeaders(exchange.getRequestURI().getPath().equals("/none") ? 404 : 200, -1);
      exchange.close();
    });
    server.start();
    gateway = started(log());
  }

  private Gateway started(Path log) throws IOException {
    return Gateway.start(settings(log), RouteClient.builder(URI.create("http://127.0.0.1:1"))
        .self(ServiceName.of("gateway"), null).diskDirectory(null).log((level, message, failure) -> {}));
  }

  @AfterEach
  void stop() {
    gateway.close();
    server.stop(0);
  }

  private Path log() {
    return directory.resolve("access.log");
  }

  private GatewaySettings settings(Path log) {
    URI baseline = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    return new GatewaySettings(
        List.of(new GatewaySettings.AtEdge(any,
            Map.of(GatewaySettings.ANY_HOST, new GatewaySettings.Entrance(ServiceName.of("A"), baseline)), null,
            GatewaySettings.Admitted.LOOPBACK), new GatewaySettings.ForMetrics(any)),
        1, Duration.ofMillis(100), List.of(), null, log);
  }

  private HttpResponse<String> get(int listener, String path, String... headers) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(
        URI.create("http://127.0.0.1:" + gateway.open().get(listener).address().getPort() + path));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private List<String> lines(Path file) throws IOException {
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }

  @Test
  void metrics_areByClass_andBounded() throws Exception {
    get(0, "/a?token=secret");
    get(0, "/none");
    for (int i = 0; i < 30; i++) {
      get(0, "/", "X-Tenancy-ID", "shop/testing/t" + i);
      get(0, "/", "X-Tenancy-ID", "shop/made-up-" + i + "/t");
    }

    HttpResponse<String> metrics = get(1, "/metrics");

    assertThat(metrics.headers().firstValue("content-type")).hasValue("text/plain; version=0.0.4; charset=utf-8");
    assertThat(metrics.body().lines().filter(line -> line.startsWith("lanekeeper_gateway_requests_total")))
        .containsExactlyInAnyOrder(
            "lanekeeper_gateway_requests_total{role=\"edge\",class=\"production\",status=\"2xx\"} 1",
            "lanekeeper_gateway_requests_total{role=\"edge\",class=\"production\",status=\"4xx\"} 1",
            "lanekeeper_gateway_requests_total{role=\"edge\",class=\"testing\",status=\"5xx\"} 30",
            "lanekeeper_gateway_requests_total{role=\"edge\",class=\"other\",status=\"5xx\"} 30");
    assertThat(metrics.body()).contains(
        "lanekeeper_gateway_request_duration_seconds_count{role=\"edge\",class=\"production\"} 2\n",
        "lanekeeper_gateway_request_duration_seconds_bucket{role=\"edge\",class=\"testing\",le=\"+Inf\"} 30\n",
        "lanekeeper_gateway_decisions_total{reason=\"refuse.tenancy-in-doubt\"} 60\n", "lanekeeper_table_revision 0\n")
        .doesNotContain("made-up", "secret");
    assertThat(get(1, "/").statusCode()).isEqualTo(404);
  }

  /** Each line of the text format is a comment, or a name with labels and a number. */
  @Test
  void metrics_areWellFormed() throws Exception {
    get(0, "/");
    assertThat(get(1, "/metrics").body().lines()).allMatch(line -> line.matches("# (HELP|TYPE) [a-z_]+ .+")
        || line.matches("[a-z_]+(\\{[a-z]+=\"[^\"]*\"(,[a-z]+=\"[^\"]*\")*\\})? [0-9.E+-]+"));
  }

  @Test
  void accessLog_hasALineForEach_withoutWhatMayBeSecret_andIsRotated() throws Exception {
    get(0, "/a?token=secret", "Lanekeeper-Token", "hidden");
    get(0, "/b", "X-Tenancy-ID", "shop/canary/x");
    await().until(() -> lines(log()).size() == 2);
    JsonNode first = new ObjectMapper().readTree(lines(log()).get(0));
    JsonNode second = new ObjectMapper().readTree(lines(log()).get(1));
    assertThat(first.get("path").asText() + first.get("status") + first.get("class") + first.get("reason")
        + first.get("role") + first.get("method") + first.get("whole") + first.get("peer"))
        .isEqualTo("/a200\"production\"\"untagged\"\"edge\"\"GET\"true\"127.0.0.1\"");
    assertThat(second.get("tenancy").asText() + second.get("class") + second.get("reason") + second.get("status"))
        .isEqualTo("shop/canary/x\"canary\"\"tenancy-in-doubt\"503");
    assertThat(Files.readString(log())).doesNotContain("secret", "hidden");

    Path moved = directory.resolve("access.log.1");
    Files.move(log(), moved);
    await().until(() -> {
      get(0, "/c");
      return !lines(log()).isEmpty();
    });
    assertThat(lines(moved).get(0)).contains("\"/a\"");
  }

  /** Linux has a disk that is always full. */
  @Test
  void accessLog_onAFullDisk_keepsNobodyWaiting_andCountsWhatIsLost() throws Exception {
    gateway.close();
    gateway = started(Path.of("/dev/full"));

    for (int i = 0; i < 50; i++) {
      assertThat(get(0, "/").statusCode()).isEqualTo(200);
    }

    await().until(
        () -> get(1, "/metrics").body().contains("lanekeeper_gateway_decisions_total{reason=\"access-log.lost\"}"));
  }

  @Test
  void accessLog_thatCannotBeOpened_isAnErrorAtTheStart() {
    assertThatThrownBy(() -> AccessLog.to(directory.resolve("no/such/directory/log"))).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> new GatewaySettings(
        List.of(new GatewaySettings.ForMetrics(new InetSocketAddress(0))), 1, Duration.ZERO, List.of(), null))
        .hasMessageStartingWith("listeners: none");
  }
}
