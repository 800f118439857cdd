package dev.lanekeeper.it.architecture;

import static java.util.Map.entry;

import com.tngtech.archunit.core.domain.JavaClass;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The modules and what each may use. A package names its module: {@code dev.lanekeeper.client.internal} is in
 * {@code client}.
 *
 * <pre>
 * model &lt;- boot
 * model &lt;- client &lt;- kafka &lt;- agent
 * model &lt;- client &lt;- gateway &lt;- cli
 * model &lt;- api &lt;- junit
 * model &lt;- api &lt;- controlplane &lt;- cli, simulation       kafka &lt;- controlplane       cli &lt;- storm
 * </pre>
 */
final class House {
  static final String ROOT = "dev.lanekeeper";

  /** Whose classes run in other people's processes. */
  static final List<String> LIB = List.of("model", "api", "client", "kafka", "junit", "boot", "agent", "testkit");

  /** Whose classes may use any module. */
  static final Set<String> TOP = Set.of("it", "perf");

  /** Module -> the other modules that it may use. A new module is a new line. */
  static final Map<String, Set<String>> USES = Map.ofEntries(
      entry("model", Set.of()),
      entry("boot", Set.of("model")),
      entry("api", Set.of("model")),
      entry("client", Set.of("model")),
      entry("kafka", Set.of("model", "client")),
      entry("agent", Set.of("model", "client", "kafka", "boot")),
      entry("testkit", Set.of("model")),
      entry("junit", Set.of("model", "api")),
      entry("controlplane", Set.of("model", "client", "api", "kafka")),
      entry("gateway", Set.of("model", "client")),
      entry("cli", Set.of("model", "client", "api", "controlplane", "gateway")),
      entry("simulation", Set.of("model", "client", "api", "kafka", "controlplane")),
      entry("storm", Set.of("model", "client", "api", "kafka", "cli")));

  private House() {}

  /** The patterns of all packages of these modules. */
  static String[] packages(List<String> modules) {
    return modules.stream().map(module -> ROOT + "." + module + "..").toArray(String[]::new);
  }

  /** The module that a class is in, null for a class that is not Lanekeeper's. */
  static @Nullable String moduleOf(JavaClass type) {
    String name = type.getPackageName();
    if (!name.startsWith(ROOT + ".")) {
      return null;
    }
    int start = ROOT.length() + 1;
    int end = name.indexOf('.', start);
    return end < 0 ? name.substring(start) : name.substring(start, end);
  }
}
