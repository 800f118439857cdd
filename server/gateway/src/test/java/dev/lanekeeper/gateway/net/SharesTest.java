package dev.lanekeeper.gateway.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lanekeeper.gateway.fairness.Shares;
import dev.lanekeeper.gateway.http.Limits;
import dev.lanekeeper.gateway.http.Timeouts;
import dev.lanekeeper.gateway.routing.Destination;
import dev.lanekeeper.gateway.routing.Ingress;
import dev.lanekeeper.model.Self;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests of tests and of production before one server, over real sockets. */
@SuppressWarnings("StringConcatToTextBlock") // what is sent ends its lines with CR LF
class SharesTest {

  /** How many others a server is given beside production when nothing is known of it. */
  private static final int FIRST = 16;

  private final GatewayServer gateway =
      GatewayServer.of(2, Timeouts.STANDARD, Limits.STANDARD, TargetGuard.PRIVATE, ClientTls.of(null));
  private final Shares shares = Shares.fair();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final List<String> seen = new CopyOnWriteArrayList<>();
  private final Semaphore answers = new Semaphore(0);
  @SuppressWarnings("NullAway.Init") private InetSocketAddress at;

  SharesTest() throws IOException {}

  @BeforeEach
  void start() {
    gateway.repeat(Shares.TICK, shares::tick);
  }

  @AfterEach
  void stop() throws Exception {
    answers.release(10_000);
    for (AutoCloseable each : open) {
      each.close();
    }
    gateway.close(Duration.ofMillis(200));
  }

  private <T extends AutoCloseable> T keep(T opened) {
    open.add(opened);
    return opened;
  }

  private void before(Origin server) throws IOException {
    FakeRoutes routes = FakeRoutes.withWorkloadAt("127.0.0.1:1", "http://127.0.0.1:2");
    at = gateway.listen(new Listener(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        new Ingress(routes, Duration.ofSeconds(1), () -> new Self(FakeRoutes.B, null, null),
            Destination.of(URI.create(server.root()), false)),
        null, null, shares));
  }

  /** Tests are answered as often as there are answers; production, and what asks for the path /first, at once. */
  private Origin patient() throws IOException {
    return keep(Origin.of((in, out) -> {
      for (String head = Origin.head(in); !head.isEmpty(); head = Origin.head(in)) {
        String path = head.substring(0, head.indexOf(" HTTP"));
        if (head.startsWith("POST")) {
          path += " " + new String(in.readNBytes(5), StandardCharsets.US_ASCII);
        }
        seen.add(path);
        if (head.toLowerCase(java.util.Locale.ROOT).contains("x-tenancy-id") && !head.contains("/first")) {
          answers.acquireUninterruptibly();
        }
        out.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.US_ASCII));
      }
    }));
  }

  private CompletableFuture<HttpResponse<String>> ask(String path, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + at.getPort() + path)).timeout(Duration.ofSeconds(30));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private List<CompletableFuture<HttpResponse<String>>> fill() throws Exception {
    before(patient());
    // A share begins with its first test; then production is heard of.
    assertThat(ask("/first", "X-Tenancy-ID", "t").get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    assertThat(ask("/production").get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    List<CompletableFuture<HttpResponse<String>>> held = new ArrayList<>();
    for (int i = 0; i < FIRST; i++) {
      held.add(ask("/held", "X-Tenancy-ID", "t" + i));
    }
    await().until(() -> seen.stream().filter(path -> path.equals("GET /held")).count() == FIRST);
    return held;
  }

  @Test
  void others_waitForTheirTurn_withTheirBodies_andProductionPassesThem() throws Exception {
    List<CompletableFuture<HttpResponse<String>>> held = fill();
    CompletableFuture<HttpResponse<String>> waiting = client.sendAsync(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + at.getPort() + "/waiting"))
            .header("X-Tenancy-ID", "shop/canary/x").POST(HttpRequest.BodyPublishers.ofString("abcde")).build(),
        HttpResponse.BodyHandlers.ofString());
    await().until(() -> shares.counters().containsKey("wait.share.canary"));

    assertThat(ask("/production").get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    answers.release(1);

    await().until(() -> seen.contains("POST /waiting abcde"));
    answers.release(1_000);
    assertThat(waiting.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    for (CompletableFuture<HttpResponse<String>> each : held) {
      assertThat(each.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void whoLeavesWhileHeWaits_isNeverSent() throws Exception {
    fill();
    RawClient leaving = new RawClient(at);
    leaving.send("GET /leaving HTTP/1.1\r\nHost: h\r\nX-Tenancy-ID: leaving\r\n\r\n");
    await().until(() -> shares.counters().containsKey("wait.share.testing"));
    leaving.close();
    CompletableFuture<HttpResponse<String>> behind = ask("/behind", "X-Tenancy-ID", "behind");

    answers.release(1_000);

    assertThat(behind.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    assertThat(seen).doesNotContain("GET /leaving");
  }

  /** Two workers of 20 ms, a thousand tests at once: production is always answered; a test is, too, or is told to come again. */
  @Test
  void flood_refusesNobodyOfProduction() throws Exception {
    Semaphore workers = new Semaphore(2, true);
    before(keep(Origin.of((in, out) -> {
      for (String head = Origin.head(in); !head.isEmpty(); head = Origin.head(in)) {
        workers.acquireUninterruptibly();
        try {
          Thread.sleep(20);
        } catch (InterruptedException ended) {
          Thread.currentThread().interrupt();
        } finally {
          workers.release();
        }
        out.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.US_ASCII));
      }
    })));
    List<CompletableFuture<HttpResponse<String>>> tests = new ArrayList<>();
    List<CompletableFuture<HttpResponse<String>>> production = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      for (int each = 0; each < 10; each++) {
        tests.add(ask("/", "X-Tenancy-ID", "load/testing/" + each));
      }
      production.add(ask("/"));
      Thread.sleep(30);
    }

    for (CompletableFuture<HttpResponse<String>> each : production) {
      assertThat(each.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    }
    Map<Integer, Long> statuses = new java.util.TreeMap<>();
    for (CompletableFuture<HttpResponse<String>> each : tests) {
      HttpResponse<String> answer = each.get(60, TimeUnit.SECONDS);
      statuses.merge(answer.statusCode(), 1L, Long::sum);
      if (answer.statusCode() == 429) {
        assertThat(answer.headers().firstValue("retry-after")).hasValue("1");
        assertThat(answer.body()).contains("share-exceeded");
      }
    }
    assertThat(statuses.keySet()).isSubsetOf(200, 429).contains(200, 429);
    assertThat(shares.counters()).containsKeys("wait.share.testing", "refuse.share-exceeded.testing")
        .doesNotContainKeys("wait.share.production");
  }

  /** What a server takes easily nobody waits for long, and nobody is refused. */
  @Test
  void ordinaryTraffic_isNeverRefused() throws Exception {
    before(keep(Origin.named("ok")));
    List<CompletableFuture<HttpResponse<String>>> all = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      all.add(i % 3 == 0 ? ask("/") : ask("/", "X-Tenancy-ID", "t" + i));
    }
    for (CompletableFuture<HttpResponse<String>> each : all) {
      assertThat(each.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    }
    assertThat(shares.counters().keySet().stream().filter(name -> name.startsWith("refuse"))
        .collect(Collectors.toList())).isEmpty();
  }
}
