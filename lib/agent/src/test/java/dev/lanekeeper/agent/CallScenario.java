package dev.lanekeeper.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lanekeeper.model.Environment;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.OverrideLife;
import dev.lanekeeper.model.Policy;
import dev.lanekeeper.model.RevisionLog;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.Service;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Target;
import dev.lanekeeper.model.Tenancy;
import dev.lanekeeper.model.TenantLife;
import dev.lanekeeper.model.WireNames;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What holds for the calls of every client library, on every JDK: {@code shop} is overridden for {@code 123}, the tenant
 * {@code gone} has ended, {@code bank} is outside. For {@code stubbed} there are stubs of {@code shop}, served where the workload is, and
 * for {@code others} some that take the calls of another service than this one.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class CallScenario {

  static final Map<String, String> UNTAGGED = Map.of();
  static final Map<String, String> TAGGED = Map.of("baggage", "other=1,tenancy=123");
  private static final RevisionLog LOG = RevisionLog.EMPTY.append(1, 7, 1_000).append(2, 8, 2_000).append(3, 9, 3_000);

  private final EchoServer baseline;
  private final EchoServer underTest;
  private final EchoServer outside;
  private final StubControlPlane controlPlane;
  private final String client;
  private final Map<Path, AgentProcess> processes = new LinkedHashMap<>();

  CallScenario(String client) throws Exception {
    this.client = client;
    baseline = new EchoServer("BASE");
    underTest = new EchoServer("TEST");
    outside = new EchoServer("OUTSIDE");
    controlPlane = new StubControlPlane(table(baseline, underTest, outside), Duration.ZERO);
  }

  static RouteTable table(EchoServer baseline, EchoServer underTest, EchoServer outside) {
    URI address = URI.create("http://127.0.0.1:" + underTest.port());
    return table(List.of("localhost:" + baseline.port()), address, List.of("127.0.0.1:" + outside.port()));
  }

  static RouteTable table(List<String> hosts, URI address, List<String> outside) {
    ServiceName shop = ServiceName.of("shop");
    return RouteTable.of(new RouteTable.Content(0, LOG,
        List.of(new TenantLife(new Tenancy("123"), 2, OverrideLife.OPEN), new TenantLife(new Tenancy("gone"), 1, 2),
            new TenantLife(new Tenancy("stubbed"), 2, OverrideLife.OPEN),
            new TenantLife(new Tenancy("others"), 2, OverrideLife.OPEN)),
        List.of(stubs("i2", "stubbed", null), stubs("i3", "others", ServiceName.of("somebody")),
            OverrideLife.served(new Incarnation("i1"), shop, new Tenancy("123"), 2, OverrideLife.OPEN,
                new Target.Redirect(address),
                List.of())),
        List.of(new Service(shop, hosts, false), new Service(ServiceName.of("bank"), outside, true)), List.of(),
        List.of(new Environment(1, "staging", Policy.STAGING, List.of(), WireNames.STANDARD, address))));
  }

  private static OverrideLife stubs(String incarnation, String tenancy, @Nullable ServiceName from) {
    return OverrideLife.served(new Incarnation(incarnation), ServiceName.of("shop"), new Tenancy(tenancy), 2,
        OverrideLife.OPEN, new Target.Mock(from, incarnation, null), List.of());
  }

  /** The table as it was at its first revision. */
  static RouteTable beforeTheTenant(RouteTable table) {
    RouteTable.Content content = table.content();
    return RouteTable.of(new RouteTable.Content(0, RevisionLog.EMPTY.append(1, 7, 1_000), List.of(), List.of(),
        content.services(), List.of(), List.of()));
  }

  @BeforeAll
  void start() throws Exception {
    for (Path jdk : AgentProcess.jdks()) {
      AgentProcess process =
          new AgentProcess(jdk, client, Map.of("lanekeeper.control-plane", controlPlane.url().toString(),
              "lanekeeper.dir", Files.createTempDirectory("lanekeeper").toString()));
      processes.put(jdk, process);
    }
  }

  @AfterAll
  void stop() throws Exception {
    for (AgentProcess process : processes.values()) {
      process.stop();
    }
    controlPlane.close();
    outside.close();
    underTest.close();
    baseline.close();
  }

  Stream<AgentProcess> processes() {
    return processes.values().stream();
  }

  final String shop(String path) {
    return "http://localhost:" + baseline.port() + path;
  }

  private String bank(String path) {
    return "http://127.0.0.1:" + outside.port() + path;
  }

  @ParameterizedTest
  @MethodSource("processes")
  void call_untagged_reachesTheBaselineUnchanged(AgentProcess app) throws Exception {
    for (boolean asynchronous : List.of(false, true)) {
      assertThat(app.call(shop("/x"), asynchronous, UNTAGGED))
          .startsWith("BASE path=/x Host=localhost:" + baseline.port())
          .contains("baggage=null X-Tenancy-ID=null request-tenancy=null");
    }
  }

  @ParameterizedTest
  @MethodSource("processes")
  void call_tagged_reachesItsOwner_andTheApplicationSeesItsOwnHost(AgentProcess app) throws Exception {
    for (boolean asynchronous : List.of(false, true)) {
      assertThat(app.call(shop("/x?q=1"), asynchronous, TAGGED))
          .startsWith("TEST path=/x Host=localhost:" + baseline.port())
          .contains("baggage=tenancy=123,tenancy-rev=3-00000009,other=1 X-Tenancy-ID=123 request-tenancy=123")
          .contains("| " + shop("/x?q=1") + " " + shop("/x?q=1") + " |");
    }
  }

  @ParameterizedTest
  @MethodSource("processes")
  void call_taggedByAPlainHeader_reachesItsOwner(AgentProcess app) throws Exception {
    assertThat(app.call(shop("/x"), false, Map.of("X-Tenancy-ID", "123"))).startsWith("TEST");
    assertThat(app.call(shop("/x"), true, Map.of("request-tenancy", "123"))).startsWith("TEST");
  }

  @ParameterizedTest
  @MethodSource("processes")
  void call_withAnEarlierStamp_seesTheRoutesOfThen(AgentProcess app) throws Exception {
    assertThat(app.call(shop("/x"), false, Map.of("baggage", "tenancy=123,tenancy-rev=1-00000007"))).startsWith("BASE")
        .contains("tenancy-rev=1-00000007");
    assertThat(app.call(shop("/x"), false, Map.of("baggage", "tenancy=123,tenancy-rev=1-0badbeef"))).as("forged")
        .startsWith("TEST");
  }

  @ParameterizedTest
  @MethodSource("processes")
  void calls_interleaved_neverShareAConnection(AgentProcess app) throws Exception {
    for (int i = 0; i < 20; i++) {
      assertThat(app.call(shop("/x"), i % 2 == 0, UNTAGGED)).startsWith("BASE");
      assertThat(app.call(shop("/x"), i % 4 < 2, TAGGED)).startsWith("TEST");
      assertThat(app.call(shop("/x"), i % 2 == 0, Map.of("baggage", "tenancy=unregistered"))).startsWith("BASE")
          .contains("X-Tenancy-ID=unregistered");
    }
  }

  @ParameterizedTest
  @MethodSource("processes")
  void call_ofAnEndedTenant_failsAsIfTheServerWereAway(AgentProcess app) throws Exception {
    for (boolean asynchronous : List.of(false, true)) {
      assertThat(app.call(shop("/x"), asynchronous, Map.of("baggage", "tenancy=gone"))).startsWith("FAILED")
          .contains("tenancy-ended")
          .contains("| true");
    }
  }

  @ParameterizedTest
  @MethodSource("processes")
  void redirection_ofATaggedCall_staysInItsLane(AgentProcess app) throws Exception {
    for (boolean asynchronous : List.of(false, true)) {
      assertThat(app.call(shop("/to?" + shop("/y")), asynchronous, TAGGED)).as("absolute").startsWith("TEST path=/y");
      assertThat(app.call(shop("/to?/y"), asynchronous, TAGGED)).as("relative").startsWith("TEST path=/y")
          .contains("| " + shop("/y"));
      assertThat(app.call(shop("/to?http://127.0.0.1:" + underTest.port() + "/y"), asynchronous, TAGGED))
          .as("by its own address")
          .startsWith("TEST path=/y");
      assertThat(app.call(shop("/to?" + shop("/y")), asynchronous, UNTAGGED)).startsWith("BASE path=/y");
    }
  }

  @ParameterizedTest
  @MethodSource("processes")
  void call_whoseOwnerIsAMock_goesToTheGatewayOfMocks_andSaysWhichStubs(AgentProcess app) throws Exception {
    Map<String, String> stubbed = Map.of("baggage", "tenancy=stubbed");
    for (boolean asynchronous : List.of(false, true)) {
      assertThat(app.call(shop("/x"), asynchronous, stubbed))
          .startsWith("TEST path=/x Host=localhost:" + baseline.port()).contains("X-Tenancy-ID=stubbed")
          .contains("lanekeeper-stubs=shop/i2");
      assertThat(app.call(shop("/to?" + bank("/x")), asynchronous, stubbed)).as("redirected outside")
          .startsWith("OUTSIDE").contains("X-Tenancy-ID=null").contains("lanekeeper-stubs=null");
      assertThat(app.call(shop("/to?/y"), asynchronous, stubbed)).as("redirected to itself").startsWith("TEST path=/y")
          .contains("lanekeeper-stubs=shop/i2");
      assertThat(app.call(shop("/x"), asynchronous, TAGGED)).startsWith("TEST").contains("lanekeeper-stubs=null");
      assertThat(app.call(shop("/x"), asynchronous, UNTAGGED)).startsWith("BASE").contains("lanekeeper-stubs=null");
      assertThat(app.call(shop("/x"), asynchronous, Map.of("baggage", "tenancy=others"))).as("for another's calls")
          .startsWith("BASE").contains("X-Tenancy-ID=others").contains("lanekeeper-stubs=null");
    }
  }

  @ParameterizedTest
  @MethodSource("processes")
  void call_traced_tellsTheControlPlaneWhatBecameOfIt(AgentProcess app) throws Exception {
    String name = UUID.randomUUID().toString();
    String told = "\"trace\":\"" + name + "\"";
    for (boolean asynchronous : List.of(false, true)) {
      assertThat(app.call(shop("/x"), asynchronous, Map.of("baggage", "other=1,tenancy=123,lanekeeper-trace=" + name)))
          .startsWith("TEST").contains("tenancy=123,tenancy-rev=3-00000009,lanekeeper-trace=" + name + ",other=1");
      assertThat(app.call(shop("/x"), asynchronous, Map.of("baggage", "tenancy=gone,lanekeeper-trace=" + name)))
          .startsWith("FAILED");
      assertThat(app.call(bank("/x"), asynchronous, Map.of("baggage", "tenancy=123,lanekeeper-trace=" + name)))
          .startsWith("OUTSIDE").contains("baggage=null");
    }
    await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(controlPlane.hops())
        .containsPattern(told + "[^}]*\"kind\":\"call\"[^}]*\"to\":\"shop\",\"tag\":\"123\",\"stamp\":\"3-00000009\","
            + "\"outcome\":\"redirect\",\"reason\":\"override\",\"address\":\"http://[^}]*\"owner\":\"i1\"")
        .containsPattern(told + "[^}]*\"outcome\":\"refuse\",\"reason\":\"tenancy-ended\"")
        .containsPattern(told + "[^}]*\"to\":\"bank\"[^}]*\"outcome\":\"pass\",\"reason\":\"outside\""));
  }

  @ParameterizedTest
  @MethodSource("processes")
  void call_toAnOutsideHost_tellsItNothing(AgentProcess app) throws Exception {
    for (boolean asynchronous : List.of(false, true)) {
      String nothing = "X-Tenancy-ID=null request-tenancy=null";
      assertThat(app.call(bank("/x"), asynchronous, TAGGED)).startsWith("OUTSIDE")
          .contains("baggage=other=1 " + nothing);
      assertThat(app.call(shop("/to?" + bank("/x")), asynchronous, TAGGED)).as("redirected").startsWith("OUTSIDE")
          .contains("baggage=other=1 " + nothing);
      assertThat(app.call(bank("/to?" + shop("/y")), asynchronous, TAGGED)).as("and back").startsWith("TEST path=/y")
          .contains("X-Tenancy-ID=123");
    }
  }

  @ParameterizedTest
  @MethodSource("processes")
  void call_throughAClientThatIsNotRouted_tellsAnOutsideHostNothing(AgentProcess app) throws Exception {
    assertThat(app.callUnrouted(bank("/x"), TAGGED)).startsWith("OUTSIDE")
        .contains("baggage=other=1 X-Tenancy-ID=null request-tenancy=null");
    assertThat(app.callUnrouted(shop("/x"), Map.of("baggage", "tenancy=unregistered"))).startsWith("BASE")
        .contains("X-Tenancy-ID=unregistered");
  }

  @ParameterizedTest
  @MethodSource("processes")
  void call_taggedByTheApplicationItself_reachesItsOwner(AgentProcess app) throws Exception {
    assertThat(app.callWith("X-Tenancy-ID", "123", shop("/x"))).startsWith("TEST").contains("tenancy-rev=3-00000009");
    assertThat(app.callWith("X-Tenancy-ID", "gone", shop("/x"))).startsWith("FAILED").contains("tenancy-ended");
    assertThat(app.callWith("X-Tenancy-ID", "123", bank("/x"))).startsWith("OUTSIDE").contains("X-Tenancy-ID=null");
  }

  @ParameterizedTest
  @MethodSource("processes")
  void call_toAUrlThatLooksLikeOneOfOurs_isWhatItWas(AgentProcess app) throws Exception {
    String forged = "#lanekeeper@localhost%3A" + underTest.port() + "@tenancy%3D123@";
    assertThat(app.call(shop("/to?/y" + forged), false, UNTAGGED)).startsWith("BASE path=/y").contains(
        "X-Tenancy-ID=null");
    assertThat(app.call(shop("/to?" + shop("/y") + "%23lanekeeper@x@@"), false, TAGGED)).startsWith("TEST path=/y");
  }

  @ParameterizedTest
  @MethodSource("processes")
  void cookiesAndCredentials_belongToTheApplicationsHost(AgentProcess app) throws Exception {
    app.call(shop("/login"), false, TAGGED);

    assertThat(app.call(shop("/x"), false, TAGGED)).contains("Cookie=session=TEST");
    assertThat(app.call(shop("/private"), false, TAGGED)).startsWith("TEST")
        .contains("Authorization=Basic bG9jYWxob3N0OnNlY3JldA=="); // localhost:secret
    assertThat(app.get("/cookies", UNTAGGED)).contains("localhost").contains("session=");
  }

  @ParameterizedTest
  @MethodSource("processes")
  @Order(Integer.MAX_VALUE)
  void call_whenSomethingOfOursThrows_isRefused_andUntaggedPasses(AgentProcess app) throws Exception {
    assertThat(app.get("/break", UNTAGGED)).isEqualTo("broken");

    for (boolean asynchronous : List.of(false, true)) {
      assertThat(app.call(shop("/x"), asynchronous, TAGGED)).startsWith("FAILED").contains("lanekeeper-failed")
          .contains("| true");
      assertThat(app.call(shop("/x"), asynchronous, Map.of("X-Tenancy-ID", "123"))).startsWith("FAILED");
      assertThat(app.call(shop("/x"), asynchronous, UNTAGGED)).startsWith("BASE");
    }
  }
}
