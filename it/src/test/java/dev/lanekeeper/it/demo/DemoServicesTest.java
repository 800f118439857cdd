package dev.lanekeeper.it.demo;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The demo's services hold no code for what the demo shows. */
class DemoServicesTest {
  private static final Path DEMO = Path.of("..", "demo");
  /** Tenancy, routing, propagation, and headers read or written by the services themselves. */
  private static final Pattern TELLTALE = Pattern.compile(
      "(?i)tenan|\\blanes?\\b|lanekeeper|baggage|telemetry|otel|trace|propagat|under.?test|override"
          + "|get\\w*Headers|\\.headers?\\(");

  @ParameterizedTest
  @ValueSource(strings = {"a", "b", "c", "d"})
  void sources_ofService_holdNoWordOfTenancy(String service) throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : files(DEMO.resolve(service).resolve("src/main"))) {
      TELLTALE.matcher(Files.readString(file).replace("@Override", "")).results()
          .forEach(match -> found.add(file.getFileName() + ": " + match.group()));
    }
    assertThat(found).isEmpty();
  }

  @Test
  void sources_ofAllServices_areSeen() throws IOException {
    for (String service : List.of("a", "b", "c", "d")) {
      assertThat(files(DEMO.resolve(service).resolve("src/main"))).as(service).isNotEmpty();
    }
  }

  @Test
  void classes_ofServices_useTheJdkAndKafkaOnly() {
    classes().that().resideInAPackage("demo..")
        .should().onlyDependOnClassesThat().resideInAnyPackage("demo..", "java..", "com.sun.net.httpserver..",
            "org.apache.kafka.clients..", "org.apache.kafka.common..")
        .check(new ClassFileImporter().importPackages("demo"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "b", "c", "d"})
  void libraries_ofService_holdNothingOfOurs(String service) throws IOException {
    Path libraries = DEMO.resolve(service).resolve("target/lib");
    List<String> names = Files.isDirectory(libraries)
        ? files(libraries).stream().map(file -> file.getFileName().toString()).toList()
        : List.of();

    assertThat(names).allMatch(name -> name.matches("(kafka-clients|slf4j-\\w+|lz4-java|snappy-java|zstd-jni)-.*"));
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }
}
