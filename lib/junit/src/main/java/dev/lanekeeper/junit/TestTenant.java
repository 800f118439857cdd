package dev.lanekeeper.junit;

import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.api.ProblemException;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * The tenant of a test: applied, renewed for as long as the test lives, and deleted.
 *
 * <p><b>Threads.</b> Any.
 */
final class TestTenant {

  private static final int LONGEST_NAME = 60;
  private static final int RANDOM_DIGITS = 10;
  private static final int NOT_FOUND = 404;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final ControlPlaneClient client;
  private final String tenancy;
  private final Duration ttl;
  private final Duration patience;
  private final ConcurrentMap<String, LaneBuilder.Replacement> overrides;
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean ready;

  private TestTenant(ControlPlaneClient client, LaneBuilder settings, String tenancy) {
    this.client = client;
    this.tenancy = tenancy;
    this.ttl = settings.ttl;
    this.patience = settings.patience;
    this.overrides = new ConcurrentHashMap<>(settings.overrides);
  }

  /** Applies a tenant that nobody else has. {@code name}: of the test, for people. */
  static TestTenant begin(ControlPlaneClient client, LaneBuilder settings, String name) {
    String plain = name.replaceAll("[^A-Za-z0-9._~-]", "-");
    String random =
        RANDOM.ints(RANDOM_DIGITS, 0, 36).mapToObj(digit -> Character.toString(Character.forDigit(digit, 36)))
            .collect(Collectors.joining());
    TestTenant tenant = new TestTenant(client, settings, settings.product + "/testing/"
        + plain.substring(0, Math.min(plain.length(), LONGEST_NAME)) + "-" + random);
    tenant.apply();
    Thread renewing = new Thread(tenant::renew, "lanekeeper-test-tenant");
    renewing.setDaemon(true);
    renewing.start();
    return tenant;
  }

  String tenancy() {
    return tenancy;
  }

  /** The services that the tenant overrides. */
  Set<String> overridden() {
    return Set.copyOf(overrides.keySet());
  }

  /** Those of them for which there are stubs. */
  Set<String> stubbed() {
    return overrides.entrySet().stream().filter(entry -> entry.getValue().stubs()).map(Map.Entry::getKey)
        .collect(Collectors.toUnmodifiableSet());
  }

  synchronized void override(String service, URI address) {
    ready = false;
    LaneBuilder.Replacement before = overrides.put(service, LaneBuilder.Replacement.redirect(address));
    try {
      apply();
    } catch (ProblemException refused) {
      if (before == null) {
        overrides.remove(service);
      } else {
        overrides.put(service, before);
      }
      throw refused;
    }
  }

  private synchronized void apply() {
    StringBuilder yaml = new StringBuilder("kind: Tenant\ntenancy: \"").append(tenancy).append("\"\nttl: ")
        .append(ttl.toMillis()).append("ms\n").append(overrides.isEmpty() ? "overrides: {}\n" : "overrides:\n");
    overrides.forEach((service, override) -> yaml.append("  \"").append(service).append("\": ").append(override.yaml())
        .append('\n'));
    client.applyYaml(yaml.toString());
  }

  private void renew() {
    long third = Math.max(1, ttl.toMillis() / 3);
    try {
      while (!ended.await(third, TimeUnit.MILLISECONDS)) {
        applyAgain();
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void applyAgain() {
    try {
      if (ended.getCount() > 0) {
        apply();
      }
    } catch (RuntimeException later) {
      // Its requests will tell; it is tried again before the tenant ends.
    }
  }

  /** Takes no lock: the tenant is renewed meanwhile. */
  void awaitReady() {
    if (!ready) {
      client.awaitReady(tenancy, patience);
      ready = true;
    }
  }

  /** INVARIANT: whatever fails here, the tenant is no longer renewed, and so goes by itself. */
  void end() {
    ended.countDown();
    synchronized (this) { // behind a renewal that is under way
      try {
        client.deleteTenant(tenancy);
      } catch (ProblemException problem) {
        if (problem.problem().status() != NOT_FOUND) {
          throw problem;
        }
      }
    }
  }
}
