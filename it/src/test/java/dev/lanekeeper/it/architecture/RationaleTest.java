package dev.lanekeeper.it.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the documents say a decision is pinned by is there. */
class RationaleTest {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  /** {@code `SomeTest.method_or_*`}; the method may be left out. */
  private static final Pattern NAMED = Pattern.compile("`(\\w+(?:Test|IT|Scenario))(?:\\.([\\w*]+))?`");

  @Test
  void documents_everyTestThatTheyName_isThere() throws IOException {
    Map<String, String> tests = tests();
    List<String> named = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    for (Path document : files(".md")) {
      Matcher matcher = NAMED.matcher(Files.readString(document));
      while (matcher.find()) {
        named.add(matcher.group());
        if (!isThere(tests.get(matcher.group(1)), matcher.group(2))) {
          missing.add(ROOT.relativize(document) + ": " + matcher.group());
        }
      }
    }

    assertThat(missing).as("named, and not there").isEmpty();
    assertThat(named).as("of all that is named").hasSizeGreaterThan(50);
  }

  private static boolean isThere(@Nullable String source, @Nullable String method) {
    if (source == null || method == null) {
      return source != null;
    }
    String name = Pattern.quote(method).replace("*", "\\E\\w*\\Q");
    return Pattern.compile("void " + name + "\\(").matcher(source).find();
  }

  /** The source of each test, by the simple name of its class. */
  private static Map<String, String> tests() throws IOException {
    Map<String, String> tests = new HashMap<>();
    for (Path file : files(".java")) {
      String name = Objects.requireNonNull(file.getFileName()).toString();
      if (file.toString().contains("/src/test/")) {
        tests.put(name.substring(0, name.length() - ".java".length()), Files.readString(file));
      }
    }
    return tests;
  }

  private static List<Path> files(String end) throws IOException {
    try (Stream<Path> all = Files.walk(ROOT)) {
      return all.filter(file -> file.toString().endsWith(end) && !file.toString().contains("/target/")).toList();
    }
  }
}
