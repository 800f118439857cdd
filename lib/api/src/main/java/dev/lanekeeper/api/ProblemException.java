package dev.lanekeeper.api;

import org.jspecify.annotations.Nullable;

/** The control plane refused or failed: {@link #problem} says why and what to do. */
public final class ProblemException extends RuntimeException {

  private final transient Problem problem;

  /** An exception that carries a problem. */
  public ProblemException(Problem problem) {
    super(problem.code() + ": " + problem.detail());
    this.problem = problem;
  }

  /** An exception that carries a problem and what led to it. */
  public ProblemException(Problem problem, Throwable cause) {
    super(problem.code() + ": " + problem.detail(), cause);
    this.problem = problem;
  }

  /** All of it. */
  public Problem problem() {
    return problem;
  }

  /** The stable code. */
  public String code() {
    return problem.code();
  }

  /** The field at fault; null where it is no field. */
  public @Nullable String field() {
    return problem.field();
  }

  /** What to do; null where nothing is known to help. */
  public @Nullable String next() {
    return problem.next();
  }

  /** Whether this is a problem of that kind. */
  public boolean is(ProblemCode code) {
    return problem.is(code);
  }
}
