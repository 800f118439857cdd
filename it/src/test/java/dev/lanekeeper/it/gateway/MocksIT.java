package dev.lanekeeper.it.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.api.ProblemException;
import dev.lanekeeper.client.RouteClient;
import dev.lanekeeper.controlplane.ControlPlane;
import dev.lanekeeper.gateway.Gateway;
import dev.lanekeeper.gateway.GatewaySettings;
import dev.lanekeeper.gateway.admission.Admission;
import dev.lanekeeper.gateway.admission.TokenIssuer;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Tenancy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stubs in the place of B: A calls it through its egress sidecar, B stands behind its ingress, a gateway of its own serves the mocks. */
class MocksIT {

  @TempDir
  @SuppressWarnings("NullAway.Init") private Path directory;
  @SuppressWarnings("NullAway.Init") private ControlPlane controlPlane;
  @SuppressWarnings("NullAway.Init") private ControlPlaneClient rest;
  @SuppressWarnings("NullAway.Init") private URI uri;
  @SuppressWarnings("NullAway.Init") private Gateway mocks;
  @SuppressWarnings("NullAway.Init") private InetSocketAddress egress;
  @SuppressWarnings("NullAway.Init") private String b;
  private final List<AutoCloseable> open = new ArrayList<>();
  private final List<HttpServer> servers = new ArrayList<>();
  private boolean gone;

  @BeforeEach
  void start() throws Exception {
    controlPlane = ControlPlane.builder(directory.resolve("data")).port(0).start();
    uri = controlPlane.uri();
    rest = new ControlPlaneClient(uri, null);
    InetSocketAddress ingress =
        gateway("B", null, new GatewaySettings.BeforeService(loopback(0), process("B"))).open().getFirst().address();
    b = "http://127.0.0.1:" + ingress.getPort();
    mocks = mocks(0, GatewaySettings.Admitted.LOOPBACK);
    egress = gateway("A", null, new GatewaySettings.OutOfService(loopback(0))).open().getFirst().address();
    rest.applyYaml("kind: Service\nname: B\nhosts: [\"127.0.0.1:" + ingress.getPort() + "\"]\n");
    rest.applyYaml("kind: Environment\nprofile: staging\nmocks: http://127.0.0.1:" + port(mocks, 0) + "\n");
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
    servers.forEach(server -> server.stop(0));
    if (!gone) {
      controlPlane.close();
    }
  }

  private static int port(Gateway gateway, int listener) {
    return gateway.open().get(listener).address().getPort();
  }

  private static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  private URI process(String name) throws IOException {
    HttpServer server = HttpServer.create(loopback(0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", exchange -> answer(exchange, name));
    server.start();
    servers.add(server);
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Its name, what it was sent, and what of ours it saw. */
  private static void answer(HttpExchange exchange, String name) throws IOException {
    String sent = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    String ours = exchange.getRequestHeaders().keySet().stream().filter(key -> key.startsWith("Lanekeeper")).toList()
        .toString();
    byte[] body = (name + (sent.isEmpty() ? "" : " " + sent) + (ours.equals("[]") ? "" : " " + ours))
        .getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private Gateway gateway(String service, @Nullable Tenancy tenancy, GatewaySettings.Role... roles) throws IOException {
    Gateway gateway = Gateway.start(
        new GatewaySettings(List.of(roles), 1, Duration.ofSeconds(1), List.of(), null),
        RouteClient.builder(uri).self(ServiceName.of(service), tenancy)
            .diskDirectory(directory.resolve("routes")).workload(service + tenancy));
    open.add(gateway);
    return gateway;
  }

  private Gateway mocks(int port, GatewaySettings.Admitted admitted) throws IOException {
    return gateway("gateway", null, new GatewaySettings.ForMocks(loopback(port), directory.resolve("stubs")),
        new GatewaySettings.ForMocksAdmin(loopback(0), admitted));
  }

  private void tenant(String tenancy, String override) throws Exception {
    rest.applyYaml("kind: Tenant\ntenancy: \"" + tenancy + "\"\noverrides: { B: " + override + " }\n");
  }

  private static String stubs(String... mappings) {
    return "{ mock: { stubs: [" + String.join(", ", mappings) + "] } }";
  }

  private static String stub(String path, String response) {
    return "{ request: { urlPath: " + path + " }, response: " + response + " }";
  }

  private String get(String path, @Nullable String tenancy) throws IOException {
    return call(egress, "GET", b + path, "", tenancy);
  }

  private static String call(@Nullable InetSocketAddress proxy, String method, String url, String body,
      @Nullable String tenancy, String... headers) throws IOException {
    HttpURLConnection call = (HttpURLConnection) URI.create(url).toURL()
        .openConnection(proxy == null ? Proxy.NO_PROXY : new Proxy(Proxy.Type.HTTP, proxy));
    call.setRequestMethod(method);
    if (tenancy != null) {
      call.setRequestProperty("X-Tenancy-ID", tenancy);
    }
    for (int i = 0; i < headers.length; i += 2) {
      call.setRequestProperty(headers[i], headers[i + 1]);
    }
    if (!body.isEmpty()) {
      call.setDoOutput(true);
      call.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
    }
    int status = call.getResponseCode();
    try (var in = status < 400 ? call.getInputStream() : call.getErrorStream()) {
      return status + (in == null ? "" : " " + new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  /** WireMock's interface of a tenant's mock of B. */
  private String admin(String method, String tenancy, String path, String body, String... headers) throws IOException {
    return call(null, method, "http://127.0.0.1:" + port(mocks, 1) + "/v1/mocks/" + tenancy.replace("/", "%2F")
        + "/B/__admin/" + path, body, null, headers);
  }

  private void awaitRoutes(String path, String tenancy, String answer) {
    await().untilAsserted(() -> assertThat(get(path, tenancy)).isEqualTo(answer));
  }

  @Test
  void stubs_answerTheirTenant_andNobodyElse_andLeaveTheRestToTheRealOwner() throws Exception {
    tenant("DownstreamB/ValidationError",
        stubs(stub("/notifications", "{ status: 422, jsonBody: { _tag: ValidationError } }")));
    tenant("two", stubs(stub("/notifications",
        "{ status: 200, body: \"{{request.method}} {{jsonPath request.body '$.name'}}\", transformers: [response-template] }")));
    awaitRoutes("/notifications", "DownstreamB/ValidationError", "422 {\"_tag\":\"ValidationError\"}");

    assertThat(call(egress, "POST", b + "/notifications", "{\"name\":\"Dennis\"}", "two")).isEqualTo("200 POST Dennis");
    assertThat(get("/other", "DownstreamB/ValidationError")).as("no stub of it: B itself").isEqualTo("200 B");
    assertThat(call(egress, "POST", b + "/other", "whole body", "two")).isEqualTo("200 B whole body");
    assertThat(call(egress, "PUT", b + "/other", "x".repeat(200_000), "two")).hasSize(200_000 + 6);
    assertThat(get("/notifications", null)).isEqualTo("200 B");
    assertThat(get("/notifications", "stranger")).isEqualTo("200 B");
    assertThat(call(null, "GET", b + "/notifications", "", "DownstreamB/ValidationError"))
        .as("a caller without a sidecar: B's own sends it to the stubs").startsWith("422 ");
    assertThat(call(null, "GET", b + "/other", "", "DownstreamB/ValidationError"))
        .as("and has it back where they do not take it").isEqualTo("200 B");
  }

  /** What templates and matchers look at. */
  @Test
  void cookiesFormsAndParts_areSeen() throws Exception {
    tenant("one", stubs(
        "{ request: { urlPath: /c, cookies: { k: { equalTo: v } } }, response: { body: \"{{request.cookies.k}}\", transformers: [response-template] } }",
        "{ request: { urlPath: /f, formParameters: { a: { equalTo: b c } } }, response: { body: form } }",
        "{ request: { urlPath: /m, multipartPatterns: [{ name: p, bodyPatterns: [{ equalTo: whole }] }] }, response: { body: part } }"));
    awaitRoutes("/ready", "one", "200 B");

    assertThat(call(egress, "GET", b + "/c", "", "one", "Cookie", "x=y; k=v")).isEqualTo("200 v");
    assertThat(call(egress, "POST", b + "/f", "z=1&a=b+c", "one", "Content-Type", "application/x-www-form-urlencoded"))
        .isEqualTo("200 form");
    assertThat(call(egress, "POST", b + "/m",
        "--x\r\nContent-Disposition: form-data; name=\"p\"\r\n\r\nwhole\r\n--x--\r\n", "one", "Content-Type",
        "multipart/form-data; boundary=x")).isEqualTo("200 part");
  }

  @Test
  void layers_oneAfterTheOther_downToAWorkload_orTheBaseline() throws Exception {
    tenant("one", stubs(stub("/1", "{ body: stub of one }"), stub("/both", "{ body: stub of one }")));
    tenant("two", stubs(stub("/2", "{ body: stub of two }"), stub("/both", "{ body: stub of two }")));
    tenant("work", "{ workload: {} }");
    gateway("B", new Tenancy("work"), new GatewaySettings.BeforeService(loopback(0), process("B\u2033")));
    awaitRoutes("/1", "one+two", "200 stub of one");
    awaitRoutes("/", "work", "200 B\u2033");

    assertThat(get("/2", "one+two")).isEqualTo("200 stub of two");
    assertThat(get("/both", "one+two")).isEqualTo("200 stub of one");
    assertThat(get("/both", "two+one")).isEqualTo("200 stub of two");
    assertThat(get("/3", "one+two")).isEqualTo("200 B");
    assertThat(get("/2", "one+work")).isEqualTo("200 B\u2033");
    assertThat(get("/1", "one+work")).isEqualTo("200 stub of one");
    assertThat(get("/1", "work+one")).as("the workload takes all").isEqualTo("200 B\u2033");
  }

  @Test
  void stubsForCallsOfOneService_takeNoOthers() throws Exception {
    tenant("one", "{ mock: { from: A, stubs: [" + stub("/x", "{ body: stub }") + "] } }");
    InetSocketAddress ofD =
        gateway("D", null, new GatewaySettings.OutOfService(loopback(0))).open().getFirst().address();
    awaitRoutes("/x", "one", "200 stub");

    assertThat(call(ofD, "GET", b + "/x", "", "one")).isEqualTo("200 B");
    assertThat(call(null, "GET", b + "/x", "", "one")).as("nobody knows whose").isEqualTo("200 B");
  }

  @Test
  void faultsAndDelays_also_overTheRealOwner() throws Exception {
    tenant("one", stubs(stub("/reset", "{ fault: CONNECTION_RESET_BY_PEER }"),
        stub("/empty", "{ fault: EMPTY_RESPONSE }"), stub("/garbage", "{ fault: RANDOM_DATA_THEN_CLOSE }"),
        stub("/chunk", "{ fault: MALFORMED_RESPONSE_CHUNK }"),
        stub("/late", "{ fixedDelayMilliseconds: 700, transformers: [passthrough] }"),
        stub("/slow", "{ body: abcdefghij, chunkedDribbleDelay: { numberOfChunks: 5, totalDuration: 700 } }")));
    awaitRoutes("/ready", "one", "200 B");
    assertThat(admin("GET", "one", "mappings", "")).contains("\"total\" : 6");

    for (String fault : List.of("/reset", "/empty", "/garbage", "/chunk")) {
      assertThatThrownBy(() -> get(fault, "one")).as(fault).isInstanceOf(IOException.class);
    }
    long before = System.nanoTime();
    assertThat(get("/late", "one")).isEqualTo("200 B");
    assertThat(get("/slow", "one")).isEqualTo("200 abcdefghij");
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofMillis(1_200));
    assertThat(get("/late", null)).isEqualTo("200 B");
  }

  @Test
  void administration_isOfOneMockAlone() throws Exception {
    tenant("one", stubs(stub("/x", "{ body: written }")));
    tenant("shop/testing/T1", stubs(stub("/x", "{ body: other }")));
    awaitRoutes("/x", "one", "200 written");
    awaitRoutes("/x", "shop/testing/T1", "200 other");

    assertThat(admin("POST", "one", "mappings",
        "{\"priority\":1,\"request\":{\"urlPath\":\"/x\"},\"response\":{\"body\":\"added\"}}"))
        .startsWith("201 ");
    assertThat(get("/x", "one")).isEqualTo("200 added");
    assertThat(get("/x", "shop/testing/T1")).isEqualTo("200 other");
    String count = "{\"urlPath\":\"/x\"}";
    assertThat(admin("POST", "one", "requests/count", count)).contains("\"count\" : 2");
    assertThat(admin("POST", "shop/testing/T1", "requests/count", count)).contains("\"count\" : 2");
    assertThat(admin("DELETE", "one", "requests", "")).startsWith("200");
    assertThat(admin("POST", "one", "requests/count", count)).contains("\"count\" : 0");
    assertThat(admin("POST", "shop/testing/T1", "requests/count", count)).contains("\"count\" : 2");
    assertThat(admin("POST", "one", "mappings/reset", "")).startsWith("200");
    assertThat(get("/x", "one")).as("what its document says").isEqualTo("200 written");
    assertThat(admin("GET", "stranger", "mappings", "")).startsWith("404 ").contains("mock-unknown");
  }

  @Test
  void otherStubs_areAnotherMock_fromTheNextRequestOn() throws Exception {
    tenant("one", stubs(stub("/x", "{ body: first }")));
    awaitRoutes("/x", "one", "200 first");
    tenant("one", stubs(stub("/x", "{ body: first }")));
    assertThat(admin("POST", "one", "requests/count", "{\"urlPath\":\"/x\"}")).as("the same stubs are the same mock")
        .doesNotContain("\"count\" : 0");

    tenant("one", stubs(stub("/x", "{ body: second }")));

    awaitRoutes("/x", "one", "200 second");
  }

  @Test
  void scenario_isTheTenantsOwn() throws Exception {
    String first = "{ scenarioName: s, newScenarioState: next, request: { urlPath: /x }, response: { body: first } }";
    String then =
        "{ scenarioName: s, requiredScenarioState: next, request: { urlPath: /x }, response: { body: then } }";
    tenant("one",
        stubs(first.replace("{ scenarioName: s,", "{ scenarioName: s, requiredScenarioState: Started,"), then));
    tenant("two",
        stubs(first.replace("{ scenarioName: s,", "{ scenarioName: s, requiredScenarioState: Started,"), then));
    awaitRoutes("/ready", "one", "200 B");
    awaitRoutes("/ready", "two", "200 B");

    assertThat(get("/x", "one")).isEqualTo("200 first");
    assertThat(get("/x", "one")).isEqualTo("200 then");
    assertThat(get("/x", "two")).isEqualTo("200 first");
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "{ request: { urlPath: /x }, response: { proxyBaseUrl: \"http://169.254.169.254\" } }",
      "{ request: { urlPath: /x }, response: { bodyFileName: passwd } }",
      "{ request: { urlPath: /x }, response: { status: 200 }, serveEventListeners: [{ name: webhook }] }",
      "{ request: { urlPath: /x }, response: { status: 200 }, unheardOf: 1 }",
      "text",
  })
  void stubThatReachesOut_orIsNone_isRefused(String mapping) {
    assertThatThrownBy(() -> tenant("one", stubs(mapping))).isInstanceOf(ProblemException.class)
        .hasMessageContaining("overrides.B.mock.stubs[0]");
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "{\"request\":{\"urlPath\":\"/x\"},\"response\":{\"proxyBaseUrl\":\"http://127.0.0.1:1\"}}",
      "{\"mappings\":[{\"request\":{\"urlPath\":\"/x\"},\"response\":{\"bodyFileName\":\"x\"}}]}",
      "{\"request\":{\"urlPath\":\"/x\"},\"response\":{},\"serveEventListeners\":[{\"name\":\"webhook\"}]}",
      "{\"request\":{\"urlPath\":\"/x\"},\"response\":{},\"postServeActions\":[{\"name\":\"webhook\"}]}",
  })
  void stubThatReachesOut_throughTheAdministration_isRefused(String mapping) throws Exception {
    tenant("one", stubs(stub("/y", "{ body: y }")));
    awaitRoutes("/y", "one", "200 y");

    assertThat(admin("POST", "one", "mappings", mapping)).startsWith("422 ").contains("stubs-reach-out");
    assertThat(admin("POST", "one", "mappings/import", mapping)).startsWith("422 ");
    for (String gateways : List.of("shutdown", "settings", "recordings/start", "files/x", "certs/wiremock-ca.crt")) {
      assertThat(admin("POST", "one", gateways, "{}")).as(gateways).startsWith("403 ");
    }
    assertThat(get("/x", "one")).isEqualTo("200 B");
  }

  @Test
  void templateThatWritesHeaders_injectsNone() throws Exception {
    tenant("one",
        stubs("{ request: { method: POST, urlPath: /x }, response: { headers: { X-Said: \"{{{request.body}}}\" }, "
            + "body: ok, transformers: [response-template] } }"));
    awaitRoutes("/ready", "one", "200 B");

    assertThat(call(egress, "POST", b + "/x", "fine", "one")).isEqualTo("200 ok");
    assertThat(call(egress, "POST", b + "/x", "a\r\nSet-Cookie: b=c", "one")).startsWith("502 ")
        .contains("stubs-failed");
  }

  @Test
  void tokenOfOneTenant_administersNoOther() throws Exception {
    Path key = directory.resolve("key");
    Path keys = directory.resolve("keys.json");
    TokenIssuer.makeKey(key, keys);
    TokenIssuer issuer = TokenIssuer.read(key);
    tenant("one", stubs(stub("/x", "{ body: x }")));
    tenant("two", stubs(stub("/x", "{ body: x }")));
    mocks = mocks(0, new GatewaySettings.Admitted(List.of(), null, keys, Admission.Strangers.REFUSED));
    String bearer = "Bearer " + issuer.issue(List.of("one"), Duration.ofMinutes(5), System.currentTimeMillis());

    await().untilAsserted(
        () -> assertThat(admin("GET", "one", "mappings", "", "Authorization", bearer)).startsWith("200 "));
    for (String path : List.of("mappings", "requests", "scenarios")) {
      assertThat(admin("GET", "two", path, "", "Authorization", bearer)).as(path).startsWith("403 ");
      assertThat(admin("GET", "one", path, "")).as(path + " without a token").startsWith("403 ");
    }
    assertThat(admin("GET", "one+two", "mappings", "", "Authorization", bearer)).startsWith("40");
  }

  @Test
  void callToTheMocks_whoseStubsAreNotOnItsLane_isRefused() throws Exception {
    tenant("one", stubs(stub("/x", "{ body: x }")));
    tenant("two", stubs(stub("/x", "{ body: y }")));
    awaitRoutes("/x", "one", "200 x");
    awaitRoutes("/x", "two", "200 y");
    String one = rest.tenant("one").overrides().getFirst().incarnation();

    String gateway = "http://127.0.0.1:" + port(mocks, 0) + "/x";
    assertThat(call(null, "GET", gateway, "", "two", "lanekeeper-stubs", "B/" + one)).startsWith("421 ");
    assertThat(call(null, "GET", gateway, "", null, "lanekeeper-stubs", "B/" + one)).startsWith("421 ");
    assertThat(call(null, "GET", gateway, "", "two")).startsWith("421 ");
    assertThat(call(null, "GET", gateway, "", "two", "lanekeeper-stubs", "nonsense")).startsWith("400 ");
  }

  /** A tenant's request names what lies beneath the stubs: that must not lead anywhere. */
  @Test
  void requestWithAForeignHost_leadsNowhereBeneathTheStubs() throws Exception {
    tenant("one", stubs(stub("/x", "{ body: x }")));
    awaitRoutes("/x", "one", "200 x");
    String life = rest.tenant("one").overrides().getFirst().incarnation();
    String stamp = stampOf("one");

    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port(mocks, 0))) {
      socket.getOutputStream().write(("GET /latest/meta-data HTTP/1.1\r\nHost: 169.254.169.254\r\nConnection: close\r\n"
          + "baggage: tenancy=one,tenancy-rev=" + stamp + "\r\nlanekeeper-stubs: B/" + life + "\r\n\r\n")
          .getBytes(StandardCharsets.US_ASCII));
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).startsWith("HTTP/1.1 421 ")
          .contains("host-unknown");
    }
  }

  /** B's process is who is asked, whatever it is called: not the control plane, say, which asks for no token here. */
  @Test
  void requestWithAForeignHost_atTheIngress_reachesTheProcessBehindIt_andNobodyElse() throws Exception {
    tenant("one", stubs(stub("/x", "{ body: x }")));
    awaitRoutes("/x", "one", "200 x");

    for (String host : List.of("127.0.0.1:" + uri.getPort(), "shop.example", "169.254.169.254", "localhost")) {
      for (String tag : List.of("", "X-Tenancy-ID: one\r\n")) {
        assertThat(raw(URI.create(b).getPort(), "GET /v1/tenants HTTP/1.1\r\nHost: " + host + "\r\n" + tag))
            .as(host + tag).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\nB");
      }
    }
  }

  private static String raw(int port, String head) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write((head + "Connection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void combinationThatLeadsToTheSameTenantTwice_ends() throws Exception {
    tenant("one", stubs(stub("/x", "{ body: x }")));
    tenant("froma", "{ mock: { from: Z, stubs: [" + stub("/x", "{ body: z }") + "] } }");
    tenant("shop/testing", stubs(stub("/x", "{ body: shop }")));
    awaitRoutes("/x", "one", "200 x");
    awaitRoutes("/x", "shop/testing", "200 shop");

    assertThat(get("/y", "one+one")).isEqualTo("200 B");
    assertThat(get("/x", "froma+froma")).isEqualTo("200 B");
    assertThat(get("/y", "shop/testing/T1+shop/testing/T2")).isEqualTo("200 B");
    assertThat(admin("POST", "one", "requests/count", "{\"urlPath\":\"/y\"}")).contains("\"count\" : 1");
  }

  @Test
  void stubsForCallsOfOneService_beneathOthers_areAsked() throws Exception {
    tenant("one", stubs(stub("/1", "{ body: one }")));
    tenant("two", "{ mock: { from: A, stubs: [" + stub("/2", "{ body: two }") + "] } }");
    awaitRoutes("/1", "one", "200 one");
    awaitRoutes("/2", "two", "200 two");

    assertThat(get("/2", "one+two")).isEqualTo("200 two");
  }

  @Test
  void tenantThatHasEnded_beneathStubs_isNotTheBaseline() throws Exception {
    tenant("one", stubs(stub("/1", "{ body: one }")));
    tenant("brief", stubs(stub("/2", "{ body: two }")));
    awaitRoutes("/1", "one", "200 one");
    awaitRoutes("/2", "brief", "200 two");
    String operation = rest.deleteTenant("brief").operation();
    await().until(() -> rest.operation(operation).state().equals("done"));
    await().untilAsserted(() -> assertThat(get("/2", "brief")).startsWith("410 "));

    assertThat(get("/1", "one+brief")).isEqualTo("200 one");
    await().untilAsserted(() -> assertThat(get("/3", "one+brief")).startsWith("410 "));
  }

  @Test
  void schemaThatLeadsElsewhere_isRefused_andOneThatDoesNot_matches() throws Exception {
    tenant("one", stubs("{ request: { urlPath: /s, bodyPatterns: [{ matchesJsonSchema: { $ref: \"" + b
        + "/schema.json\" } }] }, response: { body: s } }"));
    tenant("two", stubs(
        "{ request: { urlPath: /s, bodyPatterns: [{ matchesJsonSchema: { type: object } }] }, response: { body: s } }"));
    await().untilAsserted(() -> assertThat(call(egress, "POST", b + "/s", "{}", "two")).isEqualTo("200 s"));

    await().untilAsserted(() -> assertThat(call(egress, "POST", b + "/s", "{}", "one")).startsWith("502 ")
        .contains("stubs-failed", "leads to another document"));
    String added =
        "{\"request\":{\"bodyPatterns\":[{\"matchesJsonSchema\":\"{\\\"\\\\u0024ref\\\":\\\"http://127.0.0.1:1/\\\"}\"}]},\"response\":{}}";
    assertThat(admin("POST", "two", "mappings", added)).startsWith("422 ");
    assertThat(admin("POST", "two", "mappings", added, "Content-Type", "application/json; charset=utf-16be"))
        .startsWith("422 ");
  }

  @Test
  void stubs_areWhatTheDocumentSays_toTheLetter() throws Exception {
    tenant("one", stubs("{ request: { urlPath: /n }, response: { jsonBody: { n: null, m: [null, 1.10] } } }"));
    awaitRoutes("/n", "one", "200 {\"n\":null,\"m\":[null,1.10]}");
    String life = rest.tenant("one").overrides().getFirst().incarnation();

    tenant("one", stubs("{ request: { urlPath: /n }, response: { jsonBody: { n: null, m: [null, 1.10] } } }"));

    assertThat(rest.tenant("one").overrides().getFirst().incarnation()).isEqualTo(life);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/o?q=a|b", "/o/{x}", "/o?q=\"", "/o?q=100%", "/%zz"})
  void targetThatJavaDoesNotLike_reachesTheRealOwner(String target) throws Exception {
    tenant("one", stubs(stub("/x", "{ body: x }")));
    awaitRoutes("/x", "one", "200 x");

    assertThat(raw(URI.create(b).getPort(), "GET " + target + " HTTP/1.1\r\nHost: b\r\nX-Tenancy-ID: one\r\n"))
        .isEqualTo(raw(URI.create(b).getPort(), "GET " + target + " HTTP/1.1\r\nHost: b\r\n"));
  }

  /** Whoever waits for it is told in the end; meanwhile others are answered. */
  @Test
  void patternThatTakesForEver_isItsTenantsOwnTrouble() throws Exception {
    tenant("busy", stubs("{ request: { urlPathPattern: \"/(x+x+)+\\\\1y\" }, response: { body: never } }"));
    tenant("good", stubs(stub("/x", "{ body: x }")));
    awaitRoutes("/x", "good", "200 x");
    awaitRoutes("/ready", "busy", "200 B");
    List<CompletableFuture<String>> waiting = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      waiting.add(CompletableFuture.supplyAsync(() -> {
        try {
          return get("/" + "x".repeat(60), "busy");
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }, Executors.newVirtualThreadPerTaskExecutor()));
    }

    for (int i = 0; i < 20; i++) {
      assertThat(get("/x", "good")).isEqualTo("200 x");
    }
    assertThat(waiting).allSatisfy(one -> assertThat(one).succeedsWithin(Duration.ofSeconds(60)).asString()
        .startsWith("502 ").contains("stubs-failed"));
  }

  /** As the table says now. */
  private String stampOf(String tenancy) throws Exception {
    try (RouteClient routes = RouteClient.builder(controlPlane.uri()).self(ServiceName.of("test"), null)
        .diskDirectory(null).start()) {
      await().until(() -> routes.view().table().isRegistered(new Tenancy(tenancy)));
      return routes.view().table().stamp().text();
    }
  }

  @Test
  void mockWithoutAGatewayForIt_isRefused() throws Exception {
    rest.applyYaml("kind: Environment\nprofile: staging\n");

    assertThatThrownBy(() -> tenant("one", stubs())).isInstanceOf(ProblemException.class)
        .hasMessageContaining("no gateway serves mocks");
  }

  /** The tables and the stubs on disk are enough, also for a mock that nobody has asked yet. */
  @Test
  void controlPlaneGone_andTheGatewayOfTheMocksStartedAnew_answersAllTheSame() throws Exception {
    tenant("one", stubs(stub("/x", "{ body: x }")));
    awaitRoutes("/ready", "one", "200 B");
    await().until(() -> java.nio.file.Files.exists(directory.resolve("stubs"))
        && directory.resolve("stubs").toFile().list().length == 1);
    int port = port(mocks, 0);
    mocks.close();
    open.remove(mocks);
    controlPlane.close();
    gone = true;

    mocks(port, GatewaySettings.Admitted.LOOPBACK);

    awaitRoutes("/x", "one", "200 x");
  }
}
