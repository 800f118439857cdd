package dev.lanekeeper.agent;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * What the process was told, by system property ({@code lanekeeper.service}) or environment variable
 * ({@code LANEKEEPER_SERVICE}); the property wins.
 *
 * @param service whose workload it is; null if it only calls others
 * @param tenancy for which tenant; null for the baseline
 * @param controlPlane root URL of the control plane; null if there is none
 * @param workload the name of the workload
 * @param directory where the last table is kept; null for the default
 * @param instance the id under which it reports; null for a random one
 * @param patience how long a tagged call waits for the control plane
 * @param putsAside whether consumers of the baseline put aside what is in doubt, and do not hold it
 */
record Settings(@Nullable String service, @Nullable String tenancy, @Nullable String controlPlane, String workload,
    @Nullable String directory, @Nullable String instance, Duration patience, boolean putsAside) {

  private static final long PATIENCE_MILLIS = 2_000;

  /**
   * Reads them.
   *
   * @throws IllegalArgumentException if one cannot be understood
   */
  static Settings of(Properties properties, Map<String, String> environment) {
    return of(properties, environment, patience(read("patience-millis", properties, environment)),
        putsAside(read("kafka-in-doubt", properties, environment)));
  }

  /** The same where some may be wrong: who this process is must not be lost over it. */
  static Settings asFarAsReadable(Properties properties, Map<String, String> environment) {
    return of(properties, environment, Duration.ofMillis(PATIENCE_MILLIS), false);
  }

  private static Settings of(Properties properties, Map<String, String> environment, Duration patience,
      boolean putsAside) {
    return new Settings(read("service", properties, environment), read("tenancy", properties, environment),
        read("control-plane", properties, environment), workload(properties, environment),
        read("dir", properties, environment), read("instance", properties, environment), patience, putsAside);
  }

  private static @Nullable String read(String name, Properties properties, Map<String, String> environment) {
    String property = properties.getProperty("lanekeeper." + name);
    String value = property != null
        ? property
        : environment.get("LANEKEEPER_" + name.toUpperCase(Locale.ROOT).replace('-', '_'));
    return value == null || value.isBlank() ? null : value.trim();
  }

  private static String workload(Properties properties, Map<String, String> environment) {
    String said = read("workload", properties, environment);
    if (said != null) {
      return said;
    }
    String command = properties.getProperty("sun.java.command", "").split(" ", 2)[0];
    String name = command.substring(Math.max(command.lastIndexOf('/'), command.lastIndexOf('\\')) + 1);
    return name.isEmpty() ? "java" : name;
  }

  private static boolean putsAside(@Nullable String inDoubt) {
    if (inDoubt == null || inDoubt.equals("put-aside")) {
      return true;
    }
    if (inDoubt.equals("hold")) {
      return false;
    }
    throw new IllegalArgumentException("lanekeeper.kafka-in-doubt: " + inDoubt + " (expected: put-aside or hold)");
  }

  private static Duration patience(@Nullable String millis) {
    if (millis == null) {
      return Duration.ofMillis(PATIENCE_MILLIS);
    }
    try {
      long parsed = Long.parseLong(millis);
      if (parsed >= 0) {
        return Duration.ofMillis(parsed);
      }
    } catch (NumberFormatException malformed) {
      // Said below, as for a negative number.
    }
    throw new IllegalArgumentException("lanekeeper.patience-millis: " + millis + " (expected: a number, zero or more)");
  }
}
