package dev.lanekeeper.client;

import org.jspecify.annotations.Nullable;

/**
 * Where the client tells people what happened. Not a logging library: an agent must not initialise that of its host.
 *
 * <p><b>Threads.</b> Called by any thread of the client; must not block.
 */
@FunctionalInterface
public interface ClientLog {

  /** How much it matters. */
  enum Level {
    /** Good to know. */
    INFO,
    /** Something works less well. */
    WARNING,
    /** Something does not work, and somebody must do something. */
    ERROR
  }

  /** One line on the standard error stream for each message, and nothing of the exception but its message. */
  ClientLog STANDARD_ERROR = (level, message, failure) -> System.err.println("lanekeeper " + level + " " + message
      + (failure == null ? "" : " (" + failure + ")"));

  /**
   * Tells one message.
   *
   * @param message one line
   * @param failure what caused it; null if nothing did
   */
  void log(Level level, String message, @Nullable Throwable failure);
}
