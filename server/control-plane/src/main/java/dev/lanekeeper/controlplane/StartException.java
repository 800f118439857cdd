package dev.lanekeeper.controlplane;

import org.jspecify.annotations.Nullable;

/** The control plane cannot start: the message says what was met, what was expected, and what to do. */
public final class StartException extends Exception {

  private final String next;

  StartException(String message, String next, @Nullable Throwable cause) {
    super(message, cause);
    this.next = next;
  }

  /** What to do. */
  public String next() {
    return next;
  }
}
