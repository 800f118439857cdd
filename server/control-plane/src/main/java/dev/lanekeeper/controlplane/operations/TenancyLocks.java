package dev.lanekeeper.controlplane.operations;

import dev.lanekeeper.controlplane.store.Leases;
import dev.lanekeeper.model.Tenancy;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Lets operations on one tenancy run one after the other: in this process for sure, among several control planes as far as
 * {@link Leases} go. A hold may be given to another thread: it belongs to nobody.
 *
 * <p><b>Threads.</b> Any.
 */
final class TenancyLocks {

  private static final String LEASE = "tenancy ";
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final Leases leases;
  private final Set<Tenancy> held = new HashSet<>();
  private final Threads threads;
  private final Threads.Waiters waiters;

  TenancyLocks(Leases leases, Threads threads) {
    this.leases = leases;
    this.threads = threads;
    this.waiters = threads.waiters();
  }

  /** Some tenancies that are held; closing lets them go. */
  final class Hold implements AutoCloseable {
    private final Set<Tenancy> tenancies;

    private Hold(Set<Tenancy> tenancies) {
      this.tenancies = tenancies;
    }

    @Override
    public void close() {
      leases.release(names(tenancies));
      letGo(tenancies);
    }
  }

  private static List<String> names(Set<Tenancy> tenancies) {
    return tenancies.stream().map(tenancy -> LEASE + tenancy).toList();
  }

  private void letGo(Set<Tenancy> tenancies) {
    waiters.look(() -> held.removeAll(tenancies));
  }

  /** Waits until nobody holds any of these, then holds them all. */
  Hold hold(Collection<Tenancy> tenancies) throws InterruptedException {
    Set<Tenancy> wanted = new TreeSet<>(tenancies);
    waiters.until(() -> take(wanted));
    boolean leased = false;
    try {
      while (!leases.take(names(wanted))) {
        threads.sleep(PAUSE);
      }
      leased = true;
      return new Hold(wanted);
    } finally {
      if (!leased) {
        letGo(wanted);
      }
    }
  }

  /** Holds all of these, if nobody holds any; null otherwise. */
  @Nullable
  Hold tryHold(Collection<Tenancy> tenancies) {
    Set<Tenancy> wanted = new TreeSet<>(tenancies);
    boolean[] taken = new boolean[1];
    waiters.look(() -> taken[0] = take(wanted));
    if (!taken[0]) {
      return null;
    }
    boolean leased = false;
    try {
      leased = leases.take(names(wanted));
      return leased ? new Hold(wanted) : null;
    } finally {
      if (!leased) {
        letGo(wanted);
      }
    }
  }

  private boolean take(Set<Tenancy> wanted) {
    boolean free = wanted.stream().noneMatch(held::contains);
    if (free) {
      held.addAll(wanted);
    }
    return free;
  }
}
