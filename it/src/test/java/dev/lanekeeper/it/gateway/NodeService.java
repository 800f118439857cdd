package dev.lanekeeper.it.gateway;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A service of {@code it/node}, as a process of its own: its packages are installed once, beside the build. */
final class NodeService implements AutoCloseable {

  private static final Path SOURCE = Path.of(System.getProperty("lanekeeper.home", ".."), "it", "node");
  private static final Path INSTALLED = Path.of("target", "node").toAbsolutePath();
  private static final String LISTENING = "listening on ";
  private static final int INSTALL_MINUTES = 5;

  private final Process process;
  private final URI root;

  private NodeService(Process process, URI root) {
    this.process = process;
    this.root = root;
  }

  /**
   * Starts one, and waits until it listens.
   *
   * @param file {@code b.js}, say
   * @param environment beside that of this process
   */
  static NodeService start(String file, Map<String, String> environment) throws IOException, InterruptedException {
    install();
    ProcessBuilder builder = new ProcessBuilder("node", "--require", "./tracing.js", file).directory(INSTALLED.toFile())
        .redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().putAll(environment);
    Process process = run(builder);
    BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith(LISTENING)) {
        Thread.ofVirtual().start(() -> out.lines().forEach(System.out::println));
        return new NodeService(process, URI.create("http://127.0.0.1:" + line.substring(LISTENING.length())));
      }
    }
    throw new IOException(file + ": it ended before it listened (exit code " + process.waitFor() + ")");
  }

  private static Process run(ProcessBuilder builder) throws IOException {
    try {
      return builder.start();
    } catch (IOException missing) {
      throw new IOException(builder.command().getFirst()
          + ": cannot be started (expected: Node.js 18 or later with npm on the PATH; Debian: apt-get install nodejs npm)",
          missing);
    }
  }

  /** As the lock file says; again only where that is another. */
  private static synchronized void install() throws IOException, InterruptedException {
    Files.createDirectories(INSTALLED);
    Path lock = INSTALLED.resolve("package-lock.json");
    boolean same = Files.exists(lock) && Files.mismatch(lock, SOURCE.resolve("package-lock.json")) < 0
        && Files.exists(INSTALLED.resolve("done"));
    List<Path> files = new ArrayList<>();
    try (var all = Files.list(SOURCE)) {
      all.filter(Files::isRegularFile).forEach(files::add);
    }
    for (Path file : files) {
      Files.copy(file, INSTALLED.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
    }
    if (same) {
      return;
    }
    Files.deleteIfExists(INSTALLED.resolve("done"));
    Path log = INSTALLED.resolve("npm.log");
    Process npm = run(new ProcessBuilder("npm", "ci", "--ignore-scripts").directory(INSTALLED.toFile())
        .redirectErrorStream(true).redirectOutput(log.toFile()));
    if (!npm.waitFor(INSTALL_MINUTES, TimeUnit.MINUTES) || npm.exitValue() != 0) {
      npm.destroyForcibly();
      throw new IOException(
          "npm ci: " + Files.readString(log) + " (expected: the packages of it/node/package-lock.json)");
    }
    Files.createFile(INSTALLED.resolve("done"));
  }

  /** Where it listens. */
  URI root() {
    return root;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new IOException("interrupted while a service ended", e));
    }
  }
}
