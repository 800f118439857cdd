package dev.lanekeeper.cli.demo;

import java.nio.file.Path;

/**
 * How the demo is run.
 *
 * @param keep whether it is left running at the end
 * @param servicesJava directory of the JDK that A, B, C and D run on
 * @param traces whether tracing is on, and traces are checked
 * @param requests how many requests are sent side by side, all tenants together
 */
public record Options(boolean keep, Path servicesJava, boolean traces, int requests) {
  private static final int LEAST_REQUESTS = 7;

  /**
   * Checks that there is such a JDK, and a request for each lane.
   *
   * @throws IllegalArgumentException otherwise
   */
  public Options {
    if (!java.nio.file.Files.isExecutable(servicesJava.resolve("bin/java"))) {
      throw new IllegalArgumentException("--services-java: " + servicesJava + " (expected: the directory of a JDK)");
    }
    if (requests < LEAST_REQUESTS) {
      throw new IllegalArgumentException("--requests: " + requests + " (expected: at least " + LEAST_REQUESTS + ")");
    }
  }
}
