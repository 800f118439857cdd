package dev.lanekeeper.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.api.ProblemException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessTest {

  @TempDir
  @SuppressWarnings("NullAway.Init") private Path directory;

  @Test
  void start_otherAddressWithoutToken_isRefused() {
    assertThatThrownBy(() -> ControlPlane.builder(directory).host("0.0.0.0").port(0).start())
        .isInstanceOfSatisfying(StartException.class, e -> {
          assertThat(e).hasMessageContaining("0.0.0.0").hasMessageContaining("token file");
          assertThat(e.next()).contains("--token-file");
        });
  }

  @Test
  void start_shortOrMissingToken_isRefused() throws IOException {
    Path token = Files.writeString(directory.resolve("token"), "short");
    assertThatThrownBy(() -> ControlPlane.builder(directory).port(0).tokenFile(token).start())
        .isInstanceOf(StartException.class).hasMessageContaining("16");
    assertThatThrownBy(() -> ControlPlane.builder(directory).port(0).tokenFile(directory.resolve("none")).start())
        .isInstanceOf(StartException.class).hasMessageContaining("none");
  }

  @Test
  void start_takenPort_namesIt() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> ControlPlane.builder(directory).port(taken.getLocalPort()).start())
          .isInstanceOfSatisfying(StartException.class, e -> {
            assertThat(e).hasMessageContaining("port: " + taken.getLocalPort());
            assertThat(e.next()).contains("--port");
          });
    }
    ControlPlane.builder(directory).port(0).start().close();
  }

  @Test
  void start_directoryInUse_isRefused() throws Exception {
    try (ControlPlane first = ControlPlane.builder(directory).port(0).start()) {
      assertThat(first.port()).isPositive();
      assertThatThrownBy(() -> ControlPlane.builder(directory).port(0).start()).isInstanceOf(StartException.class)
          .hasMessageContaining("in use");
    }
  }

  @Test
  void request_tokenConfigured_isNeeded() throws Exception {
    Path token = Files.writeString(directory.resolve("token"), "0123456789abcdef\n");
    try (ControlPlane controlPlane = ControlPlane.builder(directory).host("0.0.0.0").port(0).tokenFile(token).start()) {
      URI root = URI.create("http://127.0.0.1:" + controlPlane.port());
      assertThat(new ControlPlaneClient(root, "0123456789abcdef").status().revision()).isZero();
      for (String wrong : new String[]{"0123456789abcdeg", "", "0123456789abcdef0"}) {
        assertThatThrownBy(() -> new ControlPlaneClient(root, wrong).status())
            .isInstanceOfSatisfying(ProblemException.class, e -> assertThat(e.code()).isEqualTo("token-required"));
      }
      assertThat(Http.get(root, "/v1/routes").statusCode()).isEqualTo(401);
      assertThat(Http.get(root, "/v1/routes/watch").statusCode()).isEqualTo(401);
    }
  }

  private static String raw(int port, String head) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream()
          .write(("GET /v1/status HTTP/1.1\r\n" + head + "\r\n").getBytes(StandardCharsets.US_ASCII));
      StringBuilder answer = new StringBuilder();
      for (int c = socket.getInputStream().read(); c >= 0 && answer.indexOf("\r\n\r\n") < 0; c = socket.getInputStream()
          .read()) {
        answer.append((char) c);
      }
      return answer.toString();
    }
  }

  @ParameterizedTest
  @CsvSource({"127.0.0.1:1,,200", "LOCALHOST,,200", "[::1]:80,,200", "cp.internal:80,,200", "evil.example,,403",
      "127.0.0.1.evil.example,,403", "localhost,Origin: http://evil.example,403", "localhost,Origin: null,403",
      "localhost:9,Origin: http://localhost:9,200", "localhost,Sec-Fetch-Site: cross-site,403",
      "localhost,Sec-Fetch-Site: same-origin,200", "localhost,Sec-Fetch-Site: same-site,403"})
  void request_hostAndSite_decide(String host, @org.jspecify.annotations.Nullable String header, int status)
      throws Exception {
    try (ControlPlane controlPlane = ControlPlane.builder(directory).port(0).name("cp.internal").start()) {
      String answer =
          raw(controlPlane.port(), "Host: " + host + "\r\n" + (header == null ? "" : header + "\r\n"));
      assertThat(answer).startsWith("HTTP/1.1 " + status);
      assertThat(answer.toLowerCase(java.util.Locale.ROOT)).doesNotContain("access-control-allow");
    }
  }

  @Test
  void request_malformed_isAProblemWithCodeAndNextStep() throws Exception {
    try (ControlPlane controlPlane = ControlPlane.builder(directory).port(0).start()) {
      problem(Http.get(controlPlane.uri(), "/v1/nothing"), 404, "not-found");
      problem(Http.get(controlPlane.uri(), "/v1/operations/%00"), 400, "malformed-request");
      problem(Http.get(controlPlane.uri(), "/"), 404, "not-found");
      problem(Http.get(controlPlane.uri(), "/v1/routes/watch?after=x"), 400, "malformed-request");
      problem(Http.get(controlPlane.uri(), "/v1/documents"), 405, "method-not-allowed");
      problem(Http.post(controlPlane.uri(), "/v1/documents", "text/plain", "kind: Tenant"), 415,
          "content-type-unsupported");
      problem(Http.post(controlPlane.uri(), "/v1/documents", "application/json", "{"), 422, "document-invalid");
      problem(Http.post(controlPlane.uri(), "/v1/announcements", "application/json", "{}"), 400, "malformed-request");
      problem(Http.post(controlPlane.uri(), "/v1/announcements", "application/json",
          "{\"service\":\"B\",\"tenancy\":\"a b\",\"workload\":\"w\",\"instance\":\"i\"}"), 400, "malformed-request");
      problem(Http.post(controlPlane.uri(), "/v1/announcements", "application/json",
          "{\"service\":\"B\",\"tenancy\":\"a\",\"workload\":\"w\",\"instance\":\"i\",\"address\":\"http://x/y\"}"),
          400,
          "malformed-request");
      problem(Http.post(controlPlane.uri(), "/v1/documents", "application/yaml", "#" + "x".repeat(5 << 20)), 413,
          "body-too-large");
    }
  }

  private static void problem(HttpResponse<String> response, int status, String code) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(response.body()).contains("\"code\":\"" + code + "\"", "\"next\":\"");
  }

  @Test
  void routes_unchanged_areNotSentAgain() throws Exception {
    try (ControlPlane controlPlane = ControlPlane.builder(directory).port(0).start()) {
      HttpResponse<String> first = Http.get(controlPlane.uri(), "/v1/routes");
      assertThat(first.headers().firstValue("ETag")).contains("\"0\"");
      assertThat(Http.get(controlPlane.uri(), "/v1/routes", "If-None-Match", "\"0\"").statusCode()).isEqualTo(304);
      assertThat(Http.get(controlPlane.uri(), "/v1/routes/current").body()).contains("\"revision\":0");
    }
  }
}
