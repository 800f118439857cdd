package dev.lanekeeper.perf;

import dev.lanekeeper.cli.demo.BrokerProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A Kafka broker in a process of its own, so that its garbage is not ours; gone, with its files, when closed. */
final class BrokerNearby implements AutoCloseable {

  private final Process process;
  private final Path directory;
  private final int port;

  private BrokerNearby(Process process, Path directory, int port) {
    this.process = process;
    this.directory = directory;
    this.port = port;
  }

  /** Starts one on loopback and waits until it is ready. */
  static BrokerNearby start() throws IOException {
    Path directory = Files.createTempDirectory("lanekeeper-perf-");
    int port = freePort();
    Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m",
        "-cp", System.getProperty("java.class.path"), BrokerProcess.class.getName(), "" + port, "" + freePort(),
        directory.toString()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    BrokerNearby broker = new BrokerNearby(process, directory, port);
    Runtime.getRuntime().addShutdownHook(new Thread(broker::close, "perf-broker-shutdown"));
    BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
    for (String line = lines.readLine(); !"ready".equals(line); line = lines.readLine()) {
      if (line == null) {
        throw new IOException("broker: ended (expected: ready)");
      }
    }
    return broker;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  String bootstrap() {
    return "127.0.0.1:" + port;
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
    try (Stream<Path> files = Files.exists(directory) ? Files.walk(directory) : Stream.empty()) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.deleteIfExists(file);
      }
    } catch (IOException left) {
      throw new UncheckedIOException(left);
    }
  }
}
