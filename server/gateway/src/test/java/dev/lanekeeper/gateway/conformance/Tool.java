package dev.lanekeeper.gateway.conformance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program of this machine. */
final class Tool {

  private static final long PATIENCE_SECONDS = 60;

  private final String program;

  private Tool(String program) {
    this.program = program;
  }

  /** A program that is there, or a failure that says how to get it. */
  static Tool named(String program) {
    return new Tool(program);
  }

  /** What it wrote to standard output and standard error; it must end with 0. */
  String run(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(program));
    command.addAll(List.of(arguments));
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException missing) {
      throw new IOException(
          program + ": not on this machine (expected: what `.ci/run` installs: apt-get install curl nghttp2-client)",
          missing);
    }
    try {
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException(String.join(" ", command) + ": did not end");
      }
      if (process.exitValue() != 0) {
        throw new IOException(String.join(" ", command) + ": ended with " + process.exitValue() + ": " + said);
      }
      return said;
    } catch (InterruptedException given) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", given);
    } finally {
      process.destroyForcibly();
    }
  }
}
