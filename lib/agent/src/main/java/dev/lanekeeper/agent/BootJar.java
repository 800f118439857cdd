package dev.lanekeeper.agent;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.instrument.Instrumentation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.jar.JarFile;

/**
 * Puts what all class loaders share on the bootstrap search.
 *
 * <p>INVARIANT: there is one copy of the route table. Injected into each loader instead, there would be one for each of
 * them, most without a table: a silent leak.
 */
final class BootJar {

  private static final String RESOURCE = "/lanekeeper-boot.jar";
  /** The agent's own, which its published API leaves out. */
  private static final String HOLDER = "io.opentelemetry.javaagent.bootstrap.InstrumentationHolder";

  private BootJar() {}

  /**
   * Appends the jar.
   *
   * @throws IOException if it cannot be unpacked; nothing of Lanekeeper can work then
   * @throws ReflectiveOperationException if this is no OpenTelemetry agent that we know
   */
  static void append() throws IOException, ReflectiveOperationException {
    Object instrumentation = Class.forName(HOLDER).getMethod("getInstrumentation").invoke(null);
    if (!(instrumentation instanceof Instrumentation found)) {
      throw new ClassNotFoundException(HOLDER + ": " + instrumentation + " (expected: the agent's instrumentation)");
    }
    found.appendToBootstrapClassLoaderSearch(new JarFile(unpacked().toFile()));
  }

  private static Path unpacked() throws IOException {
    Path jar = Files.createTempFile("lanekeeper-boot", ".jar");
    jar.toFile().deleteOnExit();
    try (InputStream in = BootJar.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new FileNotFoundException(RESOURCE + ": not found (expected: inside the extension jar; build it again)");
      }
      Files.copy(in, jar, StandardCopyOption.REPLACE_EXISTING);
    }
    return jar;
  }
}
