package dev.lanekeeper.cli;

import dev.lanekeeper.api.DocumentException;
import dev.lanekeeper.api.Problem;
import dev.lanekeeper.api.ProblemException;
import dev.lanekeeper.controlplane.StartException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Turns what went wrong into a message and an exit code. */
final class Failures {
  private final Screen screen;

  Failures(Screen screen) {
    this.screen = screen;
  }

  /** A command line that cannot be understood. */
  int usage(ParameterException wrong, String[] arguments) {
    CommandLine command = wrong.getCommandLine();
    error(String.valueOf(wrong.getMessage()), null, null,
        "see " + command.getCommandSpec().qualifiedName() + " --help");
    return ExitCode.USAGE;
  }

  /** A command that threw. */
  int failed(Exception thrown, CommandLine command, ParseResult parsed) {
    boolean json = isJson(parsed);
    return switch (thrown) {
      case ProblemException problem -> problem(problem.problem(), json, ExitCode.of(problem.problem()));
      case DocumentException wrong -> problem(wrong.problem(), json, ExitCode.REFUSED);
      case UsageException wrong -> {
        error(String.valueOf(wrong.getMessage()), null, null,
            "see " + command.getCommandSpec().qualifiedName() + " --help");
        yield ExitCode.USAGE;
      }
      case StartException start -> {
        error(String.valueOf(start.getMessage()), null, null, start.next());
        yield ExitCode.FAILED;
      }
      default -> {
        String message = thrown.getMessage();
        error(message == null ? thrown.toString() : message, null, null, null);
        yield ExitCode.FAILED;
      }
    };
  }

  private static boolean isJson(ParseResult parsed) {
    ParseResult last = parsed;
    while (last.hasSubcommand()) {
      last = last.subcommand();
    }
    return last.hasMatchedOption("--output") && Output.Format.JSON.equals(last.matchedOptionValue("--output", null));
  }

  private int problem(Problem problem, boolean json, int exitCode) {
    if (json) {
      screen.note(Json.of(problem));
    } else {
      error(problem.title(), problem.code(), problem, problem.next());
    }
    return exitCode;
  }

  private void error(String what, @Nullable String code, @Nullable Problem problem, @Nullable String next) {
    screen.note(screen.bad("error: ") + what + (code == null ? "" : screen.faint(" (" + code + ")")));
    if (problem != null) {
      if (problem.field() != null) {
        field("where", problem.field());
      }
      field("what", problem.detail());
    }
    if (next != null) {
      field("next", next);
    }
  }

  private void field(String name, String text) {
    Arrays.stream(text.split("\n", -1))
        .forEach(line -> screen.note("  " + screen.faint(String.format("%-6s", line.equals(text) ? name : "")) + line));
  }
}
