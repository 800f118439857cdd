package dev.lanekeeper.cli.run;

import dev.lanekeeper.api.Announcement;
import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.api.ProblemCode;
import dev.lanekeeper.api.ProblemException;
import java.net.URI;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An instance that is announced until this is closed: a virtual thread renews it, and tells nobody while the control plane is
 * away (addresses are as they were then).
 */
public final class Announced implements AutoCloseable {
  /** The control plane withdraws after ten seconds of silence. */
  private static final Duration RENEWAL = Duration.ofSeconds(2);

  private final ControlPlaneClient client;
  private final Consumer<String> notes;
  private final String incarnation;
  private final Thread renewal;
  private volatile Announcement announcement;

  private Announced(ControlPlaneClient client, Announcement announcement, String incarnation, Consumer<String> notes) {
    this.client = client;
    this.announcement = announcement;
    this.incarnation = incarnation;
    this.notes = notes;
    this.renewal = Thread.ofVirtual().name("announcement").unstarted(this::renew);
  }

  /**
   * Announces an instance, without an address as yet.
   *
   * @param identity with a tenancy and a workload
   * @param notes is told, once, what goes wrong with a renewal
   * @throws ProblemException if the tenant has no workload override for the service, or another workload is announced
   */
  public static Announced begin(ControlPlaneClient client, Identity identity, Consumer<String> notes) {
    var announcement = new Announcement(identity.service(), String.valueOf(identity.tenancy()),
        String.valueOf(identity.workload()), identity.instance(), null);
    var announced = new Announced(client, announcement, client.announce(announcement).incarnation(), notes);
    announced.renewal.start();
    return announced;
  }

  /** The life of the override that it belongs to. */
  public String incarnation() {
    return incarnation;
  }

  /**
   * Says where it listens.
   *
   * @throws ProblemException if the control plane refuses or cannot be reached
   */
  public void at(URI address) {
    var known = announcement;
    announcement = new Announcement(known.service(), known.tenancy(), known.workload(), known.instance(),
        address.toString());
    client.announce(announcement);
  }

  private void renew() {
    String said = null;
    try {
      while (!ProblemCode.OVERRIDE_ENDED.code().equals(said)) {
        Thread.sleep(RENEWAL);
        said = renewed(said);
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  /** Renews once; answers the code of the problem, if there was one, so that each is said once in a row. */
  private @Nullable String renewed(@Nullable String said) {
    try {
      client.announce(announcement);
      return null;
    } catch (ProblemException refused) {
      String problem = refused.problem().detail();
      if (!refused.code().equals(said) && !Thread.currentThread().isInterrupted()) {
        notes.accept("announcement: " + problem + (refused.is(ProblemCode.OVERRIDE_ENDED)
            ? ""
            : "; trying again every " + RENEWAL.toSeconds() + " s"));
      }
      return refused.code();
    }
  }

  /** Withdraws it; a control plane that cannot be reached finds out by itself. */
  @Override
  public void close() {
    renewal.interrupt();
    try {
      renewal.join(RENEWAL);
      client.withdraw(announcement.instance());
    } catch (ProblemException refused) {
      notes.accept("withdrawal: " + refused.problem().detail() + "; the control plane withdraws it by itself in 10 s");
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }
}
