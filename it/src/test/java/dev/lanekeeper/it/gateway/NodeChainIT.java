package dev.lanekeeper.it.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.client.RouteClient;
import dev.lanekeeper.controlplane.ControlPlane;
import dev.lanekeeper.gateway.Gateway;
import dev.lanekeeper.gateway.GatewaySettings;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Tenancy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A calls B calls C, in Node.js, with nothing of Lanekeeper in them: the tag travels by OpenTelemetry's baggage, and sidecars do the rest.
 * Of B there are stubs for two tenants, of C another version for a third.
 */
class NodeChainIT {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int EACH = 50;

  @TempDir
  @SuppressWarnings("NullAway.Init") private static Path directory;
  @SuppressWarnings("NullAway.Init") private static URI controlPlane;
  @SuppressWarnings("NullAway.Init") private static URI a;
  private static final List<AutoCloseable> OPEN = new ArrayList<>();
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @BeforeAll
  static void start() throws Exception {
    ControlPlane plane = keep(ControlPlane.builder(directory.resolve("data")).port(0).start());
    controlPlane = plane.uri();
    URI c = service("C", null, "c.js", Map.of());
    URI b = service("B", null, "b.js", Map.of("C_URL", c.toString()));
    a = service("A", null, "a.js", Map.of("B_URL", b.toString()));
    Gateway mocks = gateway("gateway", null, new GatewaySettings.ForMocks(loopback(), directory.resolve("stubs")));
    ControlPlaneClient rest = new ControlPlaneClient(controlPlane, null);
    rest.applyYaml("""
        kind: Environment
        profile: staging
        mocks: http://127.0.0.1:%d
        ---
        kind: Service
        name: A
        hosts: ["%s"]
        ---
        kind: Service
        name: B
        hosts: ["%s"]
        ---
        kind: Service
        name: C
        hosts: ["%s"]
        """.formatted(mocks.open().getFirst().address().getPort(), a.getAuthority(), b.getAuthority(),
        c.getAuthority()));
    rest.applyYaml("""
        kind: Tenant
        tenancy: DownstreamB/ValidationError
        overrides:
          B:
            mock:
              stubs:
                - request: { method: POST, urlPath: /notifications }
                  response: { status: 200, jsonBody: { _tag: ValidationError } }
        ---
        kind: Tenant
        tenancy: DownstreamB/TimeoutError
        overrides:
          B:
            mock:
              stubs:
                - request: { method: POST, urlPath: /notifications }
                  response: { status: 200, fixedDelayMilliseconds: 100, jsonBody: { _tag: TimeoutError } }
        ---
        kind: Tenant
        tenancy: Feature/QueueUpdate
        overrides: { C: { workload: {} } }
        """);
    service("C", new Tenancy("Feature/QueueUpdate"), "c-prime.js", Map.of());
    await().atMost(PATIENCE).until(() -> post("Feature/QueueUpdate").contains("alternative"));
    await().atMost(PATIENCE).until(() -> post("DownstreamB/TimeoutError").contains("TimeoutError"));
  }

  @AfterAll
  static void stop() throws Exception {
    for (AutoCloseable each : OPEN.reversed()) {
      each.close();
    }
  }

  private static <T extends AutoCloseable> T keep(T opened) {
    OPEN.add(opened);
    return opened;
  }

  private static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  /** Starts a process with an egress for its calls, and an ingress in front of it. Where that is. */
  private static URI service(String name, @Nullable Tenancy tenancy, String file, Map<String, String> environment)
      throws IOException, InterruptedException {
    Gateway egress = gateway(name, tenancy, new GatewaySettings.OutOfService(loopback()));
    Map<String, String> all = new TreeMap<>(environment);
    all.put("HTTP_PROXY", "http://127.0.0.1:" + egress.open().getFirst().address().getPort());
    all.put("http_proxy", all.get("HTTP_PROXY"));
    NodeService process = keep(NodeService.start(file, all));
    Gateway ingress = gateway(name, tenancy, new GatewaySettings.BeforeService(loopback(), process.root()));
    return URI.create("http://127.0.0.1:" + ingress.open().getFirst().address().getPort());
  }

  private static Gateway gateway(String service, @Nullable Tenancy tenancy, GatewaySettings.Role role)
      throws IOException {
    return keep(Gateway.start(new GatewaySettings(List.of(role), 1, Duration.ofSeconds(2), List.of(), null),
        RouteClient.builder(controlPlane).self(ServiceName.of(service), tenancy)
            .diskDirectory(directory.resolve("routes")).workload(service + tenancy)));
  }

  private static HttpRequest request(@Nullable String tenancy) {
    HttpRequest.Builder request = HttpRequest.newBuilder(a.resolve("/users")).timeout(PATIENCE)
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString("{\"name\":\"Dennis\"}"));
    return (tenancy == null ? request : request.header("X-Tenancy-ID", tenancy)).build();
  }

  private static String post(@Nullable String tenancy) throws IOException, InterruptedException {
    return text(CLIENT.send(request(tenancy), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8)));
  }

  private static String text(HttpResponse<String> response) {
    return response.statusCode() + " " + response.body();
  }

  private static void assertIs(@Nullable String tenancy, String answer) {
    switch (tenancy == null ? "" : tenancy) {
      case "DownstreamB/ValidationError" ->
        assertThat(answer).isEqualTo("500 {\"_tag\":\"QueueError\",\"value\":{\"_tag\":\"ValidationError\"}}");
      case "DownstreamB/TimeoutError" ->
        assertThat(answer).isEqualTo("500 {\"_tag\":\"QueueError\",\"value\":{\"_tag\":\"TimeoutError\"}}");
      case "Feature/QueueUpdate" ->
        assertThat(answer)
            .isEqualTo("200 {\"_tag\":\"UserCreated\",\"_message\":\"This uses the alternative tenant\"}");
      default -> assertThat(answer).startsWith("200 {\"_tag\":\"UserCreated\",\"value\":{\"id\":\"").contains("Dennis");
    }
  }

  private static List<@Nullable String> lanes() {
    List<@Nullable String> lanes = new ArrayList<>(List.of("DownstreamB/ValidationError", "DownstreamB/TimeoutError",
        "Feature/QueueUpdate"));
    lanes.add(null);
    return lanes;
  }

  @Test
  void eachLane_byItself() throws Exception {
    for (String tenancy : lanes()) {
      assertIs(tenancy, post(tenancy));
    }
  }

  @Test
  void allLanes_inParallel_eachOnlyItsOwn() throws Exception {
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (int i = 0; i < EACH; i++) {
      for (String tenancy : lanes()) {
        all.add(CLIENT.sendAsync(request(tenancy), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8))
            .thenAccept(response -> assertIs(tenancy, text(response))));
      }
    }
    CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
  }
}
