package dev.lanekeeper.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanekeeper.model.RouteTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds while a process starts, and whatever the user configured. */
class StartIT {

  private static final Path JDK = AgentProcess.jdks().get(0);
  private static final Map<String, String> BY_PLAIN_HEADER = Map.of("X-Tenancy-ID", "123");

  private final List<AgentProcess> processes = new ArrayList<>();
  private final List<AutoCloseable> servers = new ArrayList<>();
  @TempDir private Path directory = Path.of("");
  private final EchoServer baseline = server("BASE");
  private final RouteTable table = CallScenario.table(baseline, server("TEST"), server("OUTSIDE"));

  StartIT() throws Exception {}

  @AfterEach
  void stop() throws Exception {
    for (AgentProcess process : processes) {
      process.stop();
    }
    for (AutoCloseable server : servers) {
      server.close();
    }
  }

  private EchoServer server(String name) throws IOException {
    EchoServer server = new EchoServer(name);
    servers.add(server);
    return server;
  }

  private StubControlPlane controlPlane(Duration delay) throws Exception {
    StubControlPlane controlPlane = new StubControlPlane(table, delay);
    servers.add(controlPlane);
    return controlPlane;
  }

  private AgentProcess app(String client, Map<String, String> settings) throws Exception {
    Map<String, String> all = new HashMap<>(settings);
    all.put("lanekeeper.dir", directory.resolve("routes").toString());
    AgentProcess app = new AgentProcess(JDK, client, all);
    processes.add(app);
    return app;
  }

  private String shop() {
    return "http://localhost:" + baseline.port() + "/x";
  }

  @ParameterizedTest
  @ValueSource(strings = {"b3", "none", "tracecontext", "lanekeeper,baggage"})
  void propagators_withoutOurs_keepTheTenancyNevertheless(String propagators) throws Exception {
    AgentProcess app = app("jdk",
        Map.of("otel.propagators", propagators, "lanekeeper.control-plane",
            controlPlane(Duration.ZERO).url().toString()));

    assertThat(app.call(shop(), false, BY_PLAIN_HEADER)).startsWith("TEST").contains("X-Tenancy-ID=123");
    assertThat(app.call(shop(), false, CallScenario.TAGGED)).startsWith("TEST").contains("tenancy=123");
    assertThat(app.call(shop(), false, CallScenario.UNTAGGED)).startsWith("BASE");
    assertThat(app.errors()).contains("propagator=in effect");
  }

  @Test
  void configurationFile_withoutOurPropagator_isNotSilent() throws Exception {
    AgentProcess app = configured("tracecontext:\n    - baggage:");

    assertThat(app.call(shop(), false, CallScenario.TAGGED)).startsWith("TEST");
    assertThat(app.errors()).contains("propagator=MISSING").contains("THE TENANCY OF INCOMING REQUESTS IS LOST");
  }

  @Test
  void configurationFile_withOurPropagator_isAllThatIsNeeded() throws Exception {
    AgentProcess app = configured("tracecontext:\n    - baggage:\n    - lanekeeper:");

    assertThat(app.call(shop(), false, BY_PLAIN_HEADER)).startsWith("TEST");
    assertThat(app.errors()).contains("propagator=in effect");
  }

  private AgentProcess configured(String propagators) throws Exception {
    Path file = Files.writeString(directory.resolve("otel.yaml"),
        "file_format: \"1.0\"\npropagator:\n  composite:\n    - " + propagators + "\n");
    return app("jdk", Map.of("otel.config.file", file.toString(), "otel.experimental.config.file", file.toString(),
        "lanekeeper.control-plane", controlPlane(Duration.ZERO).url().toString()));
  }

  @Test
  void gatesOfKafkaSwitchedOff_aWorkloadUnderTestDoesNotConsume_andTheBaselineDoes() throws Exception {
    Map<String, String> settings = new HashMap<>(Map.of("lanekeeper.service", "C", "lanekeeper.control-plane",
        controlPlane(Duration.ZERO).url().toString(), "otel.instrumentation.lanekeeper-kafka-clients.enabled",
        "false"));
    assertThat(app("jdk", settings).get("/subscribe", Map.of())).isEqualTo("[orders] in orders");

    settings.put("lanekeeper.tenancy", "123");
    assertThat(app("jdk", settings).get("/subscribe", Map.of()))
        .startsWith("java.lang.IllegalStateException: lanekeeper:")
        .contains("KafkaConsumer in C for tenancy 123", "kafka-clients 3.0 to 4.3",
            "otel.instrumentation.lanekeeper-kafka-clients.enabled");
  }

  @ParameterizedTest
  @ValueSource(strings = {"jdk", "okhttp"})
  void firstRequest_racingTheStart_waitsForTheTable(String client) throws Exception {
    AgentProcess app =
        app(client, Map.of("lanekeeper.control-plane", controlPlane(Duration.ofSeconds(3)).url().toString(),
            "lanekeeper.patience-millis", "20000"));

    assertThat(app.call(shop(), false, CallScenario.UNTAGGED)).startsWith("BASE");
    assertThat(app.call(shop(), true, CallScenario.TAGGED)).startsWith("TEST");
  }

  @ParameterizedTest
  @ValueSource(strings = {"jdk", "okhttp"})
  void answer_delayedBeyondPatience_isRefusalAndNeverTheBaseline(String client) throws Exception {
    AgentProcess app =
        app(client, Map.of("lanekeeper.control-plane", controlPlane(Duration.ofSeconds(8)).url().toString(),
            "lanekeeper.patience-millis", "300"));

    for (boolean asynchronous : List.of(false, true)) {
      assertThat(app.call(shop(), asynchronous, CallScenario.TAGGED)).startsWith("FAILED").contains("tenancy-in-doubt");
      assertThat(app.call(shop(), asynchronous, CallScenario.UNTAGGED)).startsWith("BASE");
    }
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    String last = "";
    while (!last.startsWith("TEST") && System.nanoTime() < deadline) {
      last = app.call(shop(), true, CallScenario.TAGGED);
      assertThat(last).doesNotStartWith("BASE");
    }
    assertThat(last).startsWith("TEST");
  }

  @Test
  void process_withoutAControlPlane_saysSo_andRefusesTaggedCalls() throws Exception {
    AgentProcess app = app("jdk", Map.of());

    assertThat(app.call(shop(), false, CallScenario.TAGGED)).startsWith("FAILED").contains("tenancy-in-doubt");
    assertThat(app.call(shop(), false, CallScenario.UNTAGGED)).startsWith("BASE");
    assertThat(app.errors()).contains("control-plane=NONE");
  }

  @Test
  void process_withItsTableOnDisk_startsFromIt() throws Exception {
    StubControlPlane controlPlane = controlPlane(Duration.ZERO);
    Map<String, String> settings = Map.of("lanekeeper.control-plane", controlPlane.url().toString());
    AgentProcess first = app("jdk", settings);
    assertThat(first.call(shop(), false, CallScenario.TAGGED)).startsWith("TEST");
    controlPlane.close();
    first.stop();

    AgentProcess second = app("jdk", settings);

    assertThat(second.call(shop(), false, CallScenario.TAGGED)).startsWith("TEST");
    assertThat(second.errors()).contains("table=revision 3");
  }

  @ParameterizedTest
  @ValueSource(strings = {"jdk", "okhttp"})
  void tableOnDisk_fromBeforeTheTenant_isNotTakenForTheNewest(String client) throws Exception {
    StubControlPlane controlPlane = controlPlane(Duration.ZERO);
    Map<String, String> settings = new HashMap<>(Map.of("lanekeeper.control-plane", controlPlane.url().toString()));
    controlPlane.serve(CallScenario.beforeTheTenant(table));
    AgentProcess first = app(client, settings);
    assertThat(first.call(shop(), false, CallScenario.TAGGED)).startsWith("BASE");
    first.stop();
    controlPlane.serve(table);
    controlPlane.delay(Duration.ofSeconds(3));
    settings.put("lanekeeper.patience-millis", "20000");

    AgentProcess second = app(client, settings);

    assertThat(second.call(shop(), false, CallScenario.TAGGED)).startsWith("TEST");
    assertThat(second.errors()).contains("from disk");
  }

  @ParameterizedTest
  @ValueSource(strings = {"lanekeeper.patience-millis=2s", "lanekeeper.service=my_shop",
      "lanekeeper.tenancy=feature  x"})
  void workloadUnderTest_whoseSettingsAreWrong_isNeverTheBaseline(String wrong) throws Exception {
    Map<String, String> settings = new HashMap<>(Map.of("lanekeeper.control-plane",
        controlPlane(Duration.ZERO).url().toString(), "lanekeeper.service", "A", "lanekeeper.tenancy", "123"));
    settings.put(wrong.substring(0, wrong.indexOf('=')), wrong.substring(wrong.indexOf('=') + 1));

    AgentProcess app = app("jdk", settings);

    assertThat(app.call(shop(), false, CallScenario.UNTAGGED)).as("of its own accord").startsWith("FAILED")
        .contains("tenancy-in-doubt");
    assertThat(app.errors()).contains("TAGGED CALLS ARE REFUSED");
  }

  @ParameterizedTest
  @ValueSource(strings = {"lanekeeper-java-http-client", "lanekeeper"})
  void module_thatIsSwitchedOff_isNotSilent(String name) throws Exception {
    AgentProcess app = app("jdk", Map.of("otel.instrumentation." + name + ".enabled", "false",
        "lanekeeper.control-plane", controlPlane(Duration.ZERO).url().toString()));

    app.call(shop(), false, CallScenario.UNTAGGED);

    assertThat(app.errors()).contains("java.net.http: NOT MATCHED: otel.instrumentation." + name + ".enabled is false");
  }

  @Test
  void configurationFile_withOurPropagatorBeforeBaggage_isNotSilent() throws Exception {
    AgentProcess app = configured("lanekeeper:\n    - baggage:");

    app.call(shop(), false, CallScenario.UNTAGGED);

    assertThat(app.errors()).contains("propagator=MISSING").contains("or not the last");
  }

  @Test
  void line_atStart_saysWhoThisIsAndWhatMatched() throws Exception {
    AgentProcess app = app("jdk", Map.of("lanekeeper.service", "A", "lanekeeper.control-plane",
        controlPlane(Duration.ZERO).url().toString()));

    app.call(shop(), false, CallScenario.UNTAGGED);

    assertThat(app.errors()).contains("[lanekeeper] 0.").contains("service=A tenancy=-")
        .contains("matched=[java.net.http (JDK ")
        .doesNotContain("NOT-MATCHED");
  }

  @ParameterizedTest
  @ValueSource(strings = {"jdk", "okhttp"})
  void spans_withEveryModuleOn_areThereAndBearTheTenancy(String client) throws Exception {
    AgentProcess app =
        app(client, Map.of("otel.instrumentation.common.default-enabled", "true", "otel.traces.exporter", "console",
            "otel.bsp.schedule.delay", "50", "lanekeeper.control-plane", controlPlane(Duration.ZERO).url().toString()));

    assertThat(app.call(shop(), false, CallScenario.TAGGED)).startsWith("TEST");
    assertThat(app.call(shop(), true, CallScenario.TAGGED)).startsWith("TEST");

    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (spans(app, "CLIENT") < 2 && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertThat(spans(app, "CLIENT")).as(app.errors()).isEqualTo(2);
    assertThat(spans(app, "SERVER")).isEqualTo(2);
    assertThat(app.errors()).containsPattern("\\btenancy=123\\b").contains("server.address=localhost");
  }

  private static long spans(AgentProcess app, String kind) {
    return app.errors().lines().filter(line -> line.contains("LoggingSpanExporter") && line.contains(" " + kind + " "))
        .count();
  }
}
