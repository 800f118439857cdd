package dev.lanekeeper.controlplane;

import dev.lanekeeper.controlplane.store.PostgresAddress;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** A control plane in a process of its own, to be killed. Writes its port once it answers. */
final class KilledControlPlane {

  private KilledControlPlane() {}

  /** A port below those that a connection gets by itself, which would keep whoever is started again from its own. */
  static int freePort() throws IOException {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(20_000, 32_768);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (BindException taken) {
        // another one
      }
    }
  }

  /** Starts one whose store is in a directory; returns once it answers. */
  static Process start(Path directory, int port) throws IOException {
    return start(directory.toString(), port);
  }

  /** Starts one; returns once it answers. */
  static Process start(String store, int port) throws IOException {
    Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-XX:TieredStopAtLevel=1",
        "-Xmx256m",
        "-cp", System.getProperty("java.class.path"), KilledControlPlane.class.getName(), store,
        String.valueOf(port)).redirectError(new File("/dev/null")).start();
    BufferedReader lines = process.inputReader();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith("port ")) {
        return process;
      }
    }
    throw new IOException("the control plane ended with " + process.exitValue());
  }

  public static void main(String[] args) throws Exception {
    boolean database = args[0].startsWith(PostgresAddress.PREFIX);
    ControlPlane controlPlane = ControlPlane.builder(Path.of(database ? "" : args[0]))
        .store(database ? new PostgresAddress(args[0], null, null) : null).port(Integer.parseInt(args[1]))
        .tick(Duration.ofMillis(100)).start();
    System.out.println("port " + controlPlane.port());
    Thread.currentThread().join();
  }
}
