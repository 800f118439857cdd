package dev.lanekeeper.cli;

import java.util.function.Supplier;
import picocli.CommandLine.Option;

/** The option that says how results are printed. */
final class Output {
  /** How results are printed. */
  enum Format {
    /** For people; may change. */
    HUMAN,
    /** For scripts; the same fields in every version. */
    JSON
  }

  @Option(names = {"-o",
      "--output"}, paramLabel = "human|json", defaultValue = "human", description = "How results are printed (default: ${DEFAULT-VALUE}).") private Format format =
          Format.HUMAN;

  /** Whether JSON is wanted. */
  boolean isJson() {
    return format == Format.JSON;
  }

  /** Prints a result: as {@code json} gives it, or for people as {@code human} prints it. */
  void show(Screen screen, Supplier<String> json, Runnable human) {
    if (isJson()) {
      screen.line(json.get());
    } else {
      human.run();
    }
  }
}
