package dev.lanekeeper.cli;

/** The command line, or what it names, cannot be used; the message is {@code <where>: <value> (expected: <what>)}. */
final class UsageException extends RuntimeException {

  /** With the message that is shown. */
  UsageException(String message) {
    super(message);
  }
}
