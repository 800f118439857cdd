package dev.lanekeeper.cli;

import dev.lanekeeper.api.ControlPlaneClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say where the control plane is. */
final class Connection {
  /** Where a control plane listens unless it was told otherwise. */
  static final String USUAL = "http://127.0.0.1:7400";
  /** The environment variable that says where it is. */
  static final String VARIABLE = "LANEKEEPER_CONTROL_PLANE";

  @Option(names = "--control-plane", paramLabel = "URL", description = "The control plane's root URL (default: $"
      + VARIABLE + ", or " + USUAL + ").") private @Nullable URI controlPlane;

  @Option(names = "--token-file", paramLabel = "FILE", description = "A file that holds the token; needed where the control plane is not on loopback.") private @Nullable Path tokenFile;

  /**
   * The control plane.
   *
   * @throws UsageException if its URL or the token file cannot be used
   */
  ControlPlaneClient client(Map<String, String> environment) {
    return new ControlPlaneClient(root(environment), token());
  }

  /**
   * Its root URL.
   *
   * @throws UsageException if it is none
   */
  URI root(Map<String, String> environment) {
    String variable = environment.getOrDefault(VARIABLE, "");
    try {
      URI root = controlPlane != null ? controlPlane : URI.create(variable.isBlank() ? USUAL : variable.strip());
      boolean http = "http".equalsIgnoreCase(root.getScheme()) || "https".equalsIgnoreCase(root.getScheme());
      if (http && root.getHost() != null) {
        return root;
      }
      throw malformed(root.toString());
    } catch (IllegalArgumentException malformed) {
      throw malformed(variable);
    }
  }

  private UsageException malformed(String text) {
    return new UsageException((controlPlane != null ? "--control-plane" : VARIABLE) + ": " + text
        + " (expected: http://host:port)");
  }

  /** The file with the token; null where none was named. */
  @Nullable
  Path tokenFile() {
    return tokenFile;
  }

  private @Nullable String token() {
    if (tokenFile == null) {
      return null;
    }
    try {
      return Files.readString(tokenFile).strip();
    } catch (IOException unreadable) {
      throw new UsageException("--token-file: " + tokenFile + " (expected: a file that can be read)");
    }
  }
}
