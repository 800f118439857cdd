package dev.lanekeeper.controlplane.operations;

import dev.lanekeeper.controlplane.kafka.GroupBroker;
import dev.lanekeeper.controlplane.lifecycle.Life;
import dev.lanekeeper.controlplane.planes.DataPlanes;
import dev.lanekeeper.controlplane.store.Catalog;
import dev.lanekeeper.controlplane.store.Ledger;
import dev.lanekeeper.controlplane.store.Store;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.Target;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Takes ended lives of overrides out of the broker. Each has a {@link Burial} on a thread of its own; what a life waits for now is
 * in {@link #waiting}.
 *
 * <p><b>Threads.</b> Virtual ones of its own.
 */
final class Deaths {

  /** In so many lives at once there are undertakers, each of which reads all that its group can read. */
  private static final int VISITED_AT_ONCE = 4;

  private final Surroundings surroundings;
  private final Tasks tasks;
  private final Set<Incarnation> inHand = ConcurrentHashMap.newKeySet();
  private final Map<Incarnation, String> waiting = new ConcurrentHashMap<>();

  /** What a burial works with. */
  record Surroundings(Store store, GroupBroker broker, DataPlanes dataPlanes, Machine machine,
      Operations.Patiences patiences, Turns turns) {}

  Deaths(Store store, GroupBroker broker, DataPlanes dataPlanes, Machine machine, Operations.Patiences patiences,
      Tasks tasks) {
    this.surroundings = new Surroundings(store, broker, dataPlanes, machine, patiences,
        new Turns(VISITED_AT_ONCE, machine.threads()));
    this.tasks = tasks;
  }

  /** Takes every life in hand that the ledger says is on its way out, unless another control plane is at it. */
  void takeUp() {
    Set<Incarnation> free = new TreeSet<>(Comparator.comparing(Incarnation::id));
    for (Ledger.Entry entry : surroundings.store().read(Ledger::dying)) {
      if (inHand.add(entry.life().incarnation())) {
        free.add(entry.life().incarnation());
      }
    }
    Set<String> taken = Set.of();
    try {
      taken = surroundings.store().leases().takeFree(free.stream().map(Deaths::lease).toList());
    } finally {
      for (Incarnation incarnation : free) {
        if (taken.contains(lease(incarnation))) {
          bury(incarnation);
        } else {
          inHand.remove(incarnation);
        }
      }
    }
  }

  private static String lease(Incarnation incarnation) {
    return "death " + incarnation;
  }

  private void bury(Incarnation incarnation) {
    tasks.start("death-" + incarnation, () -> {
      try {
        new Burial(surroundings, incarnation, waiting, this::crowd).run();
      } finally {
        waiting.remove(incarnation);
        surroundings.store().leases().release(Set.of(lease(incarnation)));
        inHand.remove(incarnation);
      }
    });
  }

  /** How many ask something of broker and store now and then. */
  private int crowd() {
    return inHand.size() - surroundings.turns().waiting();
  }

  /** What lives wait for, one line each, sorted. */
  List<String> waiting() {
    return waiting.values().stream().sorted().toList();
  }

  /** Whether a life may have anything in a broker at all, as far as is known. */
  static boolean mayHaveGroups(Catalog catalog, Ledger.Entry entry) {
    Life life = entry.life();
    return !life.reads().isEmpty()
        || (life.target() instanceof Target.Workload && Consumption.of(catalog, life.service()).isAny())
        || catalog.inventory().stream()
            .anyMatch(reading -> reading.isConsumer() && reading.incarnation().equals(life.incarnation().id()));
  }
}
