package dev.lanekeeper.cli;

import java.io.InputStream;
import java.util.Map;

/**
 * What a command meets around it.
 *
 * @param screen where it prints
 * @param environment its environment variables
 * @param in what it reads where a file is named {@code -}
 */
public record Session(Screen screen, Map<String, String> environment, InputStream in) {

  /** The session of this process. */
  static Session ofProcess() {
    return new Session(Screen.ofProcess(System.getenv()), System.getenv(), System.in);
  }
}
