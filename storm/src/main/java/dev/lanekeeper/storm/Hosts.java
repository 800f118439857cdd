package dev.lanekeeper.storm;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** The process in which tenants' workloads run. Whoever was in it when it was killed is in the next one. */
final class Hosts {

  private final Town town;
  private final Incidents incidents;
  private final Map<String, String> running = new LinkedHashMap<>();
  private Child host;
  private int number;

  Hosts(Town town, Incidents incidents) throws IOException {
    this.town = town;
    this.incidents = incidents;
    host = town.startHost("host-0");
  }

  /** Starts the workload of a tenancy. */
  synchronized void start(String name, String tenancy) {
    running.put(name, tenancy);
    tell("start " + name + " " + tenancy + " " + town.relay("host").uri());
  }

  /** Stops it; it leaves its groups soon. */
  synchronized void stop(String name) {
    running.remove(name);
    tell("stop " + name);
  }

  private void tell(String line) {
    try {
      host.tell(line);
    } catch (IOException dead) {
      // the next one is told
    }
  }

  /** Kills it and starts another. */
  synchronized void kill() throws IOException {
    running.values().forEach(tenancy -> incidents.note(tenancy, "kill -9 host", false));
    host.kill();
    number++;
    host = town.startHost("host-" + number);
    running.forEach((name, tenancy) -> tell("start " + name + " " + tenancy + " " + town.relay("host").uri()));
  }

  /** Lets it stand still. */
  synchronized void freeze() {
    running.values().forEach(tenancy -> incidents.note(tenancy, "SIGSTOP host", false));
    host.stop();
  }

  /** Lets it go on. */
  synchronized void thaw() {
    running.values().forEach(tenancy -> incidents.note(tenancy, "SIGCONT host", false));
    host.go();
  }

  /** Has all leave, and ends it. */
  synchronized void close() throws IOException {
    host.tellNothingMore();
    host.await();
  }
}
