package dev.lanekeeper.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AgentEnvironmentTest {
  private static final Identity UNDER_TEST =
      new Identity("C", "123", URI.create("http://127.0.0.1:7400"), "c.jar", "instance-1");
  private static final Identity BASELINE =
      new Identity("C", null, URI.create("http://127.0.0.1:7400"), null, "instance-1");

  private static Map<String, String> of(Map<String, String> parent, Identity identity, String... command) {
    return AgentEnvironment.of(parent, identity, "/x/agent.jar", "/x/extension.jar", List.of(command));
  }

  @Test
  void of_underTest_saysWhoItIs() {
    assertThat(of(Map.of("PATH", "/bin"), UNDER_TEST, "java")).containsAllEntriesOf(Map.of("PATH", "/bin",
        "LANEKEEPER_SERVICE", "C", "LANEKEEPER_TENANCY", "123", "LANEKEEPER_CONTROL_PLANE", "http://127.0.0.1:7400",
        "LANEKEEPER_WORKLOAD", "c.jar", "LANEKEEPER_INSTANCE", "instance-1", "OTEL_SERVICE_NAME", "C",
        "JAVA_TOOL_OPTIONS", "-javaagent:/x/agent.jar -Dotel.javaagent.extensions=/x/extension.jar"));
  }

  @Test
  void of_baseline_dropsAnInheritedTenancy() {
    assertThat(of(Map.of("LANEKEEPER_TENANCY", "999", "LANEKEEPER_WORKLOAD", "other"), BASELINE, "java"))
        .doesNotContainKeys("LANEKEEPER_TENANCY", "LANEKEEPER_WORKLOAD");
  }

  @Test
  void of_optionsThere_areAppendedTo() {
    assertThat(of(Map.of("JAVA_TOOL_OPTIONS", "-Xmx1g"), UNDER_TEST, "java")).containsEntry("JAVA_TOOL_OPTIONS",
        "-Xmx1g -javaagent:/x/agent.jar -Dotel.javaagent.extensions=/x/extension.jar");
  }

  @Test
  void of_nothingSaid_exportsNothing() {
    assertThat(of(Map.of(), UNDER_TEST, "java")).containsAllEntriesOf(Map.of("OTEL_TRACES_EXPORTER", "none",
        "OTEL_METRICS_EXPORTER", "none", "OTEL_LOGS_EXPORTER", "none"));
  }

  @Test
  void of_exporterSaidAnywhere_isLeftAlone() {
    assertThat(of(Map.of("OTEL_TRACES_EXPORTER", "otlp"), UNDER_TEST, "java")).containsEntry("OTEL_TRACES_EXPORTER",
        "otlp");
    assertThat(of(Map.of("JAVA_TOOL_OPTIONS", "-Dotel.traces.exporter=otlp"), UNDER_TEST, "java"))
        .doesNotContainKey("OTEL_TRACES_EXPORTER");
    assertThat(of(Map.of(), UNDER_TEST, "java", "-Dotel.traces.exporter=otlp", "-jar", "c.jar"))
        .doesNotContainKey("OTEL_TRACES_EXPORTER");
  }

  @Test
  void of_pathWithBlank_isQuoted() {
    var variables = AgentEnvironment.of(Map.of(), UNDER_TEST, "/my house/agent.jar", "/x/extension.jar", List.of());

    assertThat(variables).containsEntry("JAVA_TOOL_OPTIONS",
        "\"-javaagent:/my house/agent.jar\" -Dotel.javaagent.extensions=/x/extension.jar");
  }
}
