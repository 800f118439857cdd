package dev.lanekeeper.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds whatever the user configured. */
class ConfigurationIT {

  private static final Map<String, String> BY_PLAIN_HEADER = Map.of("X-Tenancy-ID", "123");

  @TempDir private Path directory = Path.of("");
  private final Surroundings around = new Surroundings();

  ConfigurationIT() throws Exception {}

  @AfterEach
  void stop() throws Exception {
    around.stop();
  }

  private AgentProcess app(String client, Map<String, String> settings) throws Exception {
    return around.app(client, directory.resolve("routes"), settings);
  }

  @ParameterizedTest
  @ValueSource(strings = {"b3", "none", "tracecontext", "lanekeeper,baggage"})
  void propagators_withoutOurs_keepTheTenancyNevertheless(String propagators) throws Exception {
    AgentProcess app = app("jdk",
        Map.of("otel.propagators", propagators, "lanekeeper.control-plane",
            around.controlPlane(Duration.ZERO).url().toString()));

    assertThat(app.call(around.shop(), false, BY_PLAIN_HEADER)).startsWith("TEST").contains("X-Tenancy-ID=123");
    assertThat(app.call(around.shop(), false, CallScenario.TAGGED)).startsWith("TEST").contains("tenancy=123");
    assertThat(app.call(around.shop(), false, CallScenario.UNTAGGED)).startsWith("BASE");
    assertThat(app.errors()).contains("propagator=in effect");
  }

  @Test
  void configurationFile_withoutOurPropagator_isNotSilent() throws Exception {
    AgentProcess app = configured("tracecontext:\n    - baggage:");

    assertThat(app.call(around.shop(), false, CallScenario.TAGGED)).startsWith("TEST");
    assertThat(app.errors()).contains("propagator=MISSING").contains("THE TENANCY OF INCOMING REQUESTS IS LOST");
  }

  @Test
  void configurationFile_withOurPropagator_isAllThatIsNeeded() throws Exception {
    AgentProcess app = configured("tracecontext:\n    - baggage:\n    - lanekeeper:");

    assertThat(app.call(around.shop(), false, BY_PLAIN_HEADER)).startsWith("TEST");
    assertThat(app.errors()).contains("propagator=in effect");
  }

  private AgentProcess configured(String propagators) throws Exception {
    Path file = Files.writeString(directory.resolve("otel.yaml"),
        "file_format: \"1.0\"\npropagator:\n  composite:\n    - " + propagators + "\n");
    return app("jdk", Map.of("otel.config.file", file.toString(), "otel.experimental.config.file", file.toString(),
        "lanekeeper.control-plane", around.controlPlane(Duration.ZERO).url().toString()));
  }

  @Test
  void configurationFile_withOurPropagatorBeforeBaggage_isNotSilent() throws Exception {
    AgentProcess app = configured("lanekeeper:\n    - baggage:");

    app.call(around.shop(), false, CallScenario.UNTAGGED);

    assertThat(app.errors()).contains("propagator=MISSING").contains("or not the last");
  }

  @Test
  void gatesOfKafkaSwitchedOff_aWorkloadUnderTestDoesNotConsume_andTheBaselineDoes() throws Exception {
    Map<String, String> settings = new HashMap<>(Map.of("lanekeeper.service", "C", "lanekeeper.control-plane",
        around.controlPlane(Duration.ZERO).url().toString(), "otel.instrumentation.lanekeeper-kafka-clients.enabled",
        "false"));
    assertThat(app("jdk", settings).get("/subscribe", Map.of())).isEqualTo("[orders] in orders");

    settings.put("lanekeeper.tenancy", "123");
    assertThat(app("jdk", settings).get("/subscribe", Map.of()))
        .startsWith("java.lang.IllegalStateException: lanekeeper:")
        .contains("KafkaConsumer in C for tenancy 123", "kafka-clients 3.0 to 4.3",
            "otel.instrumentation.lanekeeper-kafka-clients.enabled");
  }

  @ParameterizedTest
  @ValueSource(strings = {"lanekeeper.patience-millis=2s", "lanekeeper.service=my_shop",
      "lanekeeper.tenancy=feature  x"})
  void workloadUnderTest_whoseSettingsAreWrong_isNeverTheBaseline(String wrong) throws Exception {
    Map<String, String> settings = new HashMap<>(Map.of("lanekeeper.control-plane",
        around.controlPlane(Duration.ZERO).url().toString(), "lanekeeper.service", "A", "lanekeeper.tenancy", "123"));
    settings.put(wrong.substring(0, wrong.indexOf('=')), wrong.substring(wrong.indexOf('=') + 1));

    AgentProcess app = app("jdk", settings);

    assertThat(app.call(around.shop(), false, CallScenario.UNTAGGED)).as("of its own accord").startsWith("FAILED")
        .contains("tenancy-in-doubt");
    assertThat(app.errors()).contains("TAGGED CALLS ARE REFUSED");
  }

  @ParameterizedTest
  @ValueSource(strings = {"lanekeeper-java-http-client", "lanekeeper"})
  void module_thatIsSwitchedOff_isNotSilent(String name) throws Exception {
    AgentProcess app = app("jdk", Map.of("otel.instrumentation." + name + ".enabled", "false",
        "lanekeeper.control-plane", around.controlPlane(Duration.ZERO).url().toString()));

    app.call(around.shop(), false, CallScenario.UNTAGGED);

    assertThat(app.errors()).contains("java.net.http: NOT MATCHED: otel.instrumentation." + name + ".enabled is false");
  }
}
