package dev.lanekeeper.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds while a process starts. */
class StartIT {

  @TempDir private Path directory = Path.of("");
  private final Surroundings around = new Surroundings();

  StartIT() throws Exception {}

  @AfterEach
  void stop() throws Exception {
    around.stop();
  }

  private AgentProcess app(String client, Map<String, String> settings) throws Exception {
    return around.app(client, directory.resolve("routes"), settings);
  }

  @ParameterizedTest
  @ValueSource(strings = {"jdk", "okhttp"})
  void firstRequest_racingTheStart_waitsForTheTable(String client) throws Exception {
    AgentProcess app =
        app(client, Map.of("lanekeeper.control-plane", around.controlPlane(Duration.ofSeconds(3)).url().toString(),
            "lanekeeper.patience-millis", "20000"));

    assertThat(app.call(around.shop(), false, CallScenario.UNTAGGED)).startsWith("BASE");
    assertThat(app.call(around.shop(), true, CallScenario.TAGGED)).startsWith("TEST");
  }

  @ParameterizedTest
  @ValueSource(strings = {"jdk", "okhttp"})
  void answer_delayedBeyondPatience_isRefusalAndNeverTheBaseline(String client) throws Exception {
    AgentProcess app =
        app(client, Map.of("lanekeeper.control-plane", around.controlPlane(Duration.ofSeconds(8)).url().toString(),
            "lanekeeper.patience-millis", "300"));

    for (boolean asynchronous : List.of(false, true)) {
      assertThat(app.call(around.shop(), asynchronous, CallScenario.TAGGED)).startsWith("FAILED")
          .contains("tenancy-in-doubt");
      assertThat(app.call(around.shop(), asynchronous, CallScenario.UNTAGGED)).startsWith("BASE");
    }
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    String last = "";
    while (!last.startsWith("TEST") && System.nanoTime() < deadline) {
      last = app.call(around.shop(), true, CallScenario.TAGGED);
      assertThat(last).doesNotStartWith("BASE");
    }
    assertThat(last).startsWith("TEST");
  }

  @Test
  void process_withoutAControlPlane_saysSo_andRefusesTaggedCalls() throws Exception {
    AgentProcess app = app("jdk", Map.of());

    assertThat(app.call(around.shop(), false, CallScenario.TAGGED)).startsWith("FAILED").contains("tenancy-in-doubt");
    assertThat(app.call(around.shop(), false, CallScenario.UNTAGGED)).startsWith("BASE");
    assertThat(app.errors()).contains("control-plane=NONE");
  }

  @Test
  void process_withItsTableOnDisk_startsFromIt() throws Exception {
    StubControlPlane controlPlane = around.controlPlane(Duration.ZERO);
    Map<String, String> settings = Map.of("lanekeeper.control-plane", controlPlane.url().toString());
    AgentProcess first = app("jdk", settings);
    assertThat(first.call(around.shop(), false, CallScenario.TAGGED)).startsWith("TEST");
    controlPlane.close();
    first.stop();

    AgentProcess second = app("jdk", settings);

    assertThat(second.call(around.shop(), false, CallScenario.TAGGED)).startsWith("TEST");
    assertThat(second.errors()).contains("table=revision 3");
  }

  @ParameterizedTest
  @ValueSource(strings = {"jdk", "okhttp"})
  void tableOnDisk_fromBeforeTheTenant_isNotTakenForTheNewest(String client) throws Exception {
    StubControlPlane controlPlane = around.controlPlane(Duration.ZERO);
    Map<String, String> settings = new HashMap<>(Map.of("lanekeeper.control-plane", controlPlane.url().toString()));
    controlPlane.serve(CallScenario.beforeTheTenant(around.table()));
    AgentProcess first = app(client, settings);
    assertThat(first.call(around.shop(), false, CallScenario.TAGGED)).startsWith("BASE");
    first.stop();
    controlPlane.serve(around.table());
    controlPlane.delay(Duration.ofSeconds(3));
    settings.put("lanekeeper.patience-millis", "20000");

    AgentProcess second = app(client, settings);

    assertThat(second.call(around.shop(), false, CallScenario.TAGGED)).startsWith("TEST");
    assertThat(second.errors()).contains("from disk");
  }

  @Test
  void line_atStart_saysWhoThisIsAndWhatMatched() throws Exception {
    AgentProcess app = app("jdk", Map.of("lanekeeper.service", "A", "lanekeeper.control-plane",
        around.controlPlane(Duration.ZERO).url().toString()));

    app.call(around.shop(), false, CallScenario.UNTAGGED);

    assertThat(app.errors()).contains("[lanekeeper] 0.").contains("service=A tenancy=-")
        .contains("matched=[java.net.http (JDK ")
        .doesNotContain("NOT-MATCHED");
  }

  @ParameterizedTest
  @ValueSource(strings = {"jdk", "okhttp"})
  void spans_withEveryModuleOn_areThereAndBearTheTenancy(String client) throws Exception {
    AgentProcess app =
        app(client, Map.of("otel.instrumentation.common.default-enabled", "true", "otel.traces.exporter", "console",
            "otel.bsp.schedule.delay", "50", "lanekeeper.control-plane",
            around.controlPlane(Duration.ZERO).url().toString()));

    assertThat(app.call(around.shop(), false, CallScenario.TAGGED)).startsWith("TEST");
    assertThat(app.call(around.shop(), true, CallScenario.TAGGED)).startsWith("TEST");

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
