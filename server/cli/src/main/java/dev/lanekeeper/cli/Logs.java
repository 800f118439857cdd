package dev.lanekeeper.cli;

import java.io.IOException;
import java.util.logging.LogManager;

/** Sets up logging, before anything logs. */
final class Logs {
  private static final String USERS_OWN = "java.util.logging.config.file";

  private Logs() {}

  /** Logs as our file says, unless the user brings another. */
  static void configure() {
    if (System.getProperty(USERS_OWN) != null) {
      return;
    }
    try (var file = Logs.class.getResourceAsStream("logging.properties")) {
      if (file != null) {
        LogManager.getLogManager().readConfiguration(file);
      }
    } catch (IOException unreadable) {
      throw new IllegalStateException("logging.properties: cannot be read", unreadable);
    }
  }
}
