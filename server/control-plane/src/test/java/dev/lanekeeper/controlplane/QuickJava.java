package dev.lanekeeper.controlplane;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/**
 * Starts processes of this class path that are to be killed, many of them: from jars, with what they load and link kept in a cache
 * from a first run. That takes a third of the time.
 */
public final class QuickJava {

  private static final List<String> FLAGS = List.of("--enable-native-access=ALL-UNNAMED",
      "--sun-misc-unsafe-memory-access=allow", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m");

  private final Path directory;
  private final String main;
  private final String classPath;

  private QuickJava(Path directory, Class<?> main) throws IOException {
    this.directory = directory;
    this.main = main.getName();
    this.classPath = jars(directory);
  }

  /**
   * Prepares to start a class.
   *
   * @param directory for jars and the cache
   * @param arguments of a run that ends by itself once its standard input ends, and does all that others will do
   */
  public static QuickJava prepare(Path directory, Class<?> main, String... arguments)
      throws IOException, InterruptedException {
    QuickJava java = new QuickJava(directory, main);
    java.run(List.of("-XX:AOTMode=record", "-XX:AOTConfiguration=" + directory.resolve("aot.config")), arguments);
    java.run(List.of("-XX:AOTMode=create", "-XX:AOTConfiguration=" + directory.resolve("aot.config"),
        "-XX:AOTCache=" + java.cache()), arguments);
    return java;
  }

  private Path cache() {
    return directory.resolve("aot.cache");
  }

  private static String jars(Path directory) throws IOException {
    List<String> jars = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path path = Path.of(entry);
      if (Files.isDirectory(path)) {
        Path jar = directory.resolve(jars.size() + ".jar");
        pack(path, jar);
        jars.add(jar.toString());
      } else if (Files.exists(path)) {
        jars.add(entry);
      }
    }
    return String.join(File.pathSeparator, jars);
  }

  private static void pack(Path root, Path jar) throws IOException {
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar)); Stream<Path> files = Files.walk(root)) {
      files.filter(file -> !file.equals(root)).forEach(file -> {
        boolean folder = Files.isDirectory(file);
        String name = root.relativize(file).toString().replace(File.separatorChar, '/');
        try {
          // Folders, too: resources are looked for by the folder that they are in.
          out.putNextEntry(new JarEntry(folder ? name + "/" : name));
          if (!folder) {
            Files.copy(file, out);
          }
          out.closeEntry();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      });
    }
  }

  private void run(List<String> flags, String... arguments) throws IOException, InterruptedException {
    Process process = start(flags, arguments);
    process.getOutputStream().close();
    process.getInputStream().transferTo(OutputStream.nullOutputStream());
    if (process.waitFor() != 0) {
      throw new IOException(main + " ended with " + process.exitValue() + ": " + Files.readString(errors()));
    }
  }

  private Path errors() {
    return directory.resolve("errors.txt");
  }

  /** Starts a process; its errors are in {@code errors.txt} of the directory. */
  public Process start(String... arguments) throws IOException {
    return start(List.of("-XX:AOTCache=" + cache()), arguments);
  }

  private Process start(List<String> flags, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(FLAGS);
    command.addAll(flags);
    command.addAll(List.of("-cp", classPath, main));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(errors().toFile())).start();
  }
}
