package dev.lanekeeper.it.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Shows of each rule that it can fail, and that it names the class at fault. */
class ArchitectureRulesTest {
  private static final String MODEL = "package dev.lanekeeper.model; ";
  private static final String CLIENT = "package dev.lanekeeper.client; ";
  private static final String DEMO = "package demo.a; ";
  private static final String NEIGHBOUR = "package dev.lanekeeper.controlplane; public class Neighbour {}";
  private static final String INSIDE = "package dev.lanekeeper.api.internal; public class Inside {}";

  static Stream<Arguments> faults() {
    return Stream.of(
        Arguments.of(ArchitectureRules.LIB_STANDS_ALONE,
            List.of(NEIGHBOUR, CLIENT + "class Fault { dev.lanekeeper.controlplane.Neighbour field; }")),
        Arguments.of(ArchitectureRules.MODULES_POINT_ONE_WAY,
            List.of(NEIGHBOUR, CLIENT + "class Fault { dev.lanekeeper.controlplane.Neighbour field; }")),
        Arguments.of(ArchitectureRules.INTERNAL_STAYS_INSIDE,
            List.of(INSIDE, CLIENT + "class Fault { dev.lanekeeper.api.internal.Inside field; }")),
        Arguments.of(ArchitectureRules.MODEL_AND_BOOT_NEED_ONLY_JAVA_BASE,
            List.of(MODEL + "class Fault { java.util.logging.Logger field; }")),
        Arguments.of(ArchitectureRules.CLIENT_AVOIDS_JAVA_NET_HTTP,
            List.of(CLIENT + "class Fault { java.net.http.HttpClient field; }")),
        Arguments.of(ArchitectureRules.DEMO_KNOWS_NOTHING_OF_LANEKEEPER,
            List.of(NEIGHBOUR, DEMO + "class Fault { dev.lanekeeper.controlplane.Neighbour field; }")),
        Arguments.of(ArchitectureRules.PACKAGES_ARE_NULL_MARKED,
            List.of(CLIENT + "class Fault {}")),
        Arguments.of(ArchitectureRules.NAMES_SAY_WHAT_THINGS_ARE,
            List.of(CLIENT + "class FaultHelper {}")));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void rule_classAtFault_namesIt(ArchRule rule, List<String> sources, @TempDir Path directory) throws IOException {
    compile(sources, directory);

    var result = rule.evaluate(new ClassFileImporter().importPath(directory.resolve("classes")));

    assertThat(result.hasViolation()).isTrue();
    assertThat(result.getFailureReport().toString()).contains("Fault");
  }

  private static void compile(List<String> sources, Path directory) throws IOException {
    var compiler = ToolProvider.getSystemJavaCompiler();
    var problems = new StringWriter();
    try (var files = compiler.getStandardFileManager(null, null, null)) {
      Path[] paths = new Path[sources.size()];
      for (int i = 0; i < paths.length; i++) {
        paths[i] = write(sources.get(i), directory.resolve("source" + i));
      }
      var options = List.of("-d", directory.resolve("classes").toString());
      boolean compiled = compiler.getTask(problems, files, null, options, null, files.getJavaFileObjects(paths)).call();
      assertThat(compiled).as(problems.toString()).isTrue();
    }
  }

  private static Path write(String source, Path directory) throws IOException {
    String name = source.replaceAll("(?s).*class (\\w+).*", "$1");
    return Files.writeString(Files.createDirectories(directory).resolve(name + ".java"), source);
  }
}
