package dev.lanekeeper.it.gateway;

import static org.awaitility.Awaitility.await;

import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.cli.run.AgentEnvironment;
import dev.lanekeeper.cli.run.Home;
import dev.lanekeeper.cli.run.Identity;
import dev.lanekeeper.cli.run.Ports;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A calls B calls C, in Node.js, with nothing of Lanekeeper in them: the tag travels by OpenTelemetry's baggage, and sidecars do the rest.
 * Beside them a gateway that serves mocks. No tenant is registered.
 */
final class NodeChain {

  private static final Duration START = Duration.ofMinutes(2);

  private final Path directory;
  private final List<AutoCloseable> open = new ArrayList<>();
  private final URI controlPlane;
  private final URI a;
  private final URI b;

  private NodeChain(Path directory) throws Exception {
    this.directory = directory;
    controlPlane = keep(ControlPlane.builder(directory.resolve("data")).port(0).start()).uri();
    URI c = service("C", null, "c.js", Map.of());
    b = service("B", null, "b.js", Map.of("C_URL", c.toString()));
    a = service("A", null, "a.js", Map.of("B_URL", b.toString()));
    Gateway mocks = gateway("gateway", null, new GatewaySettings.ForMocks(loopback(), directory.resolve("stubs")));
    client().applyYaml("""
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
  }

  /** Starts all of it. */
  static NodeChain start() throws Exception {
    return new NodeChain(Files.createTempDirectory("node-chain"));
  }

  /** Where its control plane is. */
  URI controlPlane() {
    return controlPlane;
  }

  /** A client of it. */
  ControlPlaneClient client() {
    return new ControlPlaneClient(controlPlane, null);
  }

  /** Where A is, behind its sidecar. */
  URI a() {
    return a;
  }

  /**
   * Starts A of the demo, in Java under the agent: it calls this chain's B.
   *
   * @return where it is, once it listens
   */
  URI javaA() throws IOException, InterruptedException {
    Home home = Home.find();
    int port = Ports.free();
    List<String> command = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1", "-Xmx160m", "-jar", home.demo("a").toString());
    Map<String, String> variables = new TreeMap<>(System.getenv());
    variables.keySet().removeIf(name -> name.startsWith("LANEKEEPER_") || name.startsWith("OTEL_"));
    variables.putAll(Map.of("PORT", Integer.toString(port), "B_URL", b.toString(), "LANEKEEPER_DIR",
        directory.resolve("routes").toString()));
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    builder.environment().clear();
    builder.environment()
        .putAll(AgentEnvironment.of(variables, new Identity("JavaA", null, controlPlane, "a", "java-a"),
            home.openTelemetryAgent().toString(), home.extension().toString(), command));
    Process process = builder.start();
    keep(() -> process.destroyForcibly().waitFor());
    await().atMost(START).until(() -> Ports.accepts(port));
    return URI.create("http://127.0.0.1:" + port);
  }

  private <T extends AutoCloseable> T keep(T opened) {
    open.add(opened);
    return opened;
  }

  private static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  /** Starts a process with an egress for its calls, and an ingress in front of it. Where that is. */
  URI service(String name, @Nullable Tenancy tenancy, String file, Map<String, String> environment)
      throws IOException, InterruptedException {
    Gateway egress = gateway(name, tenancy, new GatewaySettings.OutOfService(loopback()));
    Map<String, String> all = new TreeMap<>(environment);
    all.put("HTTP_PROXY", "http://127.0.0.1:" + egress.open().getFirst().address().getPort());
    all.put("http_proxy", all.get("HTTP_PROXY"));
    NodeService process = keep(NodeService.start(file, all));
    Gateway ingress = gateway(name, tenancy, new GatewaySettings.BeforeService(loopback(), process.root()));
    return URI.create("http://127.0.0.1:" + ingress.open().getFirst().address().getPort());
  }

  private Gateway gateway(String service, @Nullable Tenancy tenancy, GatewaySettings.Role role) throws IOException {
    return keep(Gateway.start(new GatewaySettings(List.of(role), 1, Duration.ofSeconds(2), List.of(), null),
        RouteClient.builder(controlPlane).self(ServiceName.of(service), tenancy)
            .diskDirectory(directory.resolve("routes")).workload(service + tenancy)));
  }

  /** Ends all of it. */
  void stop() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }
}
