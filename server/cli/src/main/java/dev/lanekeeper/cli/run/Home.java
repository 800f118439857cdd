package dev.lanekeeper.cli.run;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where the built files of this house are.
 *
 * @param directory the one that holds {@code lib}, {@code server} and {@code demo}
 */
public record Home(Path directory) {
  /** System property that names the directory; the launcher sets it. */
  public static final String PROPERTY = "lanekeeper.home";

  private static final String OUTPUT = "target";

  /**
   * The home of this command: as the system property says, or the tree that its class files were built in.
   *
   * @throws IllegalStateException if there is none
   */
  public static Home find() {
    String said = System.getProperty(PROPERTY);
    Path found = said != null ? Path.of(said).toAbsolutePath() : treeAround(ownLocation());
    if (found == null || !Files.isDirectory(found)) {
      throw new IllegalStateException(PROPERTY + ": " + said + " (expected: the directory of Lanekeeper)"
          + "; start the command with ./lanekeeper, or set -D" + PROPERTY);
    }
    return new Home(found);
  }

  private static Path ownLocation() {
    return Path.of(URI.create(Home.class.getProtectionDomain().getCodeSource().getLocation().toString()));
  }

  private static @Nullable Path treeAround(Path location) {
    Path candidate = location;
    while (candidate != null && !Files.isExecutable(candidate.resolve("lanekeeper"))) {
      candidate = candidate.getParent();
    }
    return candidate;
  }

  /**
   * The OpenTelemetry Java agent.
   *
   * @throws IllegalStateException if it has not been laid there
   */
  public Path openTelemetryAgent() {
    return present(directory.resolve("server/cli").resolve(OUTPUT).resolve("agent/opentelemetry-javaagent.jar"));
  }

  /**
   * Lanekeeper's extension of it.
   *
   * @throws IllegalStateException if it has not been built
   */
  public Path extension() {
    return jar("lib/agent", "lanekeeper-agent-");
  }

  /**
   * A service of the demo; what it needs lies beside it.
   *
   * @param service {@code a} to {@code d}
   * @throws IllegalStateException if it has not been built
   */
  public Path demo(String service) {
    return jar("demo/" + service, "lanekeeper-demo-" + service + "-");
  }

  private Path jar(String module, String prefix) {
    Path output = directory.resolve(module).resolve(OUTPUT);
    if (Files.isDirectory(output)) {
      try (Stream<Path> files = Files.list(output)) {
        var jar = files.filter(file -> isJar(file.getFileName().toString(), prefix)).findFirst();
        if (jar.isPresent()) {
          return jar.get();
        }
      } catch (IOException unreadable) {
        throw new IllegalStateException(output + ": " + unreadable + " (expected: a directory that can be read)",
            unreadable);
      }
    }
    return present(output.resolve(prefix + "*.jar"));
  }

  private static boolean isJar(String name, String prefix) {
    return name.startsWith(prefix) && name.endsWith(".jar") && Character.isDigit(name.charAt(prefix.length()))
        && !name.matches(".*-(sources|javadoc|tests|bootstrap)\\.jar");
  }

  private static Path present(Path file) {
    if (!Files.isReadable(file)) {
      throw new IllegalStateException(
          file + ": not there (expected: a built file); build with ./lanekeeper or mvn package");
    }
    return file;
  }
}
