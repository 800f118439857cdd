package dev.lanekeeper.cli.demo;

import dev.lanekeeper.cli.run.Announced;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * A service's process.
 *
 * @param service its service
 * @param version what it says it is
 * @param port where it listens
 * @param child the process
 * @param announced its announcement; null for the baseline, and where the redirect is written by hand
 */
record Workload(String service, String version, int port, Child child, @Nullable Announced announced) {

  /** Its root URL. */
  URI root() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** What it says it is, as it is drawn. */
  String drawn() {
    return version.replace('"', '″');
  }
}
