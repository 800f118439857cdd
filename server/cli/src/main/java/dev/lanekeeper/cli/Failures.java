package dev.lanekeeper.cli;

import dev.lanekeeper.api.DocumentException;
import dev.lanekeeper.api.PlainText;
import dev.lanekeeper.api.Problem;
import dev.lanekeeper.api.ProblemCode;
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
    return usage(String.valueOf(wrong.getMessage()), help(wrong.getCommandLine()), asksForJson(arguments));
  }

  /** A command that threw. */
  int failed(Exception thrown, CommandLine command, ParseResult parsed) {
    boolean json = isJson(parsed);
    return switch (thrown) {
      case ProblemException problem -> problem(problem.problem(), json, ExitCode.of(problem.problem()));
      case DocumentException wrong -> problem(wrong.problem(), json, ExitCode.REFUSED);
      case UsageException wrong -> usage(String.valueOf(wrong.getMessage()), help(command), json);
      case StartException start when start.isConfiguration() ->
        usage(String.valueOf(start.getMessage()), start.next(), json);
      case StartException start -> failed(String.valueOf(start.getMessage()), start.next(), json);
      default -> {
        String message = thrown.getMessage();
        yield failed(message == null ? thrown.toString() : message, null, json);
      }
    };
  }

  private static String help(CommandLine command) {
    return "see " + command.getCommandSpec().qualifiedName() + " --help";
  }

  private int usage(String message, String next, boolean json) {
    if (json) {
      String option = message.startsWith("--") ? message.replaceFirst(": .*", "") : "";
      Problem problem = option.isEmpty()
          ? ProblemCode.USAGE.problem(message, next)
          : ProblemCode.USAGE.problem(option, message, next);
      screen.note(Json.of(problem));
    } else {
      error(message, null, null, next);
    }
    return ExitCode.USAGE;
  }

  private int failed(String message, @Nullable String next, boolean json) {
    if (json) {
      screen.note(Json.of(ProblemCode.COMMAND_FAILED.problem(message,
          next == null ? "correct what it says, and run it again" : next)));
    } else {
      error(message, null, null, next);
    }
    return ExitCode.FAILED;
  }

  /** Whether JSON is asked for on a command line that could not be read: what follows {@code --} is somebody else's. */
  private static boolean asksForJson(String[] arguments) {
    String before = "";
    for (String argument : arguments) {
      if (argument.equals("--")) {
        return false;
      }
      boolean value = (before.equals("-o") || before.equals("--output")) && argument.equalsIgnoreCase("json");
      if (value || argument.matches("(?i)(-o=?|--output=)json")) {
        return true;
      }
      before = argument;
    }
    return false;
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
        .forEach(line -> screen.note("  " + screen.faint(String.format("%-6s", line.equals(text) ? name : ""))
            + PlainText.shown(line)));
  }
}
