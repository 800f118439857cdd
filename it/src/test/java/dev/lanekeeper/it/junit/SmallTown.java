package dev.lanekeeper.it.junit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.client.RouteClient;
import dev.lanekeeper.controlplane.ControlPlane;
import dev.lanekeeper.gateway.Gateway;
import dev.lanekeeper.gateway.GatewaySettings;
import dev.lanekeeper.model.ServiceName;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;

/**
 * A calls B, each behind sidecars, and another B. A passes baggage on; at {@code /forgetful} it passes on everything of it but the
 * tenancy.
 */
final class SmallTown {

  private final List<AutoCloseable> open = new ArrayList<>();
  private final Path directory;
  private final URI controlPlane;
  private final URI a;
  private final URI otherB;

  SmallTown(Path directory) throws Exception {
    this.directory = directory;
    controlPlane = keep(ControlPlane.builder(directory.resolve("data")).port(0).start()).uri();
    URI b = before("B", served("B"));
    otherB = served("B'");
    URI egress = gateway("A", new GatewaySettings.OutOfService(loopback()));
    a = before("A", callsB(b, egress));
    client().applyYaml("""
        kind: Service
        name: A
        hosts: ["%s"]
        ---
        kind: Service
        name: B
        hosts: ["%s"]
        """.formatted(a.getAuthority(), b.getAuthority()));
  }

  URI controlPlane() {
    return controlPlane;
  }

  URI a() {
    return a;
  }

  /** Where a version of B is that nobody announces. */
  URI otherB() {
    return otherB;
  }

  ControlPlaneClient client() {
    return new ControlPlaneClient(controlPlane, null);
  }

  private <T extends AutoCloseable> T keep(T opened) {
    open.add(opened);
    return opened;
  }

  private static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  private URI before(String service, URI process) throws IOException {
    return gateway(service, new GatewaySettings.BeforeService(loopback(), process));
  }

  private URI gateway(String service, GatewaySettings.Role role) throws IOException {
    Gateway gateway = keep(Gateway.start(new GatewaySettings(List.of(role), 1, Duration.ofSeconds(2), List.of(), null),
        RouteClient.builder(controlPlane).self(ServiceName.of(service), null)
            .diskDirectory(directory.resolve("routes")).workload(service)));
    return URI.create("http://127.0.0.1:" + gateway.open().getFirst().address().getPort());
  }

  private interface Answer {
    String to(HttpExchange exchange) throws IOException, InterruptedException;
  }

  private URI served(String name) throws IOException {
    return server(exchange -> name);
  }

  private URI server(Answer answer) throws IOException {
    HttpServer server = HttpServer.create(loopback(), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", exchange -> {
      try (exchange) {
        byte[] body = answer.to(exchange).getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      }
    });
    server.start();
    keep(() -> server.stop(0));
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private URI callsB(URI b, URI egress) throws IOException {
    HttpClient client = keep(HttpClient.newBuilder()
        .proxy(ProxySelector.of(new InetSocketAddress(egress.getHost(), egress.getPort()))).build());
    return server(exchange -> {
      HttpRequest.Builder call = HttpRequest.newBuilder(b).timeout(Duration.ofSeconds(20));
      String baggage = exchange.getRequestHeaders().getFirst("baggage");
      if (baggage != null) {
        call.header("baggage",
            exchange.getRequestURI().getPath().equals("/forgetful")
                ? baggage.replaceAll("tenancy[^,]*,", "")
                : baggage);
      }
      return "A+" + client.send(call.build(), HttpResponse.BodyHandlers.ofString()).body();
    });
  }

  /** Ends all of it. */
  void stop() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }
}
