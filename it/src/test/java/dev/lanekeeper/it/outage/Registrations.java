package dev.lanekeeper.it.outage;

import dev.lanekeeper.api.Applied;
import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.api.ProblemCode;
import dev.lanekeeper.api.ProblemException;
import java.net.URI;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** Registers one tenant after the other until the control plane is gone, and notes which were acknowledged. */
final class Registrations {
  private final ControlPlaneClient client;
  private final URI target;
  private final Map<String, Long> acknowledged = new ConcurrentSkipListMap<>();
  private final Thread thread;
  private volatile String end = "";

  /** Begins. */
  Registrations(ControlPlaneClient client, URI target) {
    this.client = client;
    this.target = target;
    this.thread = Thread.ofPlatform().name("registrations").start(this::run);
  }

  private void run() {
    for (int i = 0; end.isEmpty(); i++) {
      String tenancy = "busy-" + i;
      try {
        acknowledged.put(tenancy, register(tenancy));
      } catch (ProblemException refused) {
        end = refused.code();
      }
    }
  }

  /** Registers one; answers its revision. */
  long register(String tenancy) {
    Applied applied = client.applyYaml("""
        kind: Tenant
        tenancy: "%s"
        overrides: { B: { redirect: "%s" } }
        """.formatted(tenancy, target));
    return applied.results().getFirst().revision();
  }

  /** The tenants that were acknowledged, with their revisions. */
  Map<String, Long> acknowledged() {
    return new TreeMap<>(acknowledged);
  }

  /** Waits until one was not. */
  void awaitEnd() throws InterruptedException {
    thread.join(Traffic.ARRIVAL);
    if (!ProblemCode.CONTROL_PLANE_UNREACHABLE.code().equals(end)) {
      throw new AssertionError(
          "registrations ended with: " + end + " (expected: that the control plane is unreachable)");
    }
  }
}
