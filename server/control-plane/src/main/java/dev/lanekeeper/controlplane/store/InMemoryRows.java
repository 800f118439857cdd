package dev.lanekeeper.controlplane.store;

import dev.lanekeeper.api.Document;
import dev.lanekeeper.model.Change;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.Tenancy;
import java.util.ArrayList;
import java.util.List;

/**
 * In memory: the ledger, what is resolved or disposed of, and the log. The catalog needs no rows beside: the store keeps the one that the transaction
 * leads to.
 */
final class InMemoryRows implements Rows {

  private final Memory memory;
  private final List<Runnable> undo = new ArrayList<>();
  private final InMemoryLedger ledger;
  private final InMemoryDisposals disposals;
  private boolean wrote;
  /** The newest revision that anything says it began with. */
  private long latest;

  InMemoryRows(Memory memory, long nowMillis) {
    this.memory = memory;
    this.ledger = new InMemoryLedger(memory, nowMillis, undo);
    this.disposals = new InMemoryDisposals(memory, undo);
  }

  /** Nothing of it was. */
  void rollback() {
    for (int i = undo.size() - 1; i >= 0; i--) {
      undo.get(i).run();
    }
    undo.clear();
  }

  /**
   * Looks whether what was written fits together.
   *
   * @throws StoreException if something began with a revision that is not there
   */
  void check() {
    long newest = memory.changes.isEmpty() ? 0 : memory.changes.getLast().revision();
    if (latest > newest) {
      throw new StoreException("store: revision " + latest + " is not there", null);
    }
  }

  @Override
  public Ledger ledger() {
    return ledger;
  }

  @Override
  public Disposals disposals() {
    return disposals;
  }

  @Override
  public long nextRevision() {
    wrote = true;
    return memory.changes.isEmpty() ? 1 : memory.changes.getLast().revision() + 1;
  }

  @Override
  public long beginEpoch(int epoch) {
    wrote = true;
    return (long) epoch << Stamp.EPOCH_SHIFT;
  }

  @Override
  public void write(Change change) {
    wrote = true;
    memory.changes.add(change);
    undo.add(memory.changes::removeLast);
  }

  @Override
  public void write(Document document) {
    wrote = true;
  }

  @Override
  public void remove(String kind, String key) {
    wrote = true;
  }

  @Override
  public void write(RegisteredTenant tenant) {
    wrote = true;
    latest = Math.max(latest, tenant.from());
  }

  @Override
  public void remove(Tenancy tenancy) {
    wrote = true;
  }

  @Override
  public void write(Reading reading) {
    wrote = true;
  }

  @Override
  public void removeReadings(ServiceName service) {
    wrote = true;
  }

  @Override
  public void removeReadings(String incarnation) {
    wrote = true;
  }

  @Override
  public void write(StoredAnnouncement announcement) {
    wrote = true;
  }

  @Override
  public void removeAnnouncement(String instance) {
    wrote = true;
  }

  @Override
  public void resolved(ServiceName service, String id) {
    String key = service.folded() + " " + id;
    if (memory.resolved.add(key)) {
      undo.add(() -> memory.resolved.remove(key));
    }
  }

  /** It is never forgotten. */
  @Override
  public boolean isResolved(ServiceName service, String id) {
    return memory.resolved.contains(service.folded() + " " + id);
  }

  @Override
  public boolean wrote() {
    return wrote || !undo.isEmpty();
  }
}
