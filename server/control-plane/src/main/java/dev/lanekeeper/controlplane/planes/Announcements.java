package dev.lanekeeper.controlplane.planes;

import dev.lanekeeper.api.Announcement;
import dev.lanekeeper.api.ProblemCode;
import dev.lanekeeper.controlplane.store.Catalog;
import dev.lanekeeper.controlplane.store.Presence;
import dev.lanekeeper.controlplane.store.Store;
import dev.lanekeeper.controlplane.store.StoredAnnouncement;
import dev.lanekeeper.controlplane.store.Transaction;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.Instances;
import dev.lanekeeper.model.OverrideLife;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Target;
import dev.lanekeeper.model.Tenancy;
import java.net.URI;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The instances of workloads under test. One lives as long as its data plane reports, or it is announced again; after
 * {@link Presence#SILENCE} its address goes. It belongs to one override, for its life.
 *
 * <p>As long as silence says nothing (after a restart, say) what is announced counts as there.
 *
 * <p><b>Threads.</b> Any; changes are made inside the store's transactions.
 */
public final class Announcements {

  /** No id of a data plane begins with it. */
  private static final String ANNOUNCED = "announced ";

  private final Store store;

  /** Announcements of a store. */
  public Announcements(Store store) {
    this.store = store;
  }

  /**
   * Takes an announcement.
   *
   * @return the override that the instance belongs to
   * @throws dev.lanekeeper.api.ProblemException if there is no such override, it has ended, or another workload has it
   */
  public Announcement.Accepted announce(Announcement wanted) {
    Wish wish = wish(wanted);
    Catalog catalog = store.catalog();
    StoredAnnouncement known = catalog.announcements().get(wanted.instance());
    if (known != null && known.workload().equals(wanted.workload())
        && (wish.address() == null || Objects.equals(wish.address(), known.address()))
        && isLive(catalog, wish, known)) {
      touch(wanted.instance());
      return new Announcement.Accepted(known.incarnation().id(), catalog.table().revision());
    }
    // Before the transaction: once it is kept, nobody may find the instance silent.
    touch(wanted.instance());
    return store.inTransaction(transaction -> announce(transaction, wanted, wish));
  }

  private record Wish(ServiceName service, Tenancy tenancy, @Nullable URI address) {}

  private static Wish wish(Announcement wanted) {
    try {
      Limits.check(wanted);
      String address = wanted.address();
      return new Wish(ServiceName.of(wanted.service()), new Tenancy(wanted.tenancy()),
          address == null ? null : Target.Address.check("address", URI.create(address)));
    } catch (IllegalArgumentException malformed) {
      throw Limits.problem(malformed, "correct the field and announce again");
    }
  }

  private static boolean isLive(Catalog catalog, Wish wish, StoredAnnouncement known) {
    OverrideLife life = catalog.table().override(wish.service(), wish.tenancy());
    return life != null && life.incarnation().equals(known.incarnation());
  }

  private void touch(String instance) {
    store.presence().heard(ANNOUNCED + instance, null);
  }

  private Announcement.Accepted announce(Transaction transaction, Announcement wanted, Wish wish) {
    OverrideLife life = transaction.catalog().table().override(wish.service(), wish.tenancy());
    StoredAnnouncement known = transaction.catalog().announcements().get(wanted.instance());
    if (known != null && (life == null || !life.incarnation().equals(known.incarnation()))) {
      throw ProblemCode.OVERRIDE_ENDED.exception("override " + known.incarnation() + " of " + wish.service()
          + " for " + wish.tenancy() + " has ended; instance " + wanted.instance()
          + " belonged to it (expected: a process belongs to one override for its life)",
          "stop the process; start a new one for a new override");
    }
    if (life == null || !(life.target() instanceof Target.Workload)) {
      throw ProblemCode.OVERRIDE_UNKNOWN.exception("tenancy " + wish.tenancy() + " has no workload override for "
          + wish.service(), "apply a Tenant document with overrides: {" + wish.service() + ": {workload: {}}}");
    }
    refuseAnother(transaction.catalog(), life, wanted);
    URI address = wish.address() == null && known != null ? known.address() : wish.address();
    StoredAnnouncement stored =
        new StoredAnnouncement(wanted.instance(), life.incarnation(), wanted.workload(), address);
    transaction.put(stored);
    publishWhereChanged(transaction, life.incarnation(), Map.of(wanted.instance(), stored));
    return new Announcement.Accepted(life.incarnation().id(), transaction.newestRevision());
  }

  private void refuseAnother(Catalog catalog, OverrideLife life, Announcement wanted) {
    for (StoredAnnouncement other : catalog.announcements().values()) {
      if (other.incarnation().equals(life.incarnation()) && !other.instance().equals(wanted.instance())
          && !other.workload().equals(wanted.workload()) && !silence().isOf(other)) {
        throw ProblemCode.WORKLOAD_CONFLICT.exception("workload",
            wanted.workload() + ": the override of " + life.service() + " for " + life.tenancy()
                + " is served by workload " + other.workload() + " (instance " + other.instance()
                + (other.address() == null ? "" : " at " + other.address()) + ") (expected: one workload, with any "
                + "number of instances)",
            "stop the other workload, or start this one under a tenancy of its own");
      }
    }
  }

  /** Who was silent when it was looked. */
  private record Silence(boolean saysNothing, Map<String, Presence.Heard> present) {

    boolean isOf(StoredAnnouncement announced) {
      return !saysNothing && !present.containsKey(ANNOUNCED + announced.instance())
          && !present.containsKey(announced.instance());
    }
  }

  private Silence silence() {
    return new Silence(store.presence().isDeaf(), store.presence().present());
  }

  /** Publishes the addresses of an override where they are others; {@code changed} has null for who goes. */
  private static void publishWhereChanged(Transaction transaction, Incarnation incarnation,
      Map<String, @Nullable StoredAnnouncement> changed) {
    Map<String, @Nullable StoredAnnouncement> after = new HashMap<>(transaction.catalog().announcements());
    after.putAll(changed);
    List<URI> now =
        after.values().stream().filter(stored -> stored != null && stored.incarnation().equals(incarnation))
            .map(stored -> Objects.requireNonNull(stored).address()).filter(Objects::nonNull)
            .map(Objects::requireNonNull).distinct().sorted()
            .toList();
    if (!now.equals(transaction.catalog().table().addresses(incarnation))) {
      transaction.revision();
      transaction.publish(new Instances(incarnation, now));
    }
  }

  /** Withdraws an instance. Nothing happens if it is not announced. */
  public void withdraw(String instance) {
    if (store.catalog().announcements().containsKey(instance)) {
      remove(Set.of(instance));
    }
  }

  /** Withdraws who has been silent. */
  public void expire() {
    Silence silence = silence();
    Set<String> silent = new HashSet<>();
    store.catalog().announcements().values().stream().filter(silence::isOf)
        .forEach(announced -> silent.add(announced.instance()));
    if (!silent.isEmpty()) {
      remove(silent);
    }
  }

  private void remove(Set<String> instances) {
    store.inTransaction(transaction -> {
      Set<Incarnation> touched = new HashSet<>();
      Map<String, @Nullable StoredAnnouncement> gone = new HashMap<>();
      for (String instance : instances) {
        StoredAnnouncement known = transaction.catalog().announcements().get(instance);
        if (known != null) {
          touched.add(known.incarnation());
          gone.put(instance, null);
          transaction.removeAnnouncement(instance);
        }
      }
      touched.forEach(incarnation -> publishWhereChanged(transaction, incarnation, gone));
      return touched.size();
    });
  }
}
