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
import dev.lanekeeper.model.Self;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The same in HTTP/2. */
@SuppressWarnings({"StringConcatToTextBlock", "FutureReturnValueIgnored"}) // lines with CR LF; what matters is what comes back
@Execution(ExecutionMode.CONCURRENT) // they mostly wait
class Http2HardshipTest {

  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final Timeouts TIMEOUTS = new Timeouts(Duration.ofMillis(600), Duration.ofMillis(900),
      Duration.ofMillis(1500), Duration.ofMillis(3000), Duration.ofSeconds(4));

  private final GatewayServer gateway;
  private final Http2Peers peers = new Http2Peers();
  private final List<AutoCloseable> open = new ArrayList<>();
  @SuppressWarnings("NullAway.Init") private FakeRoutes routes;

  Http2HardshipTest() throws IOException {
    gateway = GatewayServer.of(1, TIMEOUTS, new Limits(8 * 1024, 50), TargetGuard.PRIVATE, ClientTls.of(null));
  }

  @BeforeEach
  void start() {
    routes = FakeRoutes.withWorkloadAt("127.0.0.1:1", "http://127.0.0.1:1");
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
    peers.close();
    gateway.close(Duration.ofMillis(100));
  }

  private <T extends AutoCloseable> T keep(T opened) {
    open.add(opened);
    return opened;
  }

  private InetSocketAddress listen(Router router) throws IOException {
    return gateway.listen(new Listener(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), router));
  }

  private InetSocketAddress ingress(int port) throws IOException {
    return listen(new Ingress(routes, PATIENCE, () -> new Self(FakeRoutes.B, null, null), destination(port)));
  }

  private static Destination destination(int port) {
    return Destination.of(URI.create("http://127.0.0.1:" + port), false);
  }

  private static Http2Headers grpc(String path) {
    return new DefaultHttp2Headers().method("POST").scheme("http").authority("h").path(path)
        .set("content-type", "application/grpc").set("te", "trailers");
  }

  private static Http2Headers get(String path) {
    return new DefaultHttp2Headers().method("GET").scheme("http").authority("h").path(path);
  }

  private static String end(Http2Peers.Reply reply, int seconds) throws Exception {
    return reply.end.completeOnTimeout("hangs", seconds, TimeUnit.SECONDS).get();
  }

  /** One client that does not take its response must not hold up another client's. */
  @Test
  void aClientThatDoesNotRead_holdsUpNobodyElse() throws Exception {
    int origin = peers.server(Http2Settings.defaultSettings(),
        (stream, head) -> Http2Peers.answer(stream, "/large".contentEquals(head.path()) ? 4_000_000 : 1_000));
    InetSocketAddress at = ingress(origin);
    Channel slow = peers.connect(at);
    Channel other = peers.connect(at);
    assertThat(end(Http2Peers.ask(other, grpc("/small"), true, true), 5)).isEqualTo("whole");

    for (int i = 0; i < 30; i++) {
      Http2Peers.ask(slow, grpc("/large"), true, false);
    }
    Thread.sleep(500);

    Http2Peers.Reply small = Http2Peers.ask(other, grpc("/small"), true, true);
    assertThat(end(small, 2)).as(small.head + " " + small.bytes).isEqualTo("whole");
  }

  /** "A client that does not take its response: 30 s." */
  @Test
  void aClientThatDoesNotRead_isNotWaitedForForEver() throws Exception {
    AtomicBoolean closed = new AtomicBoolean();
    Origin origin = keep(Origin.of((in, out) -> {
      Origin.head(in);
      out.write("HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
      try {
        out.write(new byte[50_000_000]);
      } finally {
        closed.set(true);
      }
    }));
    Channel client = peers.connect(ingress(origin.port()));
    Http2Peers.ask(client, get("/"), true, false);

    Thread.sleep(6 * TIMEOUTS.body().toMillis());

    assertThat(closed).as("the server was let go").isTrue();
  }

  /** "The next request on a connection: 60 s." */
  @Test
  void aConnectionWithoutRequests_isClosed() throws Exception {
    InetSocketAddress at = ingress(1);
    RawClient silent = keep(new RawClient(at));
    silent.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0");
    long begun = System.nanoTime();
    try {
      silent.in.readAllBytes();
    } catch (java.net.SocketTimeoutException stillOpen) {
      assertThat(stillOpen).as("still open after 10 s, with 0.9 s to wait for a request").isNull();
    }
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
  }

  /** A head that never ends. */
  @Test
  void aHeadThatNeverEnds_isNotWaitedForForEver() throws Exception {
    RawClient silent = keep(new RawClient(ingress(1)));
    silent.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0" + "\0\0\1\1\0\0\0\0\1\u0082");
    try {
      silent.in.readAllBytes();
    } catch (java.net.SocketTimeoutException stillOpen) {
      assertThat(stillOpen).as("still open after 10 s, with 0.6 s for a head").isNull();
    }
  }

  /** What a server of gRPC says that is being stopped, or that limits the age of connections: streams that are open go on. */
  @Test
  void goAway_whileAStreamGoesOn_nextCallsGetAnotherConnection() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    CompletableFuture<Channel> watched = new CompletableFuture<>();
    int origin = peers.server(Http2Settings.defaultSettings(), (stream, head) -> {
      calls.incrementAndGet();
      if ("/watch".contentEquals(head.path())) {
        stream.writeAndFlush(new DefaultHttp2HeadersFrame(
            new DefaultHttp2Headers().status("200").set("content-type", "application/grpc")));
        watched.complete(stream);
      } else {
        Http2Peers.answer(stream, 10);
      }
    });
    Channel client = peers.connect(ingress(origin));
    Http2Peers.ask(client, grpc("/watch"), true, true);
    Channel stream = watched.get(5, TimeUnit.SECONDS);
    stream.parent().writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR));
    Thread.sleep(300);

    Http2Peers.Reply next = Http2Peers.ask(client, grpc("/call"), true, true);
    end(next, 5);

    assertThat(next.head).contains("grpc-status: 0");
    assertThat(peers.accepted).hasSizeGreaterThanOrEqualTo(2);
  }

  /** As many servers have it: 100, 128. */
  @Test
  void moreCallsThanTheServerTakesAtOnce_waitOrGetAnotherConnection() throws Exception {
    int origin = peers.server(Http2Settings.defaultSettings().maxConcurrentStreams(1),
        (stream, head) -> stream.eventLoop().schedule(() -> Http2Peers.answer(stream, 10), 700, TimeUnit.MILLISECONDS));
    Channel client = peers.connect(ingress(origin));
    end(Http2Peers.ask(client, grpc("/first"), true, true), 5);

    Http2Peers.Reply one = Http2Peers.ask(client, grpc("/one"), true, true);
    Http2Peers.Reply two = Http2Peers.ask(client, grpc("/two"), true, true);
    end(one, 5);
    end(two, 5);

    assertThat(one.head).contains("grpc-status: 0");
    assertThat(two.head).contains("grpc-status: 0");
  }

  @Test
  void contentLength_besideOtherData_isNotPassedOn() throws Exception {
    Origin origin = keep(Origin.named("baseline"));
    Channel client = peers.connect(ingress(origin.port()));
    String smuggled = "abcGET /smuggled HTTP/1.1\r\nHost: h\r\nX-Tenancy-ID: 123\r\n\r\n";
    Http2Peers.Reply reply = Http2Peers.ask(client,
        new DefaultHttp2Headers().method("POST").scheme("http").authority("h").path("/").set("content-length", "3"),
        false, true);
    reply.stream.writeAndFlush(
        new DefaultHttp2DataFrame(Unpooled.copiedBuffer(smuggled, StandardCharsets.ISO_8859_1), true));
    end(reply, 3);

    assertThat(origin.heads).noneMatch(head -> head.contains("smuggled"));
  }

  @Test
  void contentLength_ofMoreThanCame_isNotPassedOn() throws Exception {
    Origin origin = keep(Origin.named("baseline"));
    Channel client = peers.connect(ingress(origin.port()));
    Http2Peers.Reply reply = Http2Peers.ask(client,
        new DefaultHttp2Headers().method("POST").scheme("http").authority("h").path("/").set("content-length", "30"),
        false, true);
    reply.stream.writeAndFlush(
        new DefaultHttp2DataFrame(Unpooled.copiedBuffer("abc", StandardCharsets.ISO_8859_1), true));
    end(reply, 3);
    Http2Peers.Reply next =
        Http2Peers.ask(peers.connect((InetSocketAddress) client.remoteAddress()), get("/next"), true, true);

    assertThat(end(next, 3)).isEqualTo("whole");
    assertThat(origin.heads).anyMatch(head -> head.startsWith("GET /next HTTP/1.1"));
  }

  /** The edge listens in clear. */
  @Test
  void edge_forwardedProto_isNotWhatAStrangerSays() throws Exception {
    Origin origin = keep(Origin.named("baseline"));
    Admission strangers = new Admission(List.of(Network.of("10.9.9.9")), ApiTokens.NONE, TokenVerifier.NONE,
        Admission.Strangers.UNTAGGED);
    Channel client = peers.connect(listen(new Edge(routes, PATIENCE,
        Map.of("h", new Edge.Entrance(FakeRoutes.B, destination(origin.port()))), null, strangers)));

    end(Http2Peers.ask(client, get("/").scheme("https"), true, true), 3);

    assertThat(origin.heads.getFirst()).containsIgnoringCase("x-forwarded-proto: http\r\n");
  }

  /** A change of protocol that nobody can ask for in HTTP/2. */
  @Test
  void changeOfProtocol_isNotPassedOn() throws Exception {
    Origin origin = keep(Origin.of((in, out) -> {
      Origin.head(in);
      out.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n"
          .getBytes(StandardCharsets.ISO_8859_1));
      in.read();
    }));
    Channel client = peers.connect(ingress(origin.port()));

    Http2Peers.Reply reply = Http2Peers.ask(client, get("/"), true, true);
    end(reply, 5);

    assertThat(reply.head).contains(":status: 502");
  }

  /** gRPC-Web is HTTP/1.1 behind, as browsers' servers have it; it is no gRPC. */
  @Test
  void grpcWeb_isNoGrpc() throws Exception {
    Origin origin = keep(Origin.named("baseline"));
    Channel client = peers.connect(ingress(origin.port()));

    Http2Peers.Reply reply =
        Http2Peers.ask(client, grpc("/s/m").set("content-type", "application/grpc-web+proto"), true, true);

    assertThat(end(reply, 5)).isEqualTo("whole");
    assertThat(reply.bytes).isEqualTo(8);
  }

  /** A call whose client only listens, as watches do, with both sides open. */
  @Test
  void uploadThatIsHeldUp_holdsUpNoOtherOnItsConnection() throws Exception {
    Origin stuck = keep(Origin.of((in, out) -> {
      String head = Origin.head(in);
      if (head.startsWith("POST /stuck")) {
        try {
          Thread.sleep(2_500);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        return;
      }
      in.readNBytes(1000);
      out.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.ISO_8859_1));
    }));
    Channel client = peers.connect(ingress(stuck.port()));
    Http2Headers post = new DefaultHttp2Headers().method("POST").scheme("http").authority("h").path("/stuck");
    Http2Peers.Reply held = Http2Peers.ask(client, post, false, true);
    held.stream.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(new byte[12_000_000]), true));
    Thread.sleep(400);
    Http2Peers.Reply other =
        Http2Peers.ask(client, new DefaultHttp2Headers().method("POST").scheme("http").authority("h")
            .path("/other").set("content-length", "1000"), false, true);
    other.stream.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(new byte[1000]), true));

    await().atMost(Duration.ofSeconds(1)).until(() -> other.head.contains(":status: 200"));
  }
}
