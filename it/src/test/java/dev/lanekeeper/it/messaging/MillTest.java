package dev.lanekeeper.it.messaging;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

/** The mill holds no code for what is shown with it. */
class MillTest {

  @Test
  void classes_ofTheMill_useTheJdkAndItsFrameworksOnly() {
    classes().that().resideInAPackage("mill..")
        .should().onlyDependOnClassesThat()
        .resideInAnyPackage("mill..", "java..", "org.apache.kafka..", "org.springframework..", "org.jspecify..")
        .check(new ClassFileImporter().importPackages("mill"));
  }
}
