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
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Production and tests before one server, over real sockets and two event loops. */
class FairnessTest {

  /** Of a server of which nothing is known, where there is production. */
  private static final int LIMIT = 16;
  private static final String ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  /** More than waits in the buffers of a connection. */
  private static final String BODY = "0123456789".repeat(500_000);
  private static final Duration LONG = Duration.ofSeconds(60);

  private final AtomicLong clock = new AtomicLong();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final CountDownLatch release = new CountDownLatch(1);
  @SuppressWarnings("NullAway.Init") private GatewayServer gateway;
  @SuppressWarnings("NullAway.Init") private Origin server;
  @SuppressWarnings("NullAway.Init") private InetSocketAddress address;

  /** Paths that came. */
  private final Queue<String> paths = new ConcurrentLinkedQueue<>();

  @BeforeEach
  void start() throws IOException {
    server = Origin.of(this::serve);
  }

  @AfterEach
  void stop() throws Exception {
    release.countDown();
    for (AutoCloseable each : open) {
      each.close();
    }
    gateway.close(Duration.ofMillis(100));
    server.close();
  }

  private void serve(InputStream in, OutputStream out) throws IOException {
    for (String head = Origin.head(in); !head.isEmpty(); head = Origin.head(in)) {
      String path = head.split(" ", -1)[1];
      paths.add(path);
      if (path.startsWith("/held")) {
        waitForRelease();
      }
      String answer = path.startsWith("/echo")
          ? "HTTP/1.1 200 OK\r\nContent-Length: " + BODY.length() + "\r\n\r\n"
              + new String(in.readNBytes(BODY.length()), StandardCharsets.US_ASCII)
          : path.startsWith("/events")
              ? "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n:ok\r\n"
              : ANSWER;
      out.write(answer.getBytes(StandardCharsets.US_ASCII));
    }
  }

  private void waitForRelease() throws IOException {
    try {
      release.await();
    } catch (InterruptedException ended) {
      throw new IOException(ended);
    }
  }

  private void listen(Shares shares, Origin before) throws IOException {
    gateway = GatewayServer.of(2, Timeouts.STANDARD, Limits.STANDARD, TargetGuard.PRIVATE, ClientTls.of(null));
    gateway.repeat(Shares.TICK, shares::tick);
    FakeRoutes routes = FakeRoutes.withWorkloadAt("b", "http://127.0.0.1:9");
    Self self = new Self(FakeRoutes.B, null, null);
    address = gateway.listen(new Listener(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        new Ingress(routes, Duration.ofSeconds(1), () -> self, Destination.of(URI.create(before.root()), false)), null,
        null, shares));
  }

  private RawClient client() throws IOException {
    RawClient client = new RawClient(address);
    open.add(client);
    return client;
  }

  private static String production(String path) {
    return "GET " + path + " HTTP/1.1\r\nHost: b\r\n\r\n";
  }

  private static String test(String path, int tenant) {
    return "GET " + path + " HTTP/1.1\r\nHost: b\r\nX-Tenancy-ID: load/testing/" + tenant + "\r\n\r\n";
  }

  /** There is production, and tests have taken all the places there are. */
  private Shares full() throws IOException {
    Shares shares = Shares.of(clock::get, Duration.ofSeconds(3));
    listen(shares, server);
    assertThat(client().send(test("/first", 0)).receive().status()).isEqualTo(200);
    assertThat(client().send(production("/production")).receive().status()).isEqualTo(200);
    for (int i = 0; i < LIMIT; i++) {
      client().send(test("/held", i));
    }
    await().atMost(LONG).until(() -> paths.stream().filter("/held"::equals).count() == LIMIT);
    return shares;
  }

  private static void awaitWaiting(Shares shares, long count) {
    await().atMost(LONG).until(() -> shares.counters().getOrDefault("wait.share.testing", 0L) == count);
  }

  @Test
  void full_testsWait_productionDoesNot() throws IOException {
    Shares shares = full();
    RawClient waiting = client().send(test("/waiting", 0));
    awaitWaiting(shares, 1);

    assertThat(client().send(production("/production")).receive().status()).isEqualTo(200);
    assertThat(client().send("GET / HTTP/1.1\r\nHost: b\r\nX-Tenancy-ID: shop/production\r\n\r\n").receive().status())
        .isEqualTo(200);
    assertThat(paths).doesNotContain("/waiting");

    release.countDown();
    assertThat(waiting.receive().body()).isEqualTo("ok");
  }

  @Test
  void waiting_withABody_goesOnWhole() throws Exception {
    Shares shares = full();
    RawClient waiting = client();
    Thread sending = Thread.ofVirtual().start(() -> {
      try {
        waiting
            .send("POST /echo HTTP/1.1\r\nHost: b\r\nX-Tenancy-ID: load/testing/0\r\nContent-Length: " + BODY.length()
                + "\r\n\r\n")
            .send(BODY);
      } catch (IOException closed) {
        throw new UncheckedIOException(closed);
      }
    });
    awaitWaiting(shares, 1);

    release.countDown();

    assertThat(waiting.receive().body()).isEqualTo(BODY);
    sending.join();
  }

  @Test
  void whoWaitsAndLeaves_isForgotten() throws Exception {
    Shares shares = full();
    RawClient gone = client().send(test("/gone", 0));
    awaitWaiting(shares, 1);
    gone.close();
    RawClient waiting = client().send(test("/waiting", 1));
    awaitWaiting(shares, 2);

    release.countDown();

    assertThat(waiting.receive().status()).isEqualTo(200);
    assertThat(paths).contains("/waiting").doesNotContain("/gone");
  }

  @Test
  void waitedForLong_isRefused_asAProblem_andTheConnectionGoesOn() throws IOException {
    Shares shares = full();
    RawClient waiting = client().send(test("/waiting", 0));
    awaitWaiting(shares, 1);

    clock.addAndGet(Duration.ofMillis(30_001).toNanos());

    RawClient.Response response = waiting.receive();
    assertThat(response.status()).isEqualTo(429);
    assertThat(response.has("retry-after: 1")).isTrue();
    assertThat(response.has("cache-control: no-store")).isTrue();
    assertThat(response.body()).contains("\"code\":\"share-exceeded\"");
    assertThat(waiting.send(production("/production")).receive().status()).isEqualTo(200);
    assertThat(shares.counters()).containsEntry("refuse.share-exceeded.testing", 1L);
  }

  @Test
  void eventStreams_takeNobodysPlace() throws IOException {
    Shares shares = Shares.of(clock::get, Duration.ofSeconds(3));
    listen(shares, server);
    assertThat(client().send(test("/first", 0)).receive().status()).isEqualTo(200);
    assertThat(client().send(production("/production")).receive().status()).isEqualTo(200);
    for (int i = 0; i < LIMIT + 4; i++) {
      RawClient stream = client().send(test("/events", i));
      assertThat(Origin.head(stream.in)).startsWith("HTTP/1.1 200");
    }

    assertThat(client().send(test("/last", 0)).receive().status()).isEqualTo(200);
    assertThat(shares.counters()).isEmpty();
  }

  @Test
  void notFair_nobodyWaits() throws IOException {
    listen(Shares.none(), server);
    assertThat(client().send(production("/production")).receive().status()).isEqualTo(200);
    for (int i = 0; i < 2 * LIMIT; i++) {
      client().send(test("/held", i));
    }

    await().atMost(LONG).until(() -> paths.stream().filter("/held"::equals).count() == 2 * LIMIT);
  }

  @Test
  void draining_whoWaitsIsServed() throws Exception {
    Shares shares = full();
    RawClient waiting = client().send(test("/waiting", 0));
    awaitWaiting(shares, 1);
    Thread closing = Thread.ofVirtual().start(() -> gateway.close(LONG));
    await().atMost(LONG).until(() -> !listens());

    release.countDown();

    assertThat(waiting.receive().status()).isEqualTo(200);
    closing.join(LONG);
    assertThat(closing.isAlive()).isFalse();
  }

  private boolean listens() {
    try (RawClient probe = new RawClient(address)) {
      return probe.in != null;
    } catch (IOException refused) {
      return false;
    }
  }

  @Test
  void closing_doesNotWaitForThoseWhoWait() throws IOException {
    Shares shares = full();
    RawClient waiting = client().send(test("/waiting", 0));
    awaitWaiting(shares, 1);

    gateway.close(Duration.ofMillis(1));

    // Where those before it were closed first its turn may have come; then it was answered before.
    waiting.in.transferTo(OutputStream.nullOutputStream());
    assertThat(waiting.isClosed()).isTrue();
  }

  /** Two at a time, 20 ms each; by the real clock, until somebody was refused. */
  @Test
  void overload_productionIsServed_testsAreServedOrToldWhenToAskAgain() throws Exception {
    Semaphore places = new Semaphore(2, true);
    Origin busy = Origin.of((in, out) -> {
      while (!Origin.head(in).isEmpty()) {
        places.acquireUninterruptibly();
        work();
        places.release();
        out.write(ANSWER.getBytes(StandardCharsets.US_ASCII));
      }
    });
    open.add(busy);
    Shares shares = Shares.fair();
    listen(shares, busy);
    AtomicBoolean over = new AtomicBoolean();
    Queue<RawClient.Response> toProduction = new ConcurrentLinkedQueue<>();
    Queue<RawClient.Response> toTests = new ConcurrentLinkedQueue<>();
    Queue<Exception> failed = new ConcurrentLinkedQueue<>();
    List<Thread> clients = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      clients.add(repeat(production("/"), over, toProduction, failed));
    }
    for (int i = 0; i < 400; i++) {
      clients.add(repeat(test("/", i), over, toTests, failed));
    }

    await().atMost(LONG).until(() -> !failed.isEmpty()
        || toTests.stream().map(RawClient.Response::status).collect(Collectors.toSet()).equals(Set.of(200, 429)));
    over.set(true);
    for (Thread client : clients) {
      client.join();
    }

    assertThat(failed).isEmpty();
    assertThat(toProduction).isNotEmpty().allMatch(response -> response.status() == 200);
    assertThat(toTests).allMatch(response -> response.status() == 200
        || (response.status() == 429 && response.has("retry-after: 1")
            && response.has("content-type: application/problem+json")
            && response.body().contains("\"code\":\"share-exceeded\"")));
    assertThat(shares.counters()).containsKeys("wait.share.testing", "refuse.share-exceeded.testing")
        .doesNotContainKeys("wait.share.production");
  }

  /** What a server takes easily nobody waits for long, and nobody is refused. */
  @Test
  void ordinaryTraffic_isNeverRefused() throws Exception {
    Shares shares = Shares.fair();
    listen(shares, server);
    AtomicBoolean over = new AtomicBoolean();
    Queue<RawClient.Response> answers = new ConcurrentLinkedQueue<>();
    Queue<Exception> failed = new ConcurrentLinkedQueue<>();
    List<Thread> clients = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      clients.add(repeat(i % 3 == 0 ? production("/") : test("/", i), over, answers, failed));
    }
    await().atMost(LONG).until(() -> !failed.isEmpty() || answers.size() >= 3_000);
    over.set(true);
    for (Thread client : clients) {
      client.join();
    }

    assertThat(failed).isEmpty();
    assertThat(answers).allMatch(response -> response.status() == 200);
  }

  private static void work() throws IOException {
    try {
      Thread.sleep(20);
    } catch (InterruptedException ended) {
      throw new IOException(ended);
    }
  }

  private Thread repeat(String request, AtomicBoolean over, Queue<RawClient.Response> answers,
      Queue<Exception> failed) {
    return Thread.ofVirtual().start(() -> {
      try (RawClient client = new RawClient(address)) {
        while (!over.get()) {
          answers.add(client.send(request).receive());
        }
      } catch (IOException | RuntimeException failure) {
        failed.add(failure);
      }
    });
  }
}
