package dev.lanekeeper.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;

/** Where tables are kept on this machine. */
public final class TableDirectory {

  /** Environment variable: the directory. */
  public static final String VARIABLE = "LANEKEEPER_DIR";

  private TableDirectory() {}

  /**
   * The directory that is used unless a program names one: that of {@link #VARIABLE}, else {@code ~/.lanekeeper/routes},
   * else, where that cannot be made, one of this user's below {@code java.io.tmpdir}.
   *
   * @param environment the environment variables
   * @param properties the system properties
   */
  public static Path standard(Map<String, String> environment, Properties properties) {
    String named = environment.get(VARIABLE);
    if (named != null && !named.isBlank()) {
      return Path.of(named);
    }
    Path home = Path.of(properties.getProperty("user.home", "."), ".lanekeeper", "routes");
    try {
      Files.createDirectories(home);
      if (Files.isWritable(home)) {
        return home;
      }
    } catch (IOException | SecurityException e) {
      return temporary(properties);
    }
    return temporary(properties);
  }

  private static Path temporary(Properties properties) {
    String user = properties.getProperty("user.name", "unknown").replaceAll("[^A-Za-z0-9._-]", "_");
    return Path.of(properties.getProperty("java.io.tmpdir", "."), "lanekeeper-" + user);
  }
}
