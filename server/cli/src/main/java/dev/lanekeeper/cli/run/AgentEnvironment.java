package dev.lanekeeper.cli.run;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The environment variables that put a JVM under the agent. Pure: nothing is read but the arguments. */
public final class AgentEnvironment {
  /** The variable from which every JVM takes options. */
  public static final String JAVA_TOOL_OPTIONS = "JAVA_TOOL_OPTIONS";

  /** Signals that go nowhere unless the user says where. */
  private static final List<String> SIGNALS = List.of("traces", "metrics", "logs");

  private AgentEnvironment() {}

  /**
   * The environment of a child.
   *
   * @param parent the environment to begin with; its own JVM options stay
   * @param identity who the child is to say it is
   * @param agent file of the OpenTelemetry Java agent
   * @param extension file of Lanekeeper's extension
   * @param command the child's command; what it sets itself is left alone
   * @return all variables, sorted
   */
  public static Map<String, String> of(Map<String, String> parent, Identity identity, String agent, String extension,
      List<String> command) {
    var variables = new TreeMap<>(parent);
    set(variables, "LANEKEEPER_SERVICE", identity.service());
    set(variables, "LANEKEEPER_TENANCY", identity.tenancy());
    set(variables, "LANEKEEPER_CONTROL_PLANE", identity.controlPlane().toString());
    set(variables, "LANEKEEPER_WORKLOAD", identity.workload());
    set(variables, "LANEKEEPER_INSTANCE", identity.instance());
    String said = parent.getOrDefault(JAVA_TOOL_OPTIONS, "");
    for (String signal : SIGNALS) {
      byDefault(variables, "otel." + signal + ".exporter", "none", said, command);
    }
    byDefault(variables, "otel.service.name", identity.service(), said, command);
    String ours = quoted("-javaagent:" + agent) + " " + quoted("-Dotel.javaagent.extensions=" + extension);
    variables.put(JAVA_TOOL_OPTIONS, said.isBlank() ? ours : said + " " + ours);
    return variables;
  }

  /** Sets a variable; null takes away what was inherited, which was said of another process. */
  private static void set(Map<String, String> variables, String name, @Nullable String value) {
    if (value == null) {
      variables.remove(name);
    } else {
      variables.put(name, value);
    }
  }

  private static void byDefault(Map<String, String> variables, String property, String value, String options,
      List<String> command) {
    String flag = "-D" + property + "=";
    boolean flagged = options.contains(flag) || command.stream().anyMatch(word -> word.startsWith(flag));
    if (!flagged) {
      variables.putIfAbsent(property.toUpperCase(java.util.Locale.ROOT).replace('.', '_'), value);
    }
  }

  /** An option as the JVM reads it from a variable: quoted where it holds white space. */
  private static String quoted(String option) {
    return option.chars().anyMatch(Character::isWhitespace) ? '"' + option + '"' : option;
  }
}
