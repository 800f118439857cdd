package dev.lanekeeper.controlplane;

import org.jspecify.annotations.Nullable;

/** The control plane cannot start: the message says what was met, what was expected, and what to do. */
public final class StartException extends Exception {

  private final String next;
  private final boolean configuration;

  private StartException(String message, String next, boolean configuration, @Nullable Throwable cause) {
    super(message, cause);
    this.next = next;
    this.configuration = configuration;
  }

  /** What it was told cannot be used, now or later. */
  static StartException configuration(String message, String next, @Nullable Throwable cause) {
    return new StartException(message, next, true, cause);
  }

  /** Something is in the way that may be gone later. */
  static StartException failed(String message, String next, @Nullable Throwable cause) {
    return new StartException(message, next, false, cause);
  }

  /** What to do. */
  public String next() {
    return next;
  }

  /** Whether what it was told cannot be used; otherwise something is in the way that may be gone later. */
  public boolean isConfiguration() {
    return configuration;
  }
}
