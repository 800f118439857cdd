package dev.lanekeeper.gateway.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lanekeeper.gateway.admission.Admission;
import dev.lanekeeper.gateway.http.Limits;
import dev.lanekeeper.gateway.http.Timeouts;
import dev.lanekeeper.gateway.routing.Destination;
import dev.lanekeeper.gateway.routing.Edge;
import dev.lanekeeper.gateway.routing.Egress;
import dev.lanekeeper.gateway.routing.Ingress;
import dev.lanekeeper.gateway.routing.Router;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.Self;
import dev.lanekeeper.model.Tenancy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The gateway over real sockets, seen from both sides byte by byte. */
@SuppressWarnings("StringConcatToTextBlock") // what is sent ends its lines with CR LF
class GatewayServerTest {

  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final Timeouts TIMEOUTS = new Timeouts(Duration.ofMillis(600), Duration.ofSeconds(5),
      Duration.ofMillis(800), Duration.ofMillis(900), Duration.ofSeconds(4));

  private final GatewayServer gateway;
  private final List<AutoCloseable> open = new ArrayList<>();
  @SuppressWarnings("NullAway.Init") private Origin baseline;
  @SuppressWarnings("NullAway.Init") private Origin underTest;
  @SuppressWarnings("NullAway.Init") private FakeRoutes routes;

  GatewayServerTest() throws IOException {
    gateway = GatewayServer.of(1, TIMEOUTS, new Limits(8 * 1024, 50), TargetGuard.PRIVATE, ClientTls.of(null));
  }

  @BeforeEach
  void start() throws IOException {
    baseline = keep(Origin.named("baseline"));
    underTest = keep(Origin.named("under test"));
    routes = FakeRoutes.withWorkloadAt("127.0.0.1:" + baseline.port(), underTest.root());
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
    gateway.close(Duration.ofMillis(100));
  }

  private <T extends AutoCloseable> T keep(T opened) {
    open.add(opened);
    return opened;
  }

  private RawClient to(Router router) throws IOException {
    return keep(new RawClient(gateway.listen(new Listener(loopback(), router))));
  }

  private static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  private RawClient toEgress() throws IOException {
    return to(FakeRoutes.egress(routes, null));
  }

  private RawClient toIngress(@Nullable Tenancy tenancy, @Nullable String incarnation, Origin process)
      throws IOException {
    Self self = new Self(FakeRoutes.B, tenancy, incarnation == null ? null : new Incarnation(incarnation));
    return to(new Ingress(routes, PATIENCE, () -> self, destination(process)));
  }

  private RawClient toProcess(Origin process) throws IOException {
    return toIngress(null, null, process);
  }

  private static Destination destination(Origin process) {
    return Destination.of(URI.create(process.root()), false);
  }

  private String get(String... headers) {
    return "GET /path?q=1 HTTP/1.1\r\nHost: 127.0.0.1:" + baseline.port() + "\r\n"
        + List.of(headers).stream().map(header -> header + "\r\n").reduce("", String::concat) + "\r\n";
  }

  @Test
  void egress_untagged_goesWhereItWasGoing_asItCame() throws IOException {
    RawClient client = toEgress();

    assertThat(client.send(get("X-Other: 1", "baggage: k=v", "Cookie: a=b")).receive().body()).isEqualTo("baseline");

    assertThat(baseline.heads.getFirst()).startsWith("GET /path?q=1 HTTP/1.1\r\nHost: 127.0.0.1:" + baseline.port()
        + "\r\nX-Other: 1\r\nbaggage: k=v\r\nCookie: a=b\r\nvia: 1.1 lanekeeper-");
    assertThat(baseline.heads.getFirst()).doesNotContain("tenancy");
  }

  @Test
  void egress_tagged_goesToTheWorkloadUnderTest_withStampUnderAllNames_andItsOwnHost() throws IOException {
    RawClient client = toEgress();

    assertThat(client.send(get("X-Tenancy-ID: 123", "baggage: k=v")).receive().body()).isEqualTo("under test");

    assertThat(underTest.heads.getFirst()).contains("Host: 127.0.0.1:" + baseline.port() + "\r\n")
        .contains("baggage: tenancy=123,tenancy-rev=2-00000008,k=v\r\n").contains("X-Tenancy-ID: 123\r\n")
        .contains("request-tenancy: 123\r\n");
    assertThat(baseline.heads).isEmpty();
  }

  /** Whoever names a field there has it taken out for the next hop; the tag is read before. */
  @ParameterizedTest
  @ValueSource(strings = {"X-Tenancy-ID", "baggage", "x-tenancy-id, BAGGAGE"})
  void egress_tagNamedByConnection_isNotLost(String named) throws IOException {
    RawClient client = toEgress();

    assertThat(client.send(get("X-Tenancy-ID: 123", "baggage: tenancy=123", "Connection: " + named)).receive().body())
        .isEqualTo("under test");
  }

  @Test
  void egress_ofAWorkloadUnderTest_tagsItsOwnCalls() throws IOException {
    RawClient client = to(FakeRoutes.egress(routes, FakeRoutes.TENANT));

    assertThat(client.send(get()).receive().body()).isEqualTo("under test");
  }

  @Test
  void egress_absoluteForm_asToAProxy() throws IOException {
    RawClient client = toEgress();
    String authority = "127.0.0.1:" + baseline.port();

    assertThat(client.send("GET http://" + authority + "/a HTTP/1.1\r\nHost: " + authority
        + "\r\nProxy-Connection: keep-alive\r\nX-Tenancy-ID: 123\r\n\r\n").receive().body()).isEqualTo("under test");
    assertThat(client.send("GET http://" + authority + "?x HTTP/1.1\r\nHost: " + authority + "\r\n\r\n").receive()
        .body()).isEqualTo("baseline");

    assertThat(underTest.heads.getFirst()).startsWith("GET /a HTTP/1.1\r\nHost: " + authority + "\r\n")
        .doesNotContainIgnoringCase("proxy-connection");
    assertThat(baseline.heads.getFirst()).startsWith("GET /?x HTTP/1.1\r\n");
  }

  @Test
  void taggedRequests_areCountedByReason() throws IOException {
    Egress egress = FakeRoutes.egress(routes, null);
    RawClient client = to(egress);
    for (String tenancy : List.of("123", "123", "gone", "stranger")) {
      client.send(get("X-Tenancy-ID: " + tenancy)).receive();
    }
    client.send(get()).receive();

    assertThat(egress.counters()).isEqualTo(
        Map.of("redirect.override", 2L, "refuse.tenancy-ended", 1L, "pass.unregistered-baseline", 1L));
  }

  @Test
  void ended_isRefused_asAProblem() throws IOException {
    RawClient client = toEgress();

    RawClient.Response response = client.send(get("X-Tenancy-ID: gone")).receive();

    assertThat(response.status()).isEqualTo(410);
    assertThat(response.has("content-type: application/problem+json")).isTrue();
    assertThat(response.has("cache-control: no-store")).isTrue();
    assertThat(response.body()).contains("\"code\":\"tenancy-ended\"");
    assertThat(client.send(get()).receive().body()).as("the connection goes on").isEqualTo("baseline");
  }

  @Test
  void noTableYet_taggedWaitsForTheAnswer_untaggedDoesNot() throws IOException {
    routes.empty();
    RawClient client = toEgress();
    assertThat(client.send(get()).receive().body()).isEqualTo("baseline");

    assertThat(client.send(get("X-Tenancy-ID: 123")).receive().body()).isEqualTo("under test");
  }

  @Test
  void noTable_andNoAnswer_taggedIsHeldBack() throws IOException {
    routes.empty();
    routes.answers = false;
    RawClient client = toEgress();

    RawClient.Response response = client.send("POST / HTTP/1.1\r\nHost: 127.0.0.1:" + baseline.port()
        + "\r\nX-Tenancy-ID: 123\r\nContent-Length: 3\r\n\r\nabc").receive();

    assertThat(response.status()).isEqualTo(503);
    assertThat(response.has("retry-after: 1")).isTrue();
    assertThat(response.body()).contains("tenancy-in-doubt");
    assertThat(baseline.heads).isEmpty();
    assertThat(client.send(get()).receive().body()).isEqualTo("baseline");
  }

  @Test
  void ingress_baseline_sendsOnWhatBelongsToAWorkloadUnderTest() throws IOException {
    RawClient client = toProcess(baseline);

    assertThat(client.send(get("X-Tenancy-ID: 123")).receive().body()).isEqualTo("under test");
    assertThat(client.send(get("X-Tenancy-ID: stranger")).receive().body()).isEqualTo("baseline");
    assertThat(client.send(get()).receive().body()).isEqualTo("baseline");
  }

  @Test
  void ingress_underTest_servesItsOwn_andNobodyElse() throws IOException {
    RawClient client = toIngress(FakeRoutes.TENANT, "b1", underTest);

    assertThat(client.send(get("X-Tenancy-ID: 123")).receive().body()).isEqualTo("under test");
    RawClient.Response others = client.send(get("X-Tenancy-ID: stranger")).receive();

    assertThat(others.status()).isEqualTo(421);
    assertThat(others.body()).contains("misdirected");
    assertThat(underTest.heads).hasSize(1);
  }

  @Test
  void edge_givesTheStamp_whateverCame() throws IOException {
    RawClient client = to(new Edge(routes, PATIENCE,
        Map.of("shop.example.com", new Edge.Entrance(FakeRoutes.B, destination(baseline))), null, Admission.LOOPBACK));

    assertThat(
        client.send("GET / HTTP/1.1\r\nHost: Shop.example.com\r\nbaggage: tenancy=123,tenancy-rev=1-00000007\r\n\r\n")
            .receive().body())
        .isEqualTo("under test");
    assertThat(underTest.heads.getFirst()).contains("baggage: tenancy=123,tenancy-rev=2-00000008\r\n");
    assertThat(
        client.send("GET / HTTP/1.1\r\nHost: shop.example.com\r\nX-Tenancy-ID: a//b\r\n\r\n").receive().status())
        .isEqualTo(400);
    assertThat(client.send("GET / HTTP/1.1\r\nHost: other.example.com\r\n\r\n").receive().status()).isEqualTo(421);
    assertThat(baseline.heads).isEmpty();
  }

  /** RFC 9112 and 9110: each is refused, nothing of it or behind it reaches anybody. */
  @ParameterizedTest
  @ValueSource(strings = {
      "GET / HTTP/1.1\nHost: h\n\n",
      "GET / HTTP/1.1\r\nHost: h\n\r\n",
      "GET / HTTP/1.1\rHost: h\r\n\r\n",
      "GET  / HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET / HTTP/1.1 \r\nHost: h\r\n\r\n",
      " GET / HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET /\r\nHost: h\r\n\r\n",
      "GET / HTTP/1.2\r\nHost: h\r\n\r\n",
      "GET / http/1.1\r\nHost: h\r\n\r\n",
      "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET /#f HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET /\u00e9 HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET * HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET path HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET ftp://h/ HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET http://other/ HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET http://u@h/ HTTP/1.1\r\nHost: h\r\n\r\n",
      "G(T / HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET / HTTP/1.1\r\n\r\n",
      "GET / HTTP/1.1\r\nHost:\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: h, i\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: u@h\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: h/p\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: h:99999\r\n\r\n",
      "GET / HTTP/1.1\r\nHost : h\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: h\r\n folded: x\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n\tb\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: h\r\nX Y: a\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: h\r\n: a\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: h\r\nX: a\u0000b\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: h\r\nX: a\u000bb\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: h\r\nX: a\u007fb\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: h\r\nX: a\rb\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: h\r\nX\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3, 3\r\n\r\nabc",
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: +3\r\n\r\nabc",
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -3\r\n\r\nabc",
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0x3\r\n\r\nabc",
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3 3\r\n\r\nabc",
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length:\r\n\r\nabc",
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999\r\n\r\nabc",
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: \u000bchunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: h\r\nConnection: content-length\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: h\r\nConnection: transfer-encoding\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: h\r\nConnection: close, host\r\n\r\n",
      "\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n",
      "PRI * HTTP/1.1\r\nHost: h\r\n\r\n",
  })
  void malformedHead_isRefused_andTheConnectionClosed(String request) throws IOException {
    RawClient client = toProcess(baseline);

    RawClient.Response response = client.send(request).send(get()).receive();

    assertThat(response.status()).isIn(400, 501, 505);
    assertThat(response.body()).contains("request-malformed");
    assertThat(response.has("connection: close")).isTrue();
    assertThat(client.isClosed()).isTrue();
    assertThat(baseline.heads).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"g\r\n", "\r\n", "3\nabc\r\n0\r\n\r\n", "3 \r\nabc\r\n0\r\n\r\n", " 3\r\nabc\r\n0\r\n\r\n",
      "0x3\r\nabc\r\n0\r\n\r\n", "-3\r\nabc\r\n0\r\n\r\n", "3\r\nabcd\r\n0\r\n\r\n", "3\r\nabc\n0\r\n\r\n",
      "3;a\nb\r\nabc\r\n0\r\n\r\n", "ffffffffffffffff\r\nabc", "3\r\nabc\r\n0\r\nTrailer\r\n\r\n",
      "3\r\nabc\r\n0\r\n x: y\r\n\r\n", "3;\u0000\r\nabc\r\n0\r\n\r\n"})
  void malformedChunk_isRefused_andNeverLooksWhole(String body) throws IOException {
    AtomicInteger whole = new AtomicInteger();
    Origin origin = keep(Origin.of((in, out) -> {
      if (!Origin.head(in).isEmpty()
          && new String(in.readAllBytes(), StandardCharsets.ISO_8859_1).endsWith("0\r\n\r\n")) {
        whole.incrementAndGet();
      }
    }));
    RawClient client = toProcess(origin);

    RawClient.Response response =
        client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + body).receive();

    assertThat(response.status()).isIn(400);
    assertThat(client.isClosed()).isTrue();
    assertThat(whole).hasValue(0);
  }

  @Test
  void headTooLarge_isRefused() throws IOException {
    RawClient client = toProcess(baseline);
    assertThat(client.send("GET / HTTP/1.1\r\nHost: h\r\nX: " + "x".repeat(9_000) + "\r\n\r\n").receive().status())
        .isEqualTo(431);
    RawClient many = toProcess(baseline);
    assertThat(many.send("GET / HTTP/1.1\r\nHost: h\r\n" + "X: y\r\n".repeat(60) + "\r\n").receive().status())
        .isEqualTo(431);
  }

  @Test
  void slowHead_andSlowBody_areNotWaitedForForEver() throws IOException {
    RawClient head = toProcess(baseline);
    assertThat(head.send("GET / HTTP/1.1\r\nHo").receive().status()).isEqualTo(408);
    RawClient body = toProcess(baseline);
    assertThat(body.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab").receive().status())
        .isEqualTo(408);
    RawClient silent = toProcess(baseline);
    assertThat(silent.isClosed()).isTrue();
  }

  @Test
  void slowBody_isItsClients_howeverLittleTheServersTimeIs() throws IOException {
    Timeouts hasty = new Timeouts(TIMEOUTS.head(), TIMEOUTS.idle(), TIMEOUTS.body(), Duration.ofMillis(50),
        TIMEOUTS.pooled());
    GatewayServer server =
        GatewayServer.of(1, hasty, new Limits(8 * 1024, 50), TargetGuard.PRIVATE, ClientTls.of(null));
    keep(() -> server.close(Duration.ZERO));
    Origin silent = keep(Origin.of((in, out) -> in.readAllBytes()));
    InetSocketAddress at = server.listen(new Listener(loopback(), new Ingress(routes, PATIENCE,
        () -> new Self(FakeRoutes.B, null, null), destination(silent))));

    RawClient slow = keep(new RawClient(at));
    assertThat(slow.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab").receive().status())
        .isEqualTo(408);
    RawClient whole = keep(new RawClient(at));
    assertThat(whole.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nabcde").receive().status())
        .isEqualTo(504);
  }

  @Test
  void serverThatTakesNoBody_isNotWaitedForForEver() throws IOException {
    CompletableFuture<Void> done = new CompletableFuture<>();
    keep(() -> done.complete(null));
    Origin stuck = keep(Origin.of((in, out) -> done.join()));
    RawClient client = toProcess(stuck);
    client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000000\r\n\r\n");
    CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
      String piece = "x".repeat(64 * 1024);
      try {
        while (true) {
          client.send(piece);
        }
      } catch (IOException closed) {
        // As it is to be, once it was answered.
      }
    });

    assertThat(client.receive().status()).isEqualTo(504);
    client.close();
    assertThat(sending).succeedsWithin(Duration.ofSeconds(10));
  }

  @Test
  void anyCut_isReadTheSame() throws IOException {
    Origin origin = keep(Origin.of((in, out) -> {
      while (!Origin.head(in).isEmpty()) {
        StringBuilder body = new StringBuilder();
        while (!body.toString().endsWith("0\r\nX-T: 1\r\n\r\n")) {
          body.append((char) in.read());
        }
        out.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-R: 2\r\n\r\n"
            .getBytes(StandardCharsets.ISO_8859_1));
      }
    }));
    RawClient client = toProcess(origin);
    String request = "POST /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n"
        + "3;ext=1\r\nabc\r\n2\r\nde\r\n0\r\nX-T: 1\r\n\r\n";
    for (int cut = 1; cut < request.length(); cut += 3) {
      client.send(request.substring(0, cut));
      Thread.onSpinWait();
      RawClient.Response response = client.send(request.substring(cut)).receive();

      assertThat(response.body()).isEqualTo("hello|X-R: 2");
    }
  }

  @Test
  void pipelined_areAnsweredInTheirOrder() throws IOException {
    RawClient client = toEgress();
    client.send(get() + get("X-Tenancy-ID: 123") + get("X-Tenancy-ID: gone") + get());

    assertThat(client.receive().body()).isEqualTo("baseline");
    assertThat(client.receive().body()).isEqualTo("under test");
    assertThat(client.receive().status()).isEqualTo(410);
    assertThat(client.receive().body()).isEqualTo("baseline");
  }

  @Test
  void head_noContent_andNotModified_haveNoBody() throws IOException {
    Origin origin = keep(Origin.of((in, out) -> {
      for (String head = Origin.head(in); !head.isEmpty(); head = Origin.head(in)) {
        String status = head.startsWith("HEAD")
            ? "200 OK\r\nContent-Length: 100"
            : head.contains("/204")
                ? "204 No Content"
                : "304 Not Modified\r\nContent-Length: 100\r\nETag: x";
        out.write(("HTTP/1.1 " + status + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
      }
    }));
    RawClient client = toProcess(origin);
    client.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
    assertThat(Origin.head(client.in)).contains("200 OK").contains("Content-Length: 100");
    client.send("GET /204 HTTP/1.1\r\nHost: h\r\n\r\n");
    assertThat(Origin.head(client.in)).contains("204");
    client.send("GET /304 HTTP/1.1\r\nHost: h\r\n\r\n");
    assertThat(Origin.head(client.in)).contains("304").contains("ETag");
  }

  @Test
  void continue_isPassedOn() throws IOException {
    Origin origin = keep(Origin.of((in, out) -> {
      if (Origin.head(in).contains("Expect: 100-continue")) {
        out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        byte[] body = in.readNBytes(3);
        out.write(("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n" + new String(body, StandardCharsets.ISO_8859_1))
            .getBytes(StandardCharsets.ISO_8859_1));
      }
    }));
    RawClient client = toProcess(origin);
    client.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
    assertThat(Origin.head(client.in)).startsWith("HTTP/1.1 100 ");

    assertThat(client.send("abc").receive().body()).isEqualTo("abc");
  }

  @Test
  void untilClose_andHttp10_andEarlyAnswer() throws IOException {
    Origin origin = keep(Origin.of((in, out) -> {
      Origin.head(in);
      out.write("HTTP/1.0 200 OK\r\n\r\nall of it".getBytes(StandardCharsets.ISO_8859_1));
    }));
    assertThat(toProcess(origin).send("GET / HTTP/1.1\r\nHost: h\r\n\r\n").receive().body()).isEqualTo("all of it");
    RawClient old = toProcess(origin);
    RawClient.Response response = old.send("GET / HTTP/1.0\r\nHost: h\r\n\r\n").receive();
    assertThat(response.has("connection: close")).isTrue();
    assertThat(response.body()).isEqualTo("all of it");
    RawClient early = toProcess(origin);
    assertThat(early.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\nab").receive().body())
        .isEqualTo("all of it");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nonsense\r\n\r\n", "HTTP/1.1 200 OK\nA: b\n\n", "HTTP/1.1 2x0 OK\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nab", "HTTP/1.1 200 OK\r\nA b: c\r\n\r\n", ""})
  void brokenResponse_isNotPassedOn(String answer) throws IOException {
    Origin origin = keep(Origin.of((in, out) -> {
      Origin.head(in);
      out.write(answer.getBytes(StandardCharsets.ISO_8859_1));
    }));

    assertThat(toProcess(origin).send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n").receive().status())
        .isEqualTo(502);
  }

  @Test
  void responseThatBreaksOff_neverLooksWhole() throws IOException {
    Origin origin = keep(Origin.of((in, out) -> {
      Origin.head(in);
      out.write(
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n".getBytes(StandardCharsets.ISO_8859_1));
    }));
    RawClient client = toProcess(origin).send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");

    assertThat(new String(client.in.readAllBytes(), StandardCharsets.ISO_8859_1)).contains("3\r\nabc\r\n")
        .doesNotEndWith("0\r\n\r\n");
  }

  @Test
  void serverThatIsNotThere_orDoesNotAnswer() throws IOException {
    Origin gone = Origin.named("gone");
    gone.close();
    assertThat(toProcess(gone).send(get()).receive().status()).isEqualTo(502);
    Origin silent = keep(Origin.of((in, out) -> in.readAllBytes()));
    assertThat(toProcess(silent).send(get()).receive().status()).isEqualTo(504);
    assertThat(toEgress().send("GET / HTTP/1.1\r\nHost: no-such-host.invalid\r\n\r\n").receive().status())
        .isEqualTo(502);
  }

  @Test
  void keptConnection_thatItsServerCloses_isReplaced_whereThatIsSafe() throws IOException {
    AtomicInteger requests = new AtomicInteger();
    AtomicInteger connections = new AtomicInteger();
    Origin origin = keep(Origin.of((in, out) -> {
      boolean first = connections.incrementAndGet() == 1;
      for (String head = Origin.head(in); !head.isEmpty(); head = Origin.head(in)) {
        if (first && requests.incrementAndGet() == 2) {
          return; // the second request on the first connection is not answered
        }
        out.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.ISO_8859_1));
      }
    }));
    RawClient client = toProcess(origin);
    assertThat(client.send(get()).receive().body()).isEqualTo("ok");

    assertThat(client.send(get()).receive().body()).isEqualTo("ok");

    assertThat(connections).hasValue(2);
    requests.set(0);
    connections.set(0);
    RawClient again = toProcess(origin);
    assertThat(again.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n").receive().status()).isIn(200, 502);
  }

  @Test
  void switchingProtocols_thatNobodyAskedFor_isNoResponse() throws IOException {
    Origin origin = keep(Origin.of((in, out) -> {
      Origin.head(in);
      out.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"
          .getBytes(StandardCharsets.ISO_8859_1));
    }));

    assertThat(toProcess(origin).send(get()).receive().status()).isEqualTo(502);
  }

  @Test
  void upgrade_bothSidesGoOnAsTheyLike() throws IOException {
    Origin origin = keep(Origin.of((in, out) -> {
      String head = Origin.head(in);
      if (head.contains("Upgrade: websocket\r\n") && head.contains("Connection: Upgrade\r\n")) {
        out.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhi"
            .getBytes(StandardCharsets.ISO_8859_1));
        for (int b = in.read(); b >= 0; b = in.read()) {
          out.write(Character.toUpperCase(b));
        }
      }
    }));
    RawClient client = toProcess(origin);
    client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\r\nab");
    assertThat(Origin.head(client.in)).contains("101").contains("Upgrade: websocket").contains("Connection: Upgrade");

    client.send("\u0000c");

    assertThat(client.in.readNBytes(6)).isEqualTo("hiAB\u0000C".getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Behind it whole requests would pass that nobody here has seen. */
  @Test
  void upgradeToHttp2_isLeftOut() throws IOException {
    RawClient client = toProcess(baseline);

    assertThat(client.send(get("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQ"))
        .receive().body()).isEqualTo("baseline");

    assertThat(baseline.heads.getFirst()).doesNotContainIgnoringCase("h2c")
        .doesNotContainIgnoringCase("http2-settings");
  }

  @Test
  void connect_isRefused() throws IOException {
    RawClient client = toEgress();

    assertThat(client.send("CONNECT 127.0.0.1:" + baseline.port() + " HTTP/1.1\r\nHost: 127.0.0.1:" + baseline.port()
        + "\r\n\r\n").receive().status()).isEqualTo(501);

    assertThat(baseline.heads).isEmpty();
  }

  @Test
  void maxForwards_countsDown_andEndsHere() throws IOException {
    RawClient client = toProcess(baseline);
    assertThat(client.send("OPTIONS * HTTP/1.1\r\nHost: h\r\nMax-Forwards: 2\r\n\r\n").receive().status())
        .isEqualTo(200);
    assertThat(client.send("OPTIONS * HTTP/1.1\r\nHost: h\r\nMax-Forwards: 0\r\n\r\n").receive().status())
        .isEqualTo(501);
    assertThat(client.send("GET / HTTP/1.1\r\nHost: h\r\nMax-Forwards: 0\r\n\r\n").receive().status()).isEqualTo(200);

    assertThat(baseline.heads).hasSize(2);
    assertThat(baseline.heads.getFirst()).startsWith("OPTIONS * HTTP/1.1").contains("max-forwards: 1\r\n")
        .doesNotContain("Max-Forwards: 2");
  }

  @Test
  void loop_endsAtOnce() throws IOException {
    InetSocketAddress egress = gateway.listen(new Listener(loopback(), FakeRoutes.egress(routes, null)));
    RawClient client = keep(new RawClient(egress));

    RawClient.Response response =
        client.send("GET / HTTP/1.1\r\nHost: 127.0.0.1:" + egress.getPort() + "\r\n\r\n").receive();

    assertThat(response.status()).isEqualTo(508);
    assertThat(response.body()).contains("loop-detected");
  }

  @Test
  void largeBodies_bothWays_whole() throws IOException {
    int size = 20_000_000;
    Origin origin = keep(Origin.of((in, out) -> {
      for (String head = Origin.head(in); !head.isEmpty(); head = Origin.head(in)) {
        byte[] body = in.readNBytes(size);
        out.write(("HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
        out.write(body);
      }
    }));
    RawClient client = toProcess(origin);
    String body = "0123456789".repeat(size / 10);
    Thread sender = Thread.ofVirtual().start(() -> {
      try {
        client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + size + "\r\n\r\n" + body);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    });

    assertThat(client.receive().body().equals(body)).isTrue();
    await().until(() -> !sender.isAlive());
  }

  @Test
  void redirect_toWhatOnlyACloudMayBeAsked_isNotFollowed() throws IOException {
    routes = FakeRoutes.withWorkloadAt("127.0.0.1:" + baseline.port(), "http://169.254.169.254:80");

    RawClient.Response response = toEgress().send(get("X-Tenancy-ID: 123")).receive();

    assertThat(response.status()).isEqualTo(502);
    assertThat(response.body()).contains("169.254.169.254 is no address that a tenant may name");
  }
}
