package dev.lanekeeper.controlplane.planes;

import dev.lanekeeper.api.Announcement;
import dev.lanekeeper.api.ProblemCode;
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
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The instances of workloads under test. One lives as long as its data plane reports, or it is announced again; after
 * {@link DataPlanes#SILENCE} its address goes. It belongs to one override, for its life.
 *
 * <p>What was announced before a restart counts as heard at the start.
 *
 * <p><b>Threads.</b> Any; changes are made inside the store's transactions.
 */
public final class Announcements {

  private final Store store;
  private final DataPlanes dataPlanes;
  private final InstantSource clock;
  private final Map<String, Heard> heard = new ConcurrentHashMap<>();

  private record Heard(StoredAnnouncement stored, long atMillis) {}

  /** Announcements of a store, with those that it holds. */
  public Announcements(Store store, DataPlanes dataPlanes, InstantSource clock) {
    this.store = store;
    this.dataPlanes = dataPlanes;
    this.clock = clock;
    store.loadedAnnouncements().forEach(stored -> heard.put(stored.instance(), new Heard(stored, clock.millis())));
  }

  /**
   * Takes an announcement.
   *
   * @return the override that the instance belongs to
   * @throws dev.lanekeeper.api.ProblemException if there is no such override, it has ended, or another workload has it
   */
  public Announcement.Accepted announce(Announcement wanted) {
    Wish wish = wish(wanted);
    Heard known = heard.get(wanted.instance());
    if (known != null && known.stored().workload().equals(wanted.workload())
        && (wish.address() == null || Objects.equals(wish.address(), known.stored().address()))
        && isLive(wish, known)) {
      touch(known);
      return new Announcement.Accepted(known.stored().incarnation().id(), store.catalog().table().revision());
    }
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

  private boolean isLive(Wish wish, Heard known) {
    OverrideLife life = store.catalog().table().override(wish.service(), wish.tenancy());
    return life != null && life.incarnation().equals(known.stored().incarnation());
  }

  private void touch(Heard known) {
    heard.put(known.stored().instance(), new Heard(known.stored(), clock.millis()));
  }

  private Announcement.Accepted announce(Transaction transaction, Announcement wanted, Wish wish) {
    OverrideLife life = transaction.catalog().table().override(wish.service(), wish.tenancy());
    Heard known = heard.get(wanted.instance());
    if (known != null && (life == null || !life.incarnation().equals(known.stored().incarnation()))) {
      touch(known);
      throw ProblemCode.OVERRIDE_ENDED.exception("override " + known.stored().incarnation() + " of " + wish.service()
          + " for " + wish.tenancy() + " has ended; instance " + wanted.instance()
          + " belonged to it (expected: a process belongs to one override for its life)",
          "stop the process; start a new one for a new override");
    }
    if (life == null || !(life.target() instanceof Target.Workload)) {
      throw ProblemCode.OVERRIDE_UNKNOWN.exception("tenancy " + wish.tenancy() + " has no workload override for "
          + wish.service(), "apply a Tenant document with overrides: {" + wish.service() + ": {workload: {}}}");
    }
    refuseAnother(life, wanted);
    URI address = wish.address() == null && known != null ? known.stored().address() : wish.address();
    StoredAnnouncement stored =
        new StoredAnnouncement(wanted.instance(), life.incarnation(), wanted.workload(), address);
    transaction.put(stored);
    publishWhereChanged(transaction, life.incarnation(), Map.of(wanted.instance(), stored));
    transaction.onceKept(() -> heard.put(stored.instance(), new Heard(stored, clock.millis())));
    return new Announcement.Accepted(life.incarnation().id(), transaction.newestRevision());
  }

  private void refuseAnother(OverrideLife life, Announcement wanted) {
    for (Heard other : heard.values()) {
      StoredAnnouncement stored = other.stored();
      if (stored.incarnation().equals(life.incarnation()) && !stored.instance().equals(wanted.instance())
          && !stored.workload().equals(wanted.workload()) && isThere(other)) {
        throw ProblemCode.WORKLOAD_CONFLICT.exception("workload",
            wanted.workload() + ": the override of " + life.service() + " for " + life.tenancy()
                + " is served by workload " + stored.workload() + " (instance " + stored.instance()
                + (stored.address() == null ? "" : " at " + stored.address()) + ") (expected: one workload, with any "
                + "number of instances)",
            "stop the other workload, or start this one under a tenancy of its own");
      }
    }
  }

  private boolean isThere(Heard entry) {
    return entry.atMillis() >= clock.millis() - DataPlanes.SILENCE.toMillis()
        || dataPlanes.isThere(entry.stored().instance());
  }

  /** Publishes the addresses of an override where they are others; {@code changed} has null for who goes. */
  private void publishWhereChanged(Transaction transaction, Incarnation incarnation,
      Map<String, @Nullable StoredAnnouncement> changed) {
    Map<String, @Nullable StoredAnnouncement> after = new HashMap<>();
    heard.forEach((instance, known) -> after.put(instance, known.stored()));
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
    if (heard.containsKey(instance)) {
      remove(Set.of(instance));
    }
  }

  /** Withdraws who has been silent. */
  public void expire() {
    Set<String> silent = new HashSet<>();
    heard.values().stream().filter(entry -> !isThere(entry)).forEach(entry -> silent.add(entry.stored().instance()));
    if (!silent.isEmpty()) {
      remove(silent);
    }
  }

  private void remove(Set<String> instances) {
    store.inTransaction(transaction -> {
      Set<Incarnation> touched = new HashSet<>();
      Map<String, @Nullable StoredAnnouncement> gone = new HashMap<>();
      for (String instance : instances) {
        Heard known = heard.get(instance);
        if (known != null) {
          touched.add(known.stored().incarnation());
          gone.put(instance, null);
          transaction.removeAnnouncement(instance);
        }
      }
      touched.forEach(incarnation -> publishWhereChanged(transaction, incarnation, gone));
      transaction.onceKept(() -> gone.keySet().forEach(heard::remove));
      return touched.size();
    });
  }

  /** Whether an instance of an override is announced with an address. */
  public boolean hasAddress(Incarnation incarnation) {
    return !store.catalog().table().addresses(incarnation).isEmpty();
  }
}
