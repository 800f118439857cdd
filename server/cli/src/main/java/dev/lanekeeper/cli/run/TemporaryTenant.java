package dev.lanekeeper.cli.run;

import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.api.Durations;
import dev.lanekeeper.api.ProblemCode;
import dev.lanekeeper.api.ProblemException;
import dev.lanekeeper.api.TenantDocument;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Target;
import dev.lanekeeper.model.Tenancy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A tenant with one workload override that is there until this is closed: a virtual thread renews it. If this process is
 * killed, the tenant goes when its time to live is over.
 */
final class TemporaryTenant implements AutoCloseable {
  private static final int RENEWALS_PER_LIFE = 6;

  private final ControlPlaneClient client;
  private final TenantDocument document;
  private final Duration timeToLive;
  private final Consumer<String> notes;
  private boolean closed;

  private TemporaryTenant(ControlPlaneClient client, TenantDocument document, Duration timeToLive,
      Consumer<String> notes) {
    this.client = client;
    this.document = document;
    this.timeToLive = timeToLive;
    this.notes = notes;
  }

  /**
   * Registers a tenant.
   *
   * @param identity with a tenancy
   * @param timeToLive after which it goes if it is not renewed
   * @param notes is told what becomes of it
   * @throws IllegalStateException if it is registered already
   * @throws ProblemException if the control plane refuses
   */
  static TemporaryTenant begin(ControlPlaneClient client, Identity identity, Duration timeToLive,
      Consumer<String> notes) {
    String tenancy = String.valueOf(identity.tenancy());
    if (client.tenants().stream().anyMatch(tenant -> tenant.tenancy().equals(tenancy))) {
      throw new IllegalStateException(
          "--tenancy: " + tenancy + ": is registered (expected: one that is not, for --temporary"
              + " deletes it at the end); leave --temporary away, or choose another tenancy");
    }
    var document = new TenantDocument(new Tenancy(tenancy), timeToLive,
        Map.of(ServiceName.of(identity.service()), new Target.Workload()), null, Map.of("temporary", "true"));
    client.apply(List.of(document));
    var tenant = new TemporaryTenant(client, document, timeToLive, notes);
    Thread.ofVirtual().name("temporary-tenant").start(tenant::renew);
    return tenant;
  }

  private synchronized void renew() {
    try {
      while (!closed) {
        wait(timeToLive.toMillis() / RENEWALS_PER_LIFE);
        if (!closed) {
          renewOnce();
        }
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  /** Renews it while it is there: one that somebody deleted is not brought back. */
  private void renewOnce() {
    try {
      client.tenant(document.key());
      client.apply(List.of(document));
    } catch (ProblemException refused) {
      if (refused.is(ProblemCode.TENANT_UNKNOWN)) {
        closed = true;
        notes.accept("tenant " + document.key() + " was deleted by somebody else");
      }
      // Anything else: the next renewal may succeed, and the announcement's renewal says what is wrong.
    }
  }

  /** Deletes it, and says what to do where that fails. A renewal that is under way ends first: it would bring it back. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    String tenancy = document.key();
    try {
      client.deleteTenant(tenancy);
      notes.accept("tenant " + tenancy + " deleted");
    } catch (ProblemException refused) {
      notes.accept(refused.is(ProblemCode.TENANT_UNKNOWN)
          ? "tenant " + tenancy + " was gone already"
          : "tenant " + tenancy + " could not be deleted: " + refused.problem().detail() + "; delete it later with: "
              + "lanekeeper delete " + tenancy + " --control-plane " + client.root() + "; otherwise it goes by itself "
              + Durations.format(timeToLive) + " after it was last renewed");
    }
  }
}
