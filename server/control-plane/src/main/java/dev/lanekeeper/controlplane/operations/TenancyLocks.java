package dev.lanekeeper.controlplane.operations;

import dev.lanekeeper.model.Tenancy;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * Lets operations on one tenancy run one after the other. A hold may be given to another thread: it belongs to nobody.
 *
 * <p><b>Threads.</b> Any.
 */
final class TenancyLocks {

  private final Set<Tenancy> held = new HashSet<>();

  /** Some tenancies that are held; closing lets them go. */
  final class Hold implements AutoCloseable {
    private final Set<Tenancy> tenancies;

    private Hold(Set<Tenancy> tenancies) {
      this.tenancies = tenancies;
    }

    @Override
    public void close() {
      synchronized (TenancyLocks.this) {
        held.removeAll(tenancies);
        TenancyLocks.this.notifyAll();
      }
    }
  }

  /** Waits until nobody holds any of these, then holds them all. */
  synchronized Hold hold(Collection<Tenancy> tenancies) throws InterruptedException {
    Set<Tenancy> wanted = new TreeSet<>(tenancies);
    while (wanted.stream().anyMatch(held::contains)) {
      wait();
    }
    held.addAll(wanted);
    return new Hold(wanted);
  }
}
