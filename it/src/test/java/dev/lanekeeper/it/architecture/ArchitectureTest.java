package dev.lanekeeper.it.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every rule of the house over the class files of every module. */
class ArchitectureTest {
  /** Without what the agent's jar brings of other libraries, under names of its own. */
  private static final JavaClasses CLASSES = new ClassFileImporter()
      .withImportOption(location -> !location.contains("/dev/lanekeeper/agent/lib/"))
      .importPackages(House.ROOT, "demo");

  static Stream<ArchRule> rules() {
    return Stream.of(
        ArchitectureRules.LIB_STANDS_ALONE,
        ArchitectureRules.MODULES_POINT_ONE_WAY,
        ArchitectureRules.INTERNAL_STAYS_INSIDE,
        ArchitectureRules.MODEL_AND_BOOT_NEED_ONLY_JAVA_BASE,
        ArchitectureRules.CLIENT_AVOIDS_JAVA_NET_HTTP,
        ArchitectureRules.DEMO_KNOWS_NOTHING_OF_LANEKEEPER,
        ArchitectureRules.PACKAGES_ARE_NULL_MARKED,
        ArchitectureRules.NAMES_SAY_WHAT_THINGS_ARE);
  }

  @ParameterizedTest
  @MethodSource("rules")
  void house_everyModule_keepsRule(ArchRule rule) {
    rule.check(CLASSES);
  }

  @Test
  void house_everyModule_isSeen() {
    var seen = new TreeSet<String>();
    for (var type : CLASSES) {
      String module = House.moduleOf(type);
      if (module != null && !House.TOP.contains(module)) {
        seen.add(module);
      }
    }
    assertThat(seen).as("a module that is missing is not judged; a new one needs a line in House.USES")
        .containsExactlyInAnyOrderElementsOf(House.USES.keySet());
  }
}
