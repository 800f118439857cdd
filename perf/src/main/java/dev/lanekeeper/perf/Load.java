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

/** A process that makes load when it is told to: a line with milliseconds in, a line with what it did out. */
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
   * What it did.
   *
   * @param operations how many
   * @param nanos in what time
   * @param cpuNanos with how much CPU, of those of its threads that matter
   */
  record Done(long operations, long nanos, long cpuNanos) {

    static final Done NOTHING = new Done(0, 0, 0);

    Done plus(Done more) {
      return new Done(operations + more.operations, nanos + more.nanos, cpuNanos + more.cpuNanos);
    }

    /** Operations per second. */
    double perSecond() {
      return operations * 1e9 / nanos;
    }

    /** Operations per second of CPU. */
    double perCpuSecond() {
      return operations * 1e9 / cpuNanos;
    }

    /** What the process writes. */
    @Override
    public String toString() {
      return operations + " " + nanos + " " + cpuNanos;
    }

    static Done parse(String line) {
      String[] words = line.split(" ", -1);
      return new Done(Long.parseLong(words[0]), Long.parseLong(words[1]), Long.parseLong(words[2]));
    }
  }

  /** Work that a process does for a time, in ms. */
  interface Work {
    Done run(long millis) throws IOException, InterruptedException;
  }

  /** The other end: says that it is ready, and works whenever it is told to, until nobody is there any more. */
  @SuppressWarnings("SystemOut") // The protocol with the process that started this one.
  static void serve(Work work) throws IOException, InterruptedException {
    System.out.println("ready");
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      System.out.println(work.run(Long.parseLong(line.trim())));
    }
  }

  /** Makes load for a time. */
  Done run(long millis) throws IOException {
    in.write(millis + "\n");
    in.flush();
    return Done.parse(expect());
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
