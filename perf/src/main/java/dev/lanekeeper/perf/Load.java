package dev.lanekeeper.perf;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A process that makes load when it is told to: a line with milliseconds in, a line with two rates out. */
final class Load implements AutoCloseable {

  private final Process process;
  private final BufferedReader out;
  private final Writer in;
  private final Path log;

  private Load(Process process, Path log) {
    this.process = process;
    this.log = log;
    this.out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    this.in = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
  }

  /** Starts it, and waits until it says that it is ready. */
  static Load start(List<String> command, Path log) throws IOException {
    Load load = new Load(new ProcessBuilder(command).redirectError(log.toFile()).start(), log);
    load.expect();
    return load;
  }

  /**
   * How fast it was.
   *
   * @param perSecond operations per second
   * @param perCpuSecond operations per second of CPU, of all threads of the process
   */
  record Rate(double perSecond, double perCpuSecond) {

    /** What the process writes. */
    @Override
    public String toString() {
      return perSecond + " " + perCpuSecond;
    }

    static Rate parse(String line) {
      int space = line.indexOf(' ');
      return new Rate(Double.parseDouble(line.substring(0, space)), Double.parseDouble(line.substring(space + 1)));
    }
  }

  /** Makes load for a time. */
  Rate run(long millis) throws IOException {
    in.write(millis + "\n");
    in.flush();
    return Rate.parse(expect());
  }

  private String expect() throws IOException {
    String line = out.readLine();
    if (line == null) {
      throw new IOException("load: the process ended; it said: " + Files.readString(log));
    }
    return line;
  }

  @Override
  public void close() throws IOException {
    in.close();
    process.destroy();
  }
}
