package dev.lanekeeper.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.lanekeeper.api.ProblemException;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtensionContext;

/** What a lane does where tests are not as they should be. */
class LaneTest {

  private static final String LEAK =
      "[{\"trace\":\"t\",\"at\":1,\"kind\":\"call\",\"service\":\"A\",\"to\":\"B\",\"tag\":\"x\",\"outcome\":\"pass\",\"reason\":\"baseline\"}]";

  private final List<String> documents = new CopyOnWriteArrayList<>();
  private final List<String> seen = new CopyOnWriteArrayList<>();
  private volatile Function<String, String> hops = name -> "[]";
  private volatile boolean deleteFails;
  private volatile boolean away;
  private volatile boolean environmentFails;
  @SuppressWarnings("NullAway.Init") private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/v1/", exchange -> {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      String path = exchange.getRequestURI().getPath();
      if (away || (environmentFails && path.equals("/v1/environment"))) {
        answer(exchange, 503, "{}");
      } else if (path.equals("/v1/environment")) {
        answer(exchange, 200, "[{\"kind\":\"Environment\",\"profile\":\"staging\"}]");
      } else if (path.startsWith("/v1/traces/")) {
        String name = path.substring("/v1/traces/".length());
        answer(exchange, 200, "{\"trace\":\"" + name + "\",\"hops\":" + hops.apply(name) + "}");
      } else if (path.equals("/v1/documents")) {
        documents.add(body);
        answer(exchange, 200, "{\"revision\":1,\"results\":[]}");
      } else if (exchange.getRequestMethod().equals("DELETE") && deleteFails) {
        answer(exchange, 503, "{}");
      } else {
        answer(exchange, 200,
            "{\"revision\":1,\"operations\":[],\"tenancy\":\"x\",\"operation\":\"o\",\"ready\":true,\"waiting\":[]}");
      }
    });
    server.createContext("/slow", exchange -> {
      seen.add(String.valueOf(exchange.getRequestHeaders().getFirst("baggage")));
      try {
        Thread.sleep(1_500);
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      }
      answer(exchange, 200, "late");
    });
    server.createContext("/other", exchange -> {
      seen.add(String.valueOf(exchange.getRequestHeaders().getFirst("lanekeeper-token")));
      answer(exchange, 200, "");
    });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private String root() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private LaneBuilder lane() {
    return Lane.at(root()).settle(Duration.ofMillis(150)).patience(Duration.ofSeconds(3)).override("B",
        "http://127.0.0.1:9102");
  }

  private static ExtensionContext context() {
    return (ExtensionContext) Proxy.newProxyInstance(LaneTest.class.getClassLoader(),
        new Class<?>[]{ExtensionContext.class}, (proxy, method, arguments) -> {
          if (method.getName().equals("getRequiredTestClass")) {
            return LaneTest.class;
          }
          throw new UnsupportedOperationException(method.getName());
        });
  }

  /** The token of the edge is for the edge: not for whoever reads a topic. */
  @Test
  void edgeToken_isNotInRecords() throws Exception {
    Lane lane = lane().edgeToken("s3cret").withoutLeakCheck().build();
    lane.beforeEach(context());
    MockProducer<String, String> mock = new MockProducer<>(true, null, new StringSerializer(), new StringSerializer());
    assertThat(lane.producer(mock).send(new ProducerRecord<>("orders", "v"))).isDone();
    lane.afterEach(context());

    assertThat(mock.history().get(0).headers().toArray()).extracting(header -> header.key())
        .doesNotContain("lanekeeper-token");
  }

  /** Nor for any other host that a test calls. */
  @Test
  void edgeToken_goesToNoOtherHost() throws Exception {
    Lane lane = lane().edge("http://edge.example").edgeToken("s3cret").withoutLeakCheck().build();
    lane.beforeEach(context());
    lane.send(HttpRequest.newBuilder(URI.create(root() + "/other")).build());
    lane.afterEach(context());

    assertThat(seen).containsExactly("null");
  }

  /** A class whose tests run in parallel: what one has only just begun is not the other's to judge. */
  @Test
  void testThatEnds_doesNotFailForARequestThatAnotherIsBeginning() throws Exception {
    Lane lane = lane().build();
    lane.beforeAll(context());
    lane.beforeEach(context()); // one
    lane.beforeEach(context()); // two, beside it
    Map<String, String> headersOfTwo = lane.headers();

    assertThat(headersOfTwo).containsKey("baggage");
    assertThatCode(() -> lane.afterEach(context())).as("one, which sent nothing").doesNotThrowAnyException();
    assertThatThrownBy(() -> lane.afterEach(context())).as("two, of which nobody has heard anything")
        .hasMessageStartingWith("unheard: ");
    lane.afterAll(context());
  }

  /** And what leaks of the other's afterwards is found when that one ends. */
  @Test
  void requestOfATest_thatLeaksAfterAnotherHasEnded_isFound() throws Exception {
    Lane lane = lane().build();
    lane.beforeAll(context());
    lane.beforeEach(context());
    lane.beforeEach(context());
    Map<String, String> headersOfTwo = lane.headers();
    assertThat(headersOfTwo).containsKey("baggage");
    hops = name -> LEAK.replace("\"pass\"", "\"redirect\""); // so far all is well
    lane.afterEach(context());
    hops = name -> LEAK; // now a message of it ends at the baseline
    assertThatThrownBy(() -> lane.afterEach(context())).hasMessageStartingWith("leak: ");
    lane.afterAll(context());
  }

  /** Nobody knows of a request that was not answered in time that it never went. */
  @Test
  void requestThatLeaked_andTimedOut_isFound() throws Exception {
    Lane lane = lane().build();
    lane.beforeEach(context());
    hops = name -> LEAK;
    assertThatThrownBy(
        () -> lane.send(HttpRequest.newBuilder(URI.create(root() + "/slow")).timeout(Duration.ofMillis(300)).build()))
        .isInstanceOf(IOException.class);
    assertThat(seen).hasSize(1);

    assertThatThrownBy(() -> lane.afterEach(context())).hasMessageStartingWith("leak: ");
  }

  @Test
  void leak_isTold_alsoWhereTheTenantCannotBeDeleted() throws Exception {
    Lane lane = lane().build();
    lane.beforeEach(context());
    lane.headers();
    hops = name -> LEAK;
    deleteFails = true;

    Throwable thrown = null;
    try {
      lane.afterEach(context());
    } catch (ProblemException | AssertionError failure) {
      thrown = failure;
    }
    List<Throwable> all = new ArrayList<>();
    for (Throwable each = thrown; each != null; each = each.getCause()) {
      all.add(each);
      all.addAll(List.of(each.getSuppressed()));
    }
    assertThat(all).anyMatch(each -> String.valueOf(each.getMessage()).startsWith("leak: "));
  }

  @Test
  void edge_pathsAreAppended() {
    assertThat(Lane.at(root()).edge("http://shop.example").atEdge("orders")).hasToString("http://shop.example/orders");
  }

  @Test
  void edge_withAPath_keepsIt() {
    assertThat(Lane.at(root()).edge("http://shop.example/api/").atEdge("/orders"))
        .hasToString("http://shop.example/api/orders");
  }

  @Test
  void edge_pathOfTwoSlashes_isNoHost() {
    assertThat(Lane.at(root()).edge("http://shop.example").atEdge("//other.example/x").getHost())
        .isEqualTo("shop.example");
  }

  /** JUnit calls afterAll of all extensions, also of those whose beforeAll it never came to: another's had failed. */
  @Test
  void laneOfTwoClasses_isThereForTheSecond_alsoWhereTheFirstCouldNotBegin() throws Exception {
    Lane lane = lane().build();
    lane.afterAll(context()); // of the first class
    lane.beforeAll(context()); // of the second
    assertThatCode(lane::tenancy).doesNotThrowAnyException();
    lane.afterAll(context());
  }

  /** Lanes of each test: their threads end with them. */
  @Test
  void manyTests_leaveNoThreads() throws Exception {
    int before = Thread.activeCount();
    for (int i = 0; i < 200; i++) {
      Lane lane = lane().build();
      lane.beforeEach(context());
      lane.afterEach(context());
    }
    Thread.sleep(500);
    assertThat(Thread.getAllStackTraces().keySet().stream().filter(thread -> thread.getName().startsWith("HttpClient"))
        .count()).as("before: " + before).isLessThan(50);
  }

  @Test
  void environmentOfAWorkload_saysWithWhichTokenItIsHeard() throws Exception {
    Lane lane = lane().token("t0ken").build();
    lane.beforeEach(context());
    assertThat(lane.environment("C")).containsEntry("LANEKEEPER_TOKEN", "t0ken");
    lane.afterEach(context());
  }

  /** The control plane is away for a moment: the tenant is renewed all the same. */
  @Test
  void renewal_goesOn_whenTheControlPlaneAnswersRubbish() throws Exception {
    Lane lane = lane().ttl(Duration.ofMillis(300)).build();
    lane.beforeEach(context());
    away = true;
    Thread.sleep(400);
    away = false;
    int applied = documents.size();
    Thread.sleep(600);
    assertThat(documents.size()).isGreaterThan(applied);
    lane.afterEach(context());
  }

  /** A lane that could not begin leaves no tenant that is renewed for as long as the process lives. */
  @Test
  void laneThatCouldNotBegin_leavesNoTenant() throws Exception {
    Lane lane = lane().ttl(Duration.ofMillis(300)).build();
    environmentFails = true;
    assertThatThrownBy(() -> lane.beforeEach(context())).isInstanceOf(ProblemException.class);
    lane.afterEach(context());
    int applied = documents.size();
    Thread.sleep(600);
    assertThat(documents).hasSize(applied);
  }
}
