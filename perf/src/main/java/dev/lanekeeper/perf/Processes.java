package dev.lanekeeper.perf;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The processes of a benchmark, with a directory for their files and logs; all of them end with it. */
final class Processes implements AutoCloseable {

  private final Path directory;
  private final List<Process> started = new ArrayList<>();

  /** None yet. {@code name}: of the benchmark. */
  Processes(String name) throws IOException {
    directory = Files.createTempDirectory("lanekeeper-" + name);
  }

  Path directory() {
    return directory;
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /**
   * Starts a program of this machine. What it says is logged; what {@code wrk} says is for its caller.
   *
   * @param debian the package that holds it
   */
  Process start(String program, String debian, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(program));
    command.addAll(List.of(arguments));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true)
          .redirectOutput(program.equals("wrk")
              ? ProcessBuilder.Redirect.PIPE
              : ProcessBuilder.Redirect.to(directory.resolve(started.size() + ".log").toFile()))
          .start();
      started.add(process);
      return process;
    } catch (IOException missing) {
      throw new IOException(
          program + ": cannot be started (expected: on the PATH; Debian: apt-get install " + debian + ")", missing);
    }
  }

  /**
   * Starts a gateway with one event loop, at the edge before a service B.
   *
   * @param port where it listens
   * @param server the port of B's baseline
   * @param further options
   */
  Process gateway(URI routes, int port, int server, String... further) throws IOException {
    List<String> command = new ArrayList<>(List.of("-Xmx256m", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow", "-Duser.home=" + directory, "-cp",
        System.getProperty("java.class.path"), "dev.lanekeeper.cli.Main", "gateway", "--edge", Integer.toString(port),
        "--enter", "*=B@http://127.0.0.1:" + server, "--threads", "1", "--control-plane", routes.toString()));
    command.addAll(List.of(further));
    return start(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "a JDK",
        command.toArray(new String[0]));
  }

  /** Waits until somebody listens. {@code name}: who, for people. */
  void await(String name, int port) {
    for (int i = 0; i < 300; i++) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        if (socket.isConnected()) {
          return;
        }
      } catch (IOException notYet) {
        sleep(100);
      }
    }
    throw new IllegalStateException(name + ": does not listen; its log is in " + directory);
  }

  static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException given) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(given);
    }
  }

  @Override
  public void close() {
    for (Process process : started) {
      process.destroy();
    }
    try {
      for (Process process : started) {
        process.waitFor(10, TimeUnit.SECONDS);
      }
    } catch (InterruptedException given) {
      Thread.currentThread().interrupt();
    }
  }
}
