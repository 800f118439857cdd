package dev.lanekeeper.gateway.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.lanekeeper.gateway.net.ServerTls;
import dev.lanekeeper.testkit.Certificates;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** curl and h2load, before the JDK's server. */
class CurlIT {

  private static final Tool CURL = Tool.named("curl");
  private static final int LARGE = 50_000_000;

  @TempDir
  @SuppressWarnings("NullAway.Init") private Path directory;
  @SuppressWarnings("NullAway.Init") private HttpServer baseline;
  @SuppressWarnings("NullAway.Init") private HttpServer underTest;
  @SuppressWarnings("NullAway.Init") private Certificates certificates;
  @SuppressWarnings("NullAway.Init") private GatewayFixture gateway;

  @BeforeEach
  void start() throws Exception {
    baseline = serve(HttpServer.create(loopback(), 0), "baseline");
    underTest = serve(HttpServer.create(loopback(), 0), "under test");
    certificates = Certificates.make(directory, "gateway");
    gateway = new GatewayFixture(root(baseline), root(underTest), null);
  }

  @AfterEach
  void stop() throws Exception {
    gateway.close();
    baseline.stop(0);
    underTest.stop(0);
  }

  private static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  private static String root(HttpServer server) {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private static HttpServer serve(HttpServer server, String name) {
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/name", exchange -> answer(exchange, name.getBytes(StandardCharsets.UTF_8)));
    server.createContext("/echo", exchange -> {
      exchange.sendResponseHeaders(200, 0);
      try (OutputStream out = exchange.getResponseBody()) {
        exchange.getRequestBody().transferTo(out);
      }
    });
    server.createContext("/headers", exchange -> answer(exchange,
        exchange.getRequestHeaders().entrySet().toString().getBytes(StandardCharsets.UTF_8)));
    server.createContext("/events", exchange -> {
      exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
      exchange.sendResponseHeaders(200, 0);
      try (OutputStream out = exchange.getResponseBody()) {
        for (int i = 0; i < 3; i++) {
          out.write(("data: " + i + "\n\n").getBytes(StandardCharsets.UTF_8));
          out.flush();
        }
      }
    });
    server.start();
    return server;
  }

  private static void answer(HttpExchange exchange, byte[] body) throws IOException {
    exchange.sendResponseHeaders(200, body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  private String[] to(String version, String path) throws IOException {
    return switch (version) {
      case "http1.0", "http1.1" -> new String[]{"--" + version, "http://127.0.0.1:" + gateway.listen() + path};
      case "http2-prior-knowledge" ->
        new String[]{"--http2-prior-knowledge", "http://127.0.0.1:" + gateway.listen() + path};
      case "tls1.1" -> new String[]{"--http1.1", "--cacert", certificates.chain().toString(),
          "https://localhost:" + gateway.listen(certificates) + path};
      default -> new String[]{"--http2", "--cacert", certificates.chain().toString(),
          "https://localhost:" + gateway.listen(certificates) + path};
    };
  }

  private static String curl(String[] to, String... more) throws IOException {
    String[] all = new String[to.length + more.length + 2];
    all[0] = "-sS";
    all[1] = "--fail-with-body";
    System.arraycopy(to, 0, all, 2, to.length);
    System.arraycopy(more, 0, all, 2 + to.length, more.length);
    return CURL.run(all);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http1.0", "http1.1", "http2-prior-knowledge", "tls1.1", "tls2"})
  void request_reachesItsOwner_inEveryVersion(String version) throws IOException {
    String[] to = to(version, "/name");

    assertThat(curl(to)).isEqualTo("baseline");
    assertThat(curl(to, "-H", "X-Tenancy-ID: 123")).isEqualTo("under test");
    assertThat(curl(to, "-w", "%{http_version}")).endsWith(version.endsWith("1.0")
        ? "1.1"
        : version.endsWith("1.1") ? "1.1" : "2");
  }

  @ParameterizedTest
  @CsvSource({"http1.1,chunked", "http1.1,length", "http2-prior-knowledge,chunked", "tls2,length", "tls1.1,chunked"})
  void largeBody_comesBackWhole(String version, String framing) throws Exception {
    Path body = directory.resolve("body");
    byte[] bytes = new byte[LARGE];
    new java.util.SplittableRandom(1).nextBytes(bytes);
    Files.write(body, bytes);
    Path back = directory.resolve("back");

    curl(to(version, "/echo"), "--data-binary", "@" + body, "-H", "Expect:", "-o", back.toString(), "-H",
        framing.equals("chunked") ? "Transfer-Encoding: chunked" : "X-Framing: length");

    assertThat(digest(Files.readAllBytes(back))).isEqualTo(digest(bytes));
  }

  private static String digest(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  @ParameterizedTest
  @ValueSource(strings = {"http1.1", "http2-prior-knowledge"})
  void expect_isAnswered_beforeTheBodyIsSent(String version) throws IOException {
    Path body = directory.resolve("body");
    Files.writeString(body, "x".repeat(2_000_000));

    assertThat(curl(to(version, "/echo"), "-H", "Expect: 100-continue", "--data-binary", "@" + body))
        .hasSize(2_000_000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http1.1", "http2-prior-knowledge", "tls2"})
  void serverSentEvents_comeAsTheyAreSent(String version) throws IOException {
    assertThat(curl(to(version, "/events"), "-N")).isEqualTo("data: 0\n\ndata: 1\n\ndata: 2\n\n");
  }

  @Test
  void cookies_crumbledInHttp2_areOneFieldBehind() throws IOException {
    assertThat(curl(to("http2-prior-knowledge", "/headers"), "-b", "a=1; b=2")).contains("Cookie=[a=1; b=2]");
  }

  @Test
  void h2load_manyRequestsSideBySide_allAnswered() throws IOException {
    String said = Tool.named("h2load").run("-n", "2000", "-c", "4", "-m", "50",
        "http://127.0.0.1:" + gateway.listen() + "/name");

    assertThat(said).contains("2000 succeeded, 0 failed, 0 errored, 0 timeout").contains("2000 2xx");
  }

  @Test
  void certificate_isReadAgain_withoutAnEndToAnything() throws Exception {
    String[] to = to("tls2", "/name");
    assertThat(curl(to)).isEqualTo("baseline");
    Certificates other = Certificates.make(directory, "renewed");
    Files.copy(other.key(), certificates.key(), StandardCopyOption.REPLACE_EXISTING);
    Files.copy(other.chain(), certificates.chain(), StandardCopyOption.REPLACE_EXISTING);

    await().ignoreExceptions().untilAsserted(() -> assertThat(curl(to, "-v")).contains("CN=renewed"));
    try (Said said = Said.by(ServerTls.class)) {
      Files.writeString(certificates.chain(), "nonsense");
      await().until(() -> said.has("the one that was read before goes on"));
    }

    assertThat(curl(new String[]{"--http2", "--cacert", other.chain().toString(), to[3]})).isEqualTo("baseline");
  }

  @Test
  void serverByTls_mustFitTheHostThatIsCalled() throws Exception {
    Certificates own = Certificates.make(directory, "origin");
    HttpsServer secure = HttpsServer.create(loopback(), 0);
    KeyStore keys = KeyStore.getInstance(directory.resolve("origin.p12").toFile(), "changeit".toCharArray());
    KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(keys, "changeit".toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), null, null);
    secure.setHttpsConfigurator(new HttpsConfigurator(context));
    serve(secure, "by TLS");
    int port = secure.getAddress().getPort();
    try (GatewayFixture fits = new GatewayFixture("https://localhost:" + port, root(underTest), own.chain());
        GatewayFixture doesNot =
            new GatewayFixture("https://localhost.:" + port, root(underTest), certificates.chain())) {
      assertThat(curl(new String[]{"http://127.0.0.1:" + fits.listen() + "/name"})).isEqualTo("by TLS");
      assertThat(Tool.named("curl").run("-sS", "http://127.0.0.1:" + doesNot.listen() + "/name"))
          .contains("owner-unreachable");
    } finally {
      secure.stop(0);
    }
  }
}
