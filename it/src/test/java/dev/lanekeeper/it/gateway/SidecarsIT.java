package dev.lanekeeper.it.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.client.RouteClient;
import dev.lanekeeper.client.RouteClientBuilder;
import dev.lanekeeper.controlplane.ControlPlane;
import dev.lanekeeper.gateway.Gateway;
import dev.lanekeeper.gateway.GatewaySettings;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Tenancy;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sidecars beside services without an agent, under a control plane: A calls B; B″ is a tenant's, and its sidecar announces it. */
class SidecarsIT {

  private static final Tenancy TENANT = new Tenancy("123");

  @TempDir
  @SuppressWarnings("NullAway.Init") private Path directory;
  @SuppressWarnings("NullAway.Init") private ControlPlane controlPlane;
  private final List<AutoCloseable> open = new ArrayList<>();
  private final List<HttpServer> servers = new ArrayList<>();
  @SuppressWarnings("NullAway.Init") private URI uri;
  private boolean gone;

  @BeforeEach
  void start() throws Exception {
    controlPlane = ControlPlane.builder(directory.resolve("data")).port(0).start();
    uri = controlPlane.uri();
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
    servers.forEach(server -> server.stop(0));
    if (!gone) {
      controlPlane.close();
    }
  }

  private static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  /** A process that answers with its name, and with the tag that it saw. */
  private URI process(String name) throws IOException {
    HttpServer server = HttpServer.create(loopback(), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", exchange -> answer(exchange, name));
    server.start();
    servers.add(server);
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private static void answer(HttpExchange exchange, String name) throws IOException {
    String tag = exchange.getRequestHeaders().getFirst("X-Tenancy-ID");
    byte[] body = (name + (tag == null ? "" : " for " + tag)).getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private RouteClientBuilder client(String service, @Nullable Tenancy tenancy) {
    return RouteClient.builder(uri).self(ServiceName.of(service), tenancy)
        .diskDirectory(directory.resolve("routes")).workload(service + tenancy);
  }

  private Gateway gateway(String service, @Nullable Tenancy tenancy, GatewaySettings.Role role) throws IOException {
    Gateway gateway = Gateway.start(new GatewaySettings(List.of(role), 1, Duration.ofSeconds(1), List.of(), null),
        client(service, tenancy));
    open.add(gateway);
    return gateway;
  }

  private static String call(InetSocketAddress proxy, String url, @Nullable String tenancy) throws IOException {
    HttpURLConnection call =
        (HttpURLConnection) URI.create(url).toURL().openConnection(new Proxy(Proxy.Type.HTTP, proxy));
    if (tenancy != null) {
      call.setRequestProperty("X-Tenancy-ID", tenancy);
    }
    int status = call.getResponseCode();
    try (var body = status < 400 ? call.getInputStream() : call.getErrorStream()) {
      return status + " " + new String(body.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void workloadUnderTest_behindItsSidecar_isAnnounced_called_andForgotten() throws Exception {
    InetSocketAddress before =
        gateway("B", null, new GatewaySettings.BeforeService(loopback(), process("B"))).open().getFirst()
            .address();
    String b = "http://127.0.0.1:" + before.getPort() + "/";
    ControlPlaneClient rest = new ControlPlaneClient(controlPlane.uri(), null);
    rest.applyYaml("kind: Service\nname: B\nhosts: [\"127.0.0.1:" + before.getPort() + "\"]\n");
    rest.applyYaml("kind: Tenant\ntenancy: \"123\"\noverrides: { B: { workload: {} } }\n");
    Gateway own = gateway("B", TENANT, new GatewaySettings.BeforeService(loopback(), process("B\u2033")));
    InetSocketAddress egress =
        gateway("A", null, new GatewaySettings.OutOfService(loopback())).open().getFirst().address();

    await().untilAsserted(() -> assertThat(call(egress, b, "123")).isEqualTo("200 B\u2033 for 123"));

    assertThat(call(egress, b, null)).isEqualTo("200 B");
    assertThat(call(egress, b, "stranger")).isEqualTo("200 B for stranger");
    await().untilAsserted(
        () -> assertThat(call(before, b, "123")).as("B's own ingress sends it on").isEqualTo("200 B\u2033 for 123"));
    assertThat(call(own.open().getFirst().address(), b, "stranger")).startsWith("421 ");
    String operation = rest.deleteTenant("123").operation();
    await().until(() -> rest.operation(operation).state().equals("done"));
    await().untilAsserted(() -> assertThat(call(egress, b, "123")).startsWith("410 "));
    assertThat(call(egress, b, null)).isEqualTo("200 B");
  }

  /** The table on disk is enough. */
  @Test
  void controlPlaneGone_andTheGatewayIsStartedAnew_routesAllTheSame() throws Exception {
    URI b = process("B");
    ControlPlaneClient rest = new ControlPlaneClient(controlPlane.uri(), null);
    rest.applyYaml("kind: Service\nname: B\nhosts: [\"127.0.0.1:" + b.getPort() + "\"]\n");
    rest.applyYaml("kind: Environment\nprofile: staging\nredirects: { allow: [\"127.0.0.1\"] }\n");
    rest.applyYaml("kind: Tenant\ntenancy: \"123\"\noverrides: { B: { redirect: \"" + process("B\u2033") + "\" } }\n");
    Gateway first = gateway("A", null, new GatewaySettings.OutOfService(loopback()));
    await().untilAsserted(
        () -> assertThat(call(first.open().getFirst().address(), b + "/", "123")).isEqualTo("200 B\u2033 for 123"));
    first.close();
    open.remove(first);
    controlPlane.close();
    gone = true;

    InetSocketAddress again =
        gateway("A", null, new GatewaySettings.OutOfService(loopback())).open().getFirst().address();

    await().untilAsserted(() -> assertThat(call(again, b + "/", "123")).isEqualTo("200 B\u2033 for 123"));
    assertThat(call(again, b + "/", null)).isEqualTo("200 B");
    assertThat(call(again, b + "/", "stranger")).as("may have been registered meanwhile").startsWith("503 ");
  }
}
