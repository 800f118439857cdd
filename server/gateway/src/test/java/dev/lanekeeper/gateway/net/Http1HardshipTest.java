package dev.lanekeeper.gateway.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lanekeeper.gateway.admission.Admission;
import dev.lanekeeper.gateway.admission.ApiTokens;
import dev.lanekeeper.gateway.admission.Network;
import dev.lanekeeper.gateway.admission.TokenVerifier;
import dev.lanekeeper.gateway.http.Limits;
import dev.lanekeeper.gateway.http.Timeouts;
import dev.lanekeeper.gateway.routing.Destination;
import dev.lanekeeper.gateway.routing.Edge;
import dev.lanekeeper.gateway.routing.Ingress;
import dev.lanekeeper.gateway.routing.Router;
import dev.lanekeeper.model.Environment;
import dev.lanekeeper.model.Policy;
import dev.lanekeeper.model.RevisionLog;
import dev.lanekeeper.model.RouteSource;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.RouteView;
import dev.lanekeeper.model.Self;
import dev.lanekeeper.model.WireNames;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Slow, silent, broken and hostile clients and servers, in HTTP/1.1. */
@SuppressWarnings("StringConcatToTextBlock") // what is sent ends its lines with CR LF
@Execution(ExecutionMode.CONCURRENT) // they mostly wait
class Http1HardshipTest {

  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final Timeouts TIMEOUTS = new Timeouts(Duration.ofMillis(600), Duration.ofSeconds(5),
      Duration.ofMillis(800), Duration.ofMillis(900), Duration.ofSeconds(4));
  /** Outside: nobody here is admitted, nor trusted. */
  private static final Admission STRANGERS = new Admission(List.of(Network.of("10.9.9.9")), ApiTokens.NONE,
      TokenVerifier.NONE, Admission.Strangers.UNTAGGED);

  private GatewayServer gateway;
  private final List<AutoCloseable> open = new ArrayList<>();
  @SuppressWarnings("NullAway.Init") private Origin baseline;
  @SuppressWarnings("NullAway.Init") private Origin underTest;
  @SuppressWarnings("NullAway.Init") private FakeRoutes routes;

  Http1HardshipTest() {
    gateway = server(TIMEOUTS);
  }

  private static GatewayServer server(Timeouts timeouts) {
    try {
      return GatewayServer.of(1, timeouts, new Limits(8 * 1024, 50), TargetGuard.PRIVATE, ClientTls.of(null));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
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
    return keep(new RawClient(listen(router)));
  }

  private InetSocketAddress listen(Router router) throws IOException {
    return gateway.listen(new Listener(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), router));
  }

  private Ingress ingress(Origin process) {
    return new Ingress(routes, PATIENCE, () -> new Self(FakeRoutes.B, null, null), destination(process));
  }

  private RawClient toProcess(Origin process) throws IOException {
    return to(ingress(process));
  }

  private static Destination destination(Origin process) {
    return Destination.of(URI.create(process.root()), false);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private Edge edge(RouteSource source, Origin process) {
    return new Edge(source, PATIENCE, Map.of("h", new Edge.Entrance(FakeRoutes.B, destination(process))), null,
        STRANGERS);
  }

  /** Subscribes once, then only listens: as most web sockets do. */
  @Test
  void webSocket_whoseServerGoesOnTalking_isNotCut() throws IOException {
    Origin origin = keep(Origin.of((in, out) -> {
      Origin.head(in);
      out.write(bytes("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"));
      in.read();
      for (int i = 0; i < 30; i++) {
        out.write('x');
        out.flush();
        sleep(100);
      }
    }));
    RawClient client = toProcess(origin);
    client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    assertThat(Origin.head(client.in)).contains("101");
    client.send("s");

    assertThat(client.in.readNBytes(30)).hasSize(30);
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** HTTP/1.0, or Connection: close. What is cut looks whole where it ends with the connection. */
  @ParameterizedTest
  @ValueSource(ints = {3_000_000, 4_000_000, 5_000_000, 6_000_000})
  void clientThatIsSlowToTakeTheEnd_getsAllOfIt(int size) throws IOException {
    gateway.close(Duration.ZERO);
    gateway = server(Timeouts.STANDARD);
    Origin origin = keep(Origin.of((in, out) -> {
      Origin.head(in);
      out.write(bytes("HTTP/1.1 200 OK\r\n\r\n"));
      out.write(new byte[size]);
    }));
    InetSocketAddress at = listen(ingress(origin));
    try (Socket socket = new Socket()) {
      socket.setReceiveBufferSize(4096);
      socket.connect(at);
      socket.getOutputStream().write(bytes("GET / HTTP/1.0\r\nHost: h\r\n\r\n"));
      socket.setSoTimeout(20_000);
      InputStream in = socket.getInputStream();
      assertThat(Origin.head(in)).contains("200 OK");
      sleep(4_000); // less than the 30 s that it has

      assertThat(in.readAllBytes()).hasSize(size);
    }
  }

  /** It takes what it is sent all the time, only not at once. */
  @Test
  void clientThatTakesItsResponseSteadily_isNotCut() throws IOException {
    int size = 24_000_000;
    Origin origin = keep(Origin.of((in, out) -> {
      Origin.head(in);
      out.write(bytes("HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n"));
      out.write(new byte[size]);
    }));
    InetSocketAddress at = listen(ingress(origin));
    try (Socket socket = new Socket()) {
      socket.setReceiveBufferSize(16_384);
      socket.connect(at);
      socket.getOutputStream().write(bytes("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
      socket.setSoTimeout(20_000);
      InputStream in = socket.getInputStream();
      assertThat(Origin.head(in)).contains("200 OK");
      long total = 0;
      byte[] buffer = new byte[10_000];
      for (int n = in.read(buffer); n >= 0 && total < 6_000_000; n = in.read(buffer)) {
        total += n;
        sleep(10);
      }
      assertThat(total).as("bytes, never 100 ms without taking some").isGreaterThanOrEqualTo(6_000_000);
    }
  }

  @Test
  void serverThatCannotBeReached_leavesNothingBehind() throws Exception {
    Origin gone = Origin.named("gone");
    gone.close();
    RawClient client = toProcess(gone);
    for (int i = 0; i < 200; i++) {
      assertThat(client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n").receive().status()).isEqualTo(502);
    }

    await().until(() -> gateway.timed() < 10);
  }

  /** Tag, stamp and token of a stranger. */
  @Test
  void edge_trailers_bringNothingIn() throws IOException {
    StringBuilder seen = new StringBuilder();
    Origin origin = keep(Origin.of((in, out) -> {
      seen.append(Origin.head(in)).append(Origin.head(in));
      out.write(bytes("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
    }));
    RawClient client = to(edge(routes, origin));

    assertThat(client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
        + "0\r\nX-Tenancy-ID: 123\r\nbaggage: tenancy=123,tenancy-rev=1-00000007\r\nLanekeeper-Token: secret\r\n\r\n")
        .receive().status()).isEqualTo(200);

    assertThat(seen.toString()).doesNotContainIgnoringCase("tenancy").doesNotContainIgnoringCase("secret");
  }

  /** The edge listens in clear. */
  @Test
  void edge_forwardedProto_isNotWhatAStrangerSays() throws IOException {
    RawClient client = to(edge(routes, baseline));

    client.send("GET https://h/ HTTP/1.1\r\nHost: h\r\n\r\n").receive();

    assertThat(baseline.heads.getFirst()).containsIgnoringCase("x-forwarded-proto: http\r\n");
  }

  /** "Neither does a stamp from outside." */
  @Test
  void edge_stampWithoutATag_goesNoFurther() throws IOException {
    RawClient client = to(edge(routes, baseline));

    client.send("GET / HTTP/1.1\r\nHost: h\r\nbaggage: tenancy-rev=1-00000007,k=v\r\n\r\n").receive();

    assertThat(baseline.heads.getFirst()).contains("k=v").doesNotContain("tenancy-rev");
  }

  /** Behind a change of protocol whole requests pass unseen. */
  @Test
  void changeOfProtocol_thatNobodyAskedFor_isNotPassedOn() throws IOException {
    AtomicInteger unseen = new AtomicInteger();
    Origin origin = keep(Origin.of((in, out) -> {
      Origin.head(in);
      out.write(bytes("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n"));
      if (Origin.head(in).contains("X-Tenancy-ID: 123")) {
        unseen.incrementAndGet();
      }
      out.write(bytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno"));
    }));
    RawClient client = toProcess(origin);
    client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\nX-Tenancy-ID: 123\r\n\r\n");

    String head = Origin.head(client.in);
    sleep(300);

    assertThat(unseen).as("tagged requests of 123 that its baseline has served").hasValue(0);
    assertThat(head).startsWith("HTTP/1.1 502");
  }

  /** New names arrive between the decision and the writing of the head. */
  @Test
  void namesThatChange_betweenDecisionAndWriting_leaveNoTagOfAStranger() throws IOException {
    WireNames other = new WireNames(List.of("lane"), "lane-rev", "lane-overrides", List.of("X-Lane"));
    RouteView renamed = new RouteView(RouteTable.of(new RouteTable.Content(0,
        RevisionLog.EMPTY.append(1, 7, 1_000).append(2, 8, 2_000).append(3, 9, 3_000), List.of(), List.of(), List.of(),
        List.of(), List.of(new Environment(3, "staging", Policy.STAGING, List.of(), other)))), 5_000, false);
    AtomicInteger asked = new AtomicInteger();
    RouteSource changing = new RouteSource() {
      @Override
      public RouteView view() {
        return asked.incrementAndGet() == 1 ? routes.view() : renamed;
      }

      @Override
      public Answer ask(Duration patience) {
        return new Answer(view(), true);
      }

      @Override
      public CompletionStage<Answer> askLater(Duration patience) {
        return CompletableFuture.completedFuture(ask(patience));
      }
    };
    RawClient client = to(edge(changing, baseline));

    client.send("GET / HTTP/1.1\r\nHost: h\r\nX-Tenancy-ID: 123\r\nbaggage: tenancy=123\r\n\r\n").receive();

    assertThat(baseline.heads.getFirst()).doesNotContainIgnoringCase("tenancy");
  }

  @Test
  void names_areResolved() throws IOException {
    RawClient client = to(FakeRoutes.egress(routes, null));

    String why = client.send("GET / HTTP/1.1\r\nHost: no-such-host.invalid\r\n\r\n").receive().body();

    assertThat(why).doesNotContain("setup transport");
  }

  @Test
  void http10_answeredEarly_andTheRest() throws IOException {
    RawClient client = toProcess(baseline);
    client.send("GET / HTTP/1.0\r\nHost: h\r\nConnection: keep-alive\r\n\r\n");
    assertThat(client.receive().has("connection: keep-alive")).isTrue();
    client.send("HEAD / HTTP/1.0\r\nHost: h\r\n\r\n");
    assertThat(Origin.head(client.in)).contains("Content-Length: 8").containsIgnoringCase("connection: close");
    assertThat(client.isClosed()).isTrue();
  }
}
