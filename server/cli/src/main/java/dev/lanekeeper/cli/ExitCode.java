package dev.lanekeeper.cli;

import dev.lanekeeper.api.Problem;
import dev.lanekeeper.api.ProblemCode;

/** What the command tells the script that called it. Stable; {@code docs/reference/cli.md} lists them. */
public final class ExitCode {
  /** Done. */
  public static final int OK = 0;
  /** The command did not do what it was to do, or a check did not hold. */
  public static final int FAILED = 1;
  /** The command line, or a file that it names, cannot be used. */
  public static final int USAGE = 2;
  /** The control plane cannot be reached. */
  public static final int UNREACHABLE = 3;
  /** The control plane refused; nothing was changed. */
  public static final int REFUSED = 4;
  /** What was named is not there. */
  public static final int NOT_FOUND = 5;

  private static final int STATUS_NOT_FOUND = 404;
  private static final int FIRST_SERVER_ERROR = 500;

  private ExitCode() {}

  /** The exit code for a problem. */
  static int of(Problem problem) {
    if (problem.is(ProblemCode.CONTROL_PLANE_UNREACHABLE)) {
      return UNREACHABLE;
    }
    if (problem.status() == STATUS_NOT_FOUND) {
      return NOT_FOUND;
    }
    return problem.status() >= FIRST_SERVER_ERROR ? FAILED : REFUSED;
  }
}
