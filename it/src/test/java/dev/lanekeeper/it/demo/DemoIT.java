package dev.lanekeeper.it.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The whole demo, started as the launcher starts it, with services on every JDK that this machine has. */
class DemoIT {
  private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern RELEASE = Pattern.compile("JAVA_VERSION=\"(\\d+)");
  private static final int OLDEST = 17;
  private static final int MINUTES = 4;

  /** The JDKs in the usual places and the one that runs this test, one for each feature release from 17. */
  static Stream<Path> jdks() throws IOException {
    Map<Integer, Path> jdks = new TreeMap<>();
    List<Path> candidates = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"))));
    for (String place : List.of("/usr/lib/jvm", System.getProperty("user.home") + "/.sdkman/candidates/java")) {
      if (Files.isDirectory(Path.of(place))) {
        try (Stream<Path> found = Files.list(Path.of(place))) {
          candidates.addAll(found.sorted().toList());
        }
      }
    }
    for (Path candidate : candidates) {
      int release = releaseOf(candidate);
      if (release >= OLDEST) {
        jdks.putIfAbsent(release, candidate);
      }
    }
    return jdks.values().stream();
  }

  private static int releaseOf(Path jdk) throws IOException {
    Path file = jdk.resolve("release");
    if (!Files.isReadable(file) || !Files.isExecutable(jdk.resolve("bin/java"))) {
      return 0;
    }
    var found = RELEASE.matcher(Files.readString(file));
    return found.find() ? Integer.parseInt(found.group(1)) : 0;
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void demo_servicesOnThisJdk_everyCheckHolds(Path jdk, @TempDir Path directory) throws Exception {
    Path log = directory.resolve("demo.log");

    int exitCode = demo(log, "--traces", "--services-java", jdk.toString());

    assertThat(exitCode).as(Files.readString(log)).isZero();
    assertThat(Files.readString(log)).contains("checks, all of them hold", "each stayed in its own lane",
        "no message was processed twice", "hang together");
  }

  private static int demo(Path log, String... options) throws IOException, InterruptedException {
    String cli = HOME.resolve("server/cli/target").toString();
    var command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java",
        "-XX:TieredStopAtLevel=1", "-Dlanekeeper.home=" + HOME,
        "-cp", cli + "/*:" + cli + "/lib/*", "dev.lanekeeper.cli.Main", "demo"));
    command.addAll(List.of(options));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      assertThat(process.waitFor(MINUTES, TimeUnit.MINUTES)).as("ends in time:\n" + Files.readString(log)).isTrue();
      return process.exitValue();
    } finally {
      process.destroy();
      process.waitFor();
    }
  }
}
