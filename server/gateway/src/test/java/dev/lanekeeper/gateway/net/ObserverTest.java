package dev.lanekeeper.gateway.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lanekeeper.gateway.admission.Admission;
import dev.lanekeeper.gateway.admission.ApiTokens;
import dev.lanekeeper.gateway.admission.TokenVerifier;
import dev.lanekeeper.gateway.http.Limits;
import dev.lanekeeper.gateway.http.Timeouts;
import dev.lanekeeper.gateway.routing.Destination;
import dev.lanekeeper.gateway.routing.Edge;
import dev.lanekeeper.gateway.routing.Router;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each request is told of once, when it is over, however it ends. */
@SuppressWarnings("StringConcatToTextBlock") // what is sent ends its lines with CR LF
class ObserverTest {

  private final GatewayServer gateway =
      GatewayServer.of(1, Timeouts.STANDARD, Limits.STANDARD, TargetGuard.PRIVATE, ClientTls.of(null));
  private final List<AutoCloseable> open = new ArrayList<>();
  private final List<String> ended = new CopyOnWriteArrayList<>();

  ObserverTest() throws IOException {}

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
    return keep(new RawClient(
        gateway.listen(new Listener(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), router, null,
            request -> ended.add(request.head().method() + " " + request.head().target() + " " + request.tag() + " "
                + request.status() + (request.whole() ? " whole " : " broken ") + request.reason() + " " + request.to()
                + (request.tookNanos() >= 0 && request.beganMillis() > 0 ? "" : " no time"))))));
  }

  private void told(String... expected) {
    await().untilAsserted(() -> assertThat(ended).containsExactly(expected));
  }

  private static String get(Origin server, String path, String... headers) {
    return "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + server.port() + "\r\n"
        + List.of(headers).stream().map(header -> header + "\r\n").reduce("", String::concat) + "\r\n";
  }

  @Test
  void answered_eachOnce_withItsOwnTagAndReason() throws IOException {
    Origin baseline = keep(Origin.named("baseline"));
    Origin underTest = keep(Origin.named("under test"));
    FakeRoutes routes = FakeRoutes.withWorkloadAt("127.0.0.1:" + baseline.port(), underTest.root());
    RawClient client = to(FakeRoutes.egress(routes, null));

    client.send(get(baseline, "/1?secret=1")).receive();
    client.send(get(baseline, "/2", "X-Tenancy-ID: 123")).receive();
    client.send(get(baseline, "/3", "X-Tenancy-ID: gone")).receive();
    client.send(get(baseline, "/4", "X-Tenancy-ID: a//b")).receive();

    told("GET /1?secret=1 untagged 200 whole untagged " + baseline.root(),
        "GET /2 123 200 whole override " + underTest.root(), "GET /3 gone 410 whole tenancy-ended ",
        "GET /4 malformed 200 whole unregistered-baseline " + baseline.root());
  }

  @Test
  void edge_whatStrangersBore_isNotTheirs() throws IOException {
    Origin baseline = keep(Origin.named("baseline"));
    FakeRoutes routes = FakeRoutes.withWorkloadAt("127.0.0.1:1", "http://127.0.0.1:2");
    RawClient client = to(new Edge(routes, Duration.ofSeconds(1),
        Map.of("127.0.0.1", new Edge.Entrance(FakeRoutes.B, Destination.of(URI.create(baseline.root()), false))), null,
        new Admission(List.of(), ApiTokens.NONE, TokenVerifier.NONE, Admission.Strangers.UNTAGGED)));

    client.send(get(baseline, "/", "X-Tenancy-ID: 123")).receive();

    told("GET / untagged 200 whole untagged " + baseline.root());
  }

  @Test
  void broken_inTheMidst_isNotWhole() throws IOException {
    Origin server = keep(Origin.of((in, out) -> {
      Origin.head(in);
      out.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf".getBytes(StandardCharsets.US_ASCII));
    }));
    FakeRoutes routes = FakeRoutes.withWorkloadAt("127.0.0.1:1", "http://127.0.0.1:2");

    to(FakeRoutes.egress(routes, null)).send(get(server, "/"));

    told("GET / untagged 200 broken untagged " + server.root());
  }

  @Test
  void unreachable_andAbandoned() throws IOException {
    FakeRoutes routes = FakeRoutes.withWorkloadAt("127.0.0.1:1", "http://127.0.0.1:2");
    Origin away = Origin.named("away");
    away.close();
    to(FakeRoutes.egress(routes, null)).send(get(away, "/away")).receive();
    told("GET /away untagged 502 whole owner-unreachable " + away.root());

    AtomicBoolean asked = new AtomicBoolean();
    Origin silent = keep(Origin.of((in, out) -> {
      asked.set(!Origin.head(in).isEmpty());
      assertThat(in.read()).as("nothing more comes").isEqualTo(-1);
    }));
    RawClient client = to(FakeRoutes.egress(routes, null));
    client.send(get(silent, "/silent"));
    await().until(asked::get);
    client.close();
    told("GET /away untagged 502 whole owner-unreachable " + away.root(),
        "GET /silent untagged 0 broken untagged " + silent.root());
  }
}
