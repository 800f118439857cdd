package dev.lanekeeper.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Encrypted calls: a redirected one reaches a server that proves to be the right one, or fails. */
class TlsIT {

  private static final Path JDK = AgentProcess.jdks().get(0);

  @TempDir private Path directory = Path.of("");

  @ParameterizedTest
  @ValueSource(strings = {"jdk", "okhttp"})
  void call_toAnOwnerWithTheRightCertificate_reachesIt(String client) throws Exception {
    assertThat(tagged(client, "localhost", "https://localhost:")).startsWith("TEST");
  }

  @ParameterizedTest
  @ValueSource(strings = {"jdk", "okhttp"})
  void call_toAnOwnerWithAnothersCertificate_fails(String client) throws Exception {
    assertThat(tagged(client, "other.example", "https://localhost:")).startsWith("FAILED").contains("javax.net.ssl");
  }

  @ParameterizedTest
  @ValueSource(strings = {"jdk", "okhttp"})
  void call_toAnOwnerThatIsNotEncrypted_isRefused(String client) throws Exception {
    assertThat(tagged(client, "localhost", "http://localhost:")).startsWith("FAILED").contains("owner-unreachable");
  }

  /** What becomes of a tagged call; that an untagged one reaches the baseline is checked by the way, before and after. */
  private String tagged(String client, String certificate, String address) throws Exception {
    Certificates certificates = new Certificates(directory);
    try (EchoServer baseline = new EchoServer("BASE", certificates.server("localhost"));
        EchoServer underTest = new EchoServer("TEST", certificates.server(certificate));
        StubControlPlane controlPlane = new StubControlPlane(CallScenario.table(List.of("localhost:" + baseline.port()),
            URI.create(address + underTest.port()), List.of()), Duration.ZERO)) {
      AgentProcess app = new AgentProcess(JDK, client,
          Map.of("lanekeeper.control-plane", controlPlane.url().toString(), "lanekeeper.dir",
              directory.resolve("routes").toString(),
              "javax.net.ssl.trustStore", certificates.trust().toString(), "javax.net.ssl.trustStorePassword",
              Certificates.PASSWORD));
      try {
        String shop = "https://localhost:" + baseline.port() + "/x";
        assertThat(app.call(shop, false, CallScenario.UNTAGGED)).startsWith("BASE");
        String first = app.call(shop, false, CallScenario.TAGGED);
        assertThat(app.call(shop, true, CallScenario.TAGGED)).startsWith(first.substring(0, 4));
        assertThat(app.call(shop, true, CallScenario.UNTAGGED)).startsWith("BASE");
        return first;
      } finally {
        app.stop();
      }
    }
  }
}
