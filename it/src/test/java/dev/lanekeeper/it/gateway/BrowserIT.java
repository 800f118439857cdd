package dev.lanekeeper.it.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.client.RouteClient;
import dev.lanekeeper.controlplane.ControlPlane;
import dev.lanekeeper.gateway.Gateway;
import dev.lanekeeper.gateway.GatewaySettings;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.testkit.Certificates;
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
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A browser before the edge, servers in Node.js behind it: a page that reads server-sent events, of its own lane and of a tenant's, talks
 * over a web socket, and posts. In clear, and by TLS in HTTP/2.
 */
class BrowserIT {

  private static final List<String> BROWSERS = List.of("chromium", "chromium-browser", "google-chrome");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir
  @SuppressWarnings("NullAway.Init") private static Path directory;
  @SuppressWarnings("NullAway.Init") private static ControlPlane controlPlane;
  @SuppressWarnings("NullAway.Init") private static URI clear;
  @SuppressWarnings("NullAway.Init") private static URI secure;
  private static final List<AutoCloseable> OPEN = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    controlPlane = keep(ControlPlane.builder(directory.resolve("data")).port(0).start());
    URI baseline = keep(NodeService.start("page.js", Map.of())).root();
    URI underTest = keep(NodeService.start("page.js", Map.of("VERSION", "test"))).root();
    new ControlPlaneClient(controlPlane.uri(), null).applyYaml("""
        kind: Service
        name: Page
        hosts: ["%s"]
        ---
        kind: Tenant
        tenancy: "123"
        overrides: { Page: { redirect: "%s" } }
        """.formatted(baseline.getAuthority(), underTest));
    Certificates certificates = Certificates.make(directory, "edge");
    clear = URI.create("http://127.0.0.1:" + edge(baseline, null) + "/page");
    secure = URI.create("https://127.0.0.1:"
        + edge(baseline, new GatewaySettings.Certificate(certificates.chain(), certificates.key())) + "/page");
    HttpClient client = HttpClient.newHttpClient();
    await().atMost(PATIENCE)
        .until(() -> client.send(HttpRequest.newBuilder(clear).header("X-Tenancy-ID", "123").build(),
            HttpResponse.BodyHandlers.discarding()).statusCode() == 200);
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

  private static int edge(URI baseline, GatewaySettings.@Nullable Certificate certificate) throws IOException {
    GatewaySettings.Role role = new GatewaySettings.AtEdge(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        Map.of(GatewaySettings.ANY_HOST, new GatewaySettings.Entrance(ServiceName.of("Page"), baseline)), certificate,
        GatewaySettings.Admitted.LOOPBACK);
    Gateway gateway = keep(Gateway.start(new GatewaySettings(List.of(role), 1, Duration.ofSeconds(2), List.of(), null),
        RouteClient.builder(controlPlane.uri()).self(ServiceName.of("gateway"), null)
            .diskDirectory(directory.resolve("routes"))));
    return gateway.open().getFirst().address().getPort();
  }

  /** What the page says that it saw. */
  private static String saw(URI page) throws IOException, InterruptedException {
    Process browser = browser("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
        "--no-first-run", "--disable-extensions", "--disable-background-networking", "--ignore-certificate-errors",
        "--user-data-dir=" + directory.resolve("profile-" + page.getScheme()), "--dump-dom", page.toString());
    try {
      String dom = new String(browser.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(browser.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(dom).contains("SAW {").contains("} SEEN");
      return dom.substring(dom.indexOf("SAW {") + 4, dom.indexOf("} SEEN") + 1);
    } finally {
      browser.destroyForcibly();
    }
  }

  private static Process browser(String... arguments) throws IOException {
    IOException missing = new IOException(
        BROWSERS + ": none is on this machine (expected: what `.ci/run` installs: apt-get install chromium)");
    for (String program : BROWSERS) {
      List<String> command = new ArrayList<>(List.of(program));
      command.addAll(List.of(arguments));
      try {
        return new ProcessBuilder(command).redirectError(directory.resolve("browser.log").toFile()).start();
      } catch (IOException notHere) {
        missing.addSuppressed(notHere);
      }
    }
    throw missing;
  }

  private static String expected(String protocol) {
    return "{\"events\":[\"baseline 0\",\"baseline 1\",\"baseline 2\"],\"tagged\":[\"test 0\",\"test 1\",\"test 2\"],"
        + "\"socket\":[\"small\",200000,1000],\"posted\":200000,\"protocol\":\"" + protocol + "\"}";
  }

  @Test
  void page_inClear() throws Exception {
    assertThat(saw(clear)).isEqualTo(expected("http/1.1"));
  }

  /** The socket itself goes by a connection in HTTP/1.1: the gateway does not offer RFC 8441. */
  @Test
  void page_byTls() throws Exception {
    assertThat(saw(secure)).isEqualTo(expected("h2"));
  }
}
