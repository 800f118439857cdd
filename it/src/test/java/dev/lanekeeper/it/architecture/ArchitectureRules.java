package dev.lanekeeper.it.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.NullMarked;

/** The rules of the house. Each one is also shown to fail, in {@link ArchitectureRulesTest}. */
final class ArchitectureRules {
  private static final Set<String> JAVA_BASE =
      ModuleLayer.boot().findModule("java.base").map(Module::getPackages).orElseThrow();

  static final ArchRule LIB_STANDS_ALONE = noClasses()
      .that().resideInAnyPackage(House.packages(House.LIB))
      .should().dependOnClassesThat().resideInAnyPackage(
          "dev.lanekeeper.controlplane..", "dev.lanekeeper.gateway..", "dev.lanekeeper.cli..", "dev.lanekeeper.it..",
          "dev.lanekeeper.perf..",
          "demo..")
      .because("lib/ runs in other people's processes");

  static final ArchRule MODULES_POINT_ONE_WAY = classes()
      .that().resideInAPackage("dev.lanekeeper..")
      .should(eachDependency("use only the modules that House.USES names", ArchitectureRules::isAllowed))
      .because("the tree is the picture: see ARCHITECTURE.md");

  static final ArchRule INTERNAL_STAYS_INSIDE = classes()
      .that().resideInAPackage("dev.lanekeeper..")
      .should(eachDependency("leave the internal packages of other modules alone", ArchitectureRules::staysOutside))
      .because("what is internal may change at any time");

  static final ArchRule MODEL_AND_BOOT_NEED_ONLY_JAVA_BASE = classes()
      .that().resideInAnyPackage("dev.lanekeeper.model..", "dev.lanekeeper.boot..")
      .should().onlyDependOnClassesThat(describe("are in java.base, the model or boot", ArchitectureRules::isBase))
      .because("the agent puts them on the boot class path, where nothing else can be seen");

  static final ArchRule CLIENT_AVOIDS_JAVA_NET_HTTP = noClasses()
      .that().resideInAnyPackage(House.packages(List.of("model", "client", "kafka", "boot")))
      .should().dependOnClassesThat().resideInAPackage("java.net.http..")
      .because("the agent instruments it: the client would route its own calls");

  static final ArchRule DEMO_KNOWS_NOTHING_OF_LANEKEEPER = noClasses()
      .that().resideInAPackage("demo..")
      .should().dependOnClassesThat().resideInAPackage("dev.lanekeeper..")
      .because("the demo shows services that hold no code for it")
      .allowEmptyShould(true); // a package without classes has nothing to judge

  static final ArchRule PACKAGES_ARE_NULL_MARKED = classes()
      .that().resideInAPackage("dev.lanekeeper..")
      .and(describe("are not generated", type -> !type.getPackageName().contains("generated")))
      .should(new ArchCondition<JavaClass>("be in a package whose package-info.java says @NullMarked") {
        @Override
        public void check(JavaClass type, ConditionEvents events) {
          boolean marked = type.getPackage().isAnnotatedWith(NullMarked.class);
          events.add(new SimpleConditionEvent(type, marked,
              type.getName() + ": no @NullMarked on package " + type.getPackageName()
                  + " (expected: a package-info.java with @NullMarked)"));
        }
      });

  static final ArchRule NAMES_SAY_WHAT_THINGS_ARE = noClasses()
      .that().resideInAPackage("dev.lanekeeper..")
      .should().haveNameMatching(".*[.$]([A-Za-z]*(Util|Utils|Helper|Helpers|Manager|Impl)|Default[A-Z]\\w*)")
      .because("a name says what is special about a class");

  private ArchitectureRules() {}

  private static boolean isAllowed(Dependency dependency) {
    String from = House.moduleOf(dependency.getOriginClass());
    String to = House.moduleOf(dependency.getTargetClass());
    return from == null || to == null || from.equals(to) || House.TOP.contains(from)
        || House.USES.getOrDefault(from, Set.of()).contains(to);
  }

  private static boolean staysOutside(Dependency dependency) {
    String from = House.moduleOf(dependency.getOriginClass());
    String to = House.moduleOf(dependency.getTargetClass());
    boolean internal = (dependency.getTargetClass().getPackageName() + ".").contains(".internal.");
    return to == null || !internal || to.equals(from);
  }

  private static boolean isBase(JavaClass type) {
    String name = type.getBaseComponentType().getPackageName();
    String module = House.moduleOf(type.getBaseComponentType());
    return "model".equals(module) || "boot".equals(module) || type.getBaseComponentType().isPrimitive()
        || JAVA_BASE.contains(name) || name.equals("org.jspecify.annotations");
  }

  private static ArchCondition<JavaClass> eachDependency(String description, Predicate<Dependency> holds) {
    return new ArchCondition<>(description) {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
          events.add(new SimpleConditionEvent(type, holds.test(dependency), dependency.getDescription()));
        }
      }
    };
  }
}
