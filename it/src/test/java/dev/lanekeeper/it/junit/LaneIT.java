package dev.lanekeeper.it.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lanekeeper.api.TenantInfo;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code lib/junit} does for tests that succeed, fail, and are killed. */
class LaneIT {

  private static final String NEWEST = "6.jar";
  /** What the launcher brings along, in its own version. */
  private static final Pattern OF_JUNIT = Pattern.compile("(junit-|opentest4j|apiguardian).*");
  private static final Pattern TENANCY = Pattern.compile("TENANCY (\\S+)");

  @TempDir
  @SuppressWarnings("NullAway.Init") private static Path directory;
  @SuppressWarnings("NullAway.Init") private static SmallTown town;

  @BeforeAll
  static void start() throws Exception {
    town = new SmallTown(directory);
  }

  @AfterAll
  static void stop() throws Exception {
    town.stop();
  }

  /** How a run of tests ended. */
  private record Ran(int exitCode, String out) {
    List<String> tenancies() {
      return TENANCY.matcher(out).results().map(MatchResult::group).distinct().toList();
    }
  }

  /** Begins to run a class of {@link Samples} with the launcher of a version of JUnit. */
  private static Process begin(String launcher, String sample) throws IOException {
    List<String> classPath = new ArrayList<>();
    for (String each : System.getProperty("java.class.path").split(java.io.File.pathSeparator, -1)) {
      if (!OF_JUNIT.matcher(Path.of(each).getFileName().toString()).matches()) {
        classPath.add(each);
      }
    }
    ProcessBuilder builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx256m", "-Dtown.a=" + town.a(), "-Dtown.otherB=" + town.otherB(), "-cp",
        Path.of("target", "junit", launcher) + java.io.File.pathSeparator
            + String.join(java.io.File.pathSeparator, classPath),
        "org.junit.platform.console.ConsoleLauncher");
    if (!launcher.equals("5-oldest.jar")) {
      builder.command().add("execute");
    }
    builder.command().addAll(List.of("--disable-banner", "--disable-ansi-colors", "--details=tree", "-c",
        Samples.class.getName() + "$" + sample));
    builder.environment().put("LANEKEEPER_CONTROL_PLANE", town.controlPlane().toString());
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    return builder.redirectErrorStream(true).start();
  }

  private static Ran ran(Process process) throws IOException, InterruptedException {
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Ran(process.exitValue(), out);
  }

  private static Ran run(String launcher, String sample) throws IOException, InterruptedException {
    return ran(begin(launcher, sample));
  }

  private static List<String> tenants() {
    return town.client().tenants().stream().map(TenantInfo::tenancy).toList();
  }

  @Test
  void tests_underEachVersionOfJUnit_sideBySide_haveTheirLane_andLeaveNothing() throws Exception {
    Map<String, Process> running = new LinkedHashMap<>();
    for (String launcher : List.of("5-oldest.jar", "5.jar", NEWEST)) {
      for (String sample : List.of("OfAClass", "OfEachTest")) {
        running.put(launcher + " " + sample, begin(launcher, sample));
      }
    }
    running.put(NEWEST + " Outer", begin(NEWEST, "Outer"));
    running.put(NEWEST + " Many", begin(NEWEST, "Many"));
    List<String> tenancies = new ArrayList<>();
    for (Map.Entry<String, Process> each : running.entrySet()) {
      Ran ran = ran(each.getValue());
      assertThat(ran.exitCode()).as(each.getKey() + "\n" + ran.out()).isZero();
      assertThat(ran.out()).contains(each.getKey().endsWith("Outer") ? "3 tests successful" : "2 tests successful");
      assertThat(ran.tenancies()).hasSize(each.getKey().endsWith("OfEachTest") ? 2 : 1)
          .allMatch(tenancy -> tenancy.startsWith("TENANCY junit/testing/"));
      tenancies.addAll(ran.tenancies());
    }
    assertThat(tenancies).as("no two meet").doesNotHaveDuplicates();
    assertThat(tenants()).noneMatch(tenancy -> tenancy.matches("junit/testing/(Of|Outer|Many).*"));
  }

  @Test
  void path_thatIsNotAsExpected_failsWithTheOneThatWasTaken() throws Exception {
    Ran wrong = run(NEWEST, "WrongPath");

    assertThat(wrong.exitCode()).as(wrong.out()).isZero(); // it expects the failures itself
  }

  @Test
  void request_thatEndsAtABaselineThatWasOverridden_failsItsTest_andNoOther() throws Exception {
    Ran leaking = run(NEWEST, "Leaking");

    assertThat(leaking.exitCode()).isEqualTo(1);
    assertThat(leaking.out()).contains("1 tests successful", "1 tests failed", "leak: a request of the test ended at a"
        + " baseline that it had overridden", "which overrides [B]", "A of the baseline calls B -> baseline");
    assertThat(tenants()).isEmpty();
  }

  @Test
  void request_ofWhichNothingIsHeard_failsItsTest() throws Exception {
    Ran unheard = run(NEWEST, "Unheard");

    assertThat(unheard.exitCode()).isEqualTo(1);
    assertThat(unheard.out())
        .contains("nothing was heard of a request of the test, so nobody can tell whether it leaked");
  }

  @Test
  void test_thatIsKilled_leavesNothingOnceItsTimeIsOver() throws Exception {
    Process crashing = begin(NEWEST, "Crashing");
    try {
      BufferedReader out =
          new BufferedReader(new InputStreamReader(crashing.getInputStream(), StandardCharsets.UTF_8));
      String line = out.readLine();
      while (line != null && !TENANCY.matcher(line).find()) {
        line = out.readLine();
      }
      assertThat(line).as("the test began").isNotNull();
      Thread.sleep(Duration.ofSeconds(5).toMillis());
      assertThat(tenants()).as("it outlives its time to live, since it is renewed").hasSize(1);
    } finally {
      crashing.destroyForcibly().waitFor();
    }
    await().atMost(Duration.ofSeconds(30)).until(() -> tenants().isEmpty());
  }
}
