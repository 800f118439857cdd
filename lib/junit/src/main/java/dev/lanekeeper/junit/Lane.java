package dev.lanekeeper.junit;

import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.api.HopInfo;
import dev.lanekeeper.model.Self;
import dev.lanekeeper.model.WireNames;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A tenant for a test or a class of tests, and all that it needs: in a {@code static} field for the class, else for each test.
 *
 * {@snippet :
 * class OrdersTest {
 *   @RegisterExtension
 *   static final Lane lane = Lane.ofEnvironment().edge("http://127.0.0.1:8080")
 *       .override("B", "http://127.0.0.1:9102")
 *       .stubs("Payments", "[{ request: { method: POST }, response: { status: 402 } }]")
 *       .build();
 *
 *   @Test
 *   void order_unpaid_isKept() throws Exception {
 *     HttpResponse<String> answer = lane.get("/order?id=1");
 *     lane.path(answer).servedByBaseline("A").servedByTenant("B").servedByStubs("Payments");
 *   }
 * }
 * }
 *
 * <p>Its tenancy is new each time, so that tests in parallel on one environment do not meet. It is removed afterwards; of a test that
 * crashes it goes by itself, since nobody renews it.
 *
 * <p>After each test it looks at what became of the test's requests, and fails the test if one was served by the baseline of a service
 * that the test had overridden: unless its stubs left that to the owner.
 *
 * <p><b>Threads.</b> Any thread of the test.
 */
public final class Lane implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {

  /** The tenancy of workloads that serve everybody, as {@link RequestPath} shows it. */
  public static final String BASELINE = "baseline";

  private final LaneBuilder settings;
  private final ControlPlaneClient client;
  /** One for all lanes: each has threads. */
  private static final HttpClient PLAIN = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  /** How many classes are in it: one that is nested in another has the same tenant. */
  private int classes;
  /** How many tests are in it: of a class whose tests run side by side, more than one. */
  private int tests;
  private volatile @Nullable Running running;

  /** What is there while a test runs. */
  private record Running(TestTenant tenant, Requests requests) {}

  Lane(LaneBuilder settings) {
    this.settings = settings;
    this.client = settings.client();
  }

  /** A lane on the environment that {@code LANEKEEPER_CONTROL_PLANE} names, or else {@code http://127.0.0.1:7400}. */
  public static LaneBuilder ofEnvironment() {
    return LaneBuilder.of(System.getenv());
  }

  /**
   * A lane on the environment of a control plane.
   *
   * @param controlPlane its root, such as {@code http://127.0.0.1:7400}
   */
  public static LaneBuilder at(String controlPlane) {
    return new LaneBuilder(controlPlane);
  }

  @Override
  public synchronized void beforeAll(ExtensionContext context) {
    classes++;
    if (classes == 1) {
      begin(context);
    }
  }

  @Override
  public synchronized void beforeEach(ExtensionContext context) {
    tests++;
    if (classes == 0) {
      begin(context);
    }
  }

  @Override
  public synchronized void afterEach(ExtensionContext context) throws InterruptedException {
    tests = Math.max(0, tests - 1);
    if (classes == 0) {
      checkAndEnd();
    } else if (tests == 0) { // what a test beside this one has just begun is not this one's to judge
      checkLeaks();
    }
  }

  /** JUnit comes here also where it never came to {@link #beforeAll}: another extension's had failed. */
  @Override
  public synchronized void afterAll(ExtensionContext context) throws InterruptedException {
    if (classes == 0) {
      return;
    }
    classes--;
    if (classes == 0) {
      checkAndEnd();
    } else {
      checkLeaks();
    }
  }

  /** The tenant goes whatever was found, and what was found is told whatever becomes of the tenant. */
  private void checkAndEnd() throws InterruptedException {
    try {
      checkLeaks();
    } catch (AssertionError | InterruptedException | RuntimeException found) {
      try {
        end();
      } catch (RuntimeException problem) {
        found.addSuppressed(problem);
      }
      throw found;
    }
    end();
  }

  private void begin(ExtensionContext context) {
    String name = context.getRequiredTestClass().getSimpleName();
    WireNames names = client.environment().names(); // asked first: where that fails, no tenant is there
    TestTenant tenant = TestTenant.begin(client, settings, name.isEmpty() ? "test" : name);
    running = new Running(tenant, new Requests(names, tenant.tenancy()));
  }

  private void end() {
    Running ended = running;
    running = null;
    if (ended != null) {
      ended.tenant().end();
    }
  }

  private Running running() {
    Running now = running;
    if (now == null) {
      throw new IllegalStateException(
          "lane: not there (expected: used within a test, from a field with @RegisterExtension)");
    }
    return now;
  }

  /** The tenancy of the test. */
  public String tenancy() {
    return running().tenant().tenancy();
  }

  /**
   * Has the tenant override a service, from the next request on: for what is there only once the test has begun.
   *
   * @param service its name
   * @param address where the version under test serves, {@code http://host:port}
   * @return this
   * @throws dev.lanekeeper.api.ProblemException if the control plane refuses
   */
  public Lane override(String service, URI address) {
    running().tenant().override(service, address);
    return this;
  }

  /**
   * Waits until there is somebody for each override. Requests of the lane wait so by themselves.
   *
   * @throws dev.lanekeeper.api.ProblemException if that takes too long: it names the services
   */
  public void awaitReady() {
    running().tenant().awaitReady();
  }

  /**
   * The environment variables of a process that is to be a workload of the tenant, under the agent or beside a gateway.
   *
   * @param service whose workload
   */
  public Map<String, String> environment(String service) {
    Map<String, String> variables = new TreeMap<>();
    variables.put(Self.SERVICE_VARIABLE, service);
    variables.put(Self.TENANCY_VARIABLE, tenancy());
    variables.put(Self.CONTROL_PLANE_VARIABLE, client.root().toString());
    if (settings.token() != null) {
      variables.put(LaneBuilder.TOKEN_VARIABLE, settings.token());
    }
    return variables;
  }

  /**
   * The headers that make a request one of the lane's, for any client. Each call begins a request of its own. The token of an edge that
   * asks for one is not among them: it is for the edge alone.
   *
   * @return names and values
   */
  public Map<String, String> headers() {
    Running now = ready();
    if (now.requests().isTimeToCheck()) {
      checkNow();
    }
    return now.requests().headers(now.requests().begin(now.tenant().overridden(), now.tenant().stubbed()));
  }

  private Map<String, String> headers(URI to) {
    Map<String, String> headers = headers();
    if (settings.edgeToken != null && settings.isEdge(to)) {
      headers.put(LaneBuilder.EDGE_TOKEN, settings.edgeToken);
    }
    return headers;
  }

  /** A client whose requests are the lane's, for libraries that take one. Closing it does nothing. */
  public HttpClient http() {
    return new TaggedHttpClient(PLAIN, this::headers, unsent -> {
      Running now = running;
      if (now != null) {
        now.requests().unsent(name(unsent));
      }
    });
  }

  /**
   * Gets a path of the edge.
   *
   * @throws IllegalStateException if the lane was not told where the edge is
   */
  public HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(settings.atEdge(path)).timeout(settings.patience).GET().build());
  }

  /**
   * Posts to a path of the edge.
   *
   * @param type such as {@code application/json}
   * @throws IllegalStateException if the lane was not told where the edge is
   */
  public HttpResponse<String> post(String path, String type, String body) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(settings.atEdge(path)).timeout(settings.patience).header("Content-Type", type)
        .POST(HttpRequest.BodyPublishers.ofString(body)).build());
  }

  /** Sends a request of the lane. */
  public HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
    return http().send(request, HttpResponse.BodyHandlers.ofString());
  }

  /**
   * The same producer, whose records are the lane's. It is the caller's to close.
   *
   * @param producer as the test made it
   */
  public <K, V> Producer<K, V> producer(Producer<K, V> producer) {
    return TaggedProducer.of(producer, this::headers);
  }

  private Running ready() {
    Running now = running();
    now.tenant().awaitReady();
    return now;
  }

  /**
   * The path that a request took.
   *
   * @param response to a request that was sent by {@link #http} or with {@link #headers}
   * @throws IllegalArgumentException if it is to another
   */
  public RequestPath path(HttpResponse<?> response) {
    String name = name(response.request());
    if (name == null) {
      throw new IllegalArgumentException(
          "response: to a request that is not the lane's (expected: one that was sent by it, or with its headers)");
    }
    return path(name);
  }

  /**
   * The path of the request that was begun last, by any thread: also of a record.
   *
   * @throws IllegalStateException if none was
   */
  public RequestPath path() {
    String last = running().requests().last();
    if (last == null) {
      throw new IllegalStateException("request: none yet (expected: one that was sent by the lane)");
    }
    return path(last);
  }

  private RequestPath path(String name) {
    return new RequestPath(() -> client.trace(name).hops(), tenancy(), settings.patience, settings.settle);
  }

  private static @Nullable String name(HttpRequest request) {
    for (String list : request.headers().allValues(WireNames.BAGGAGE)) {
      for (String member : list.split(",", -1)) {
        if (member.startsWith(WireNames.TRACE + "=")) {
          return member.substring(WireNames.TRACE.length() + 1);
        }
      }
    }
    return null;
  }

  /** In the midst of a test that sends many: the control plane forgets what became of the first ones. */
  private void checkNow() {
    try {
      checkLeaks();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a test's requests were looked at", interrupted);
    }
  }

  private void checkLeaks() throws InterruptedException {
    Running now = running;
    if (now == null) {
      return;
    }
    List<Requests.Sent> sent = now.requests().takeUnchecked();
    if (settings.leakCheck) {
      new LeakCheck(settings.settle).check(sent, this::hops);
    }
  }

  private List<HopInfo> hops(String name) {
    return client.trace(name).hops();
  }
}
