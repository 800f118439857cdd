package dev.lanekeeper.controlplane.store;

import dev.lanekeeper.model.ServiceName;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** In memory, in the order in which they were wanted. What a transaction changes it can undo. */
final class InMemoryDisposals implements Disposals {

  private final Memory memory;
  private final List<Runnable> undo;

  InMemoryDisposals(Memory memory, List<Runnable> undo) {
    this.memory = memory;
    this.undo = undo;
  }

  private void set(List<Disposal> next) {
    List<Disposal> before = memory.disposals;
    memory.disposals = List.copyOf(next);
    undo.add(() -> memory.disposals = before);
  }

  private List<Disposal> all(Predicate<Disposal> which) {
    return memory.disposals.stream().filter(which).toList();
  }

  private void change(Predicate<Disposal> which, UnaryOperator<Disposal> change) {
    set(memory.disposals.stream().map(one -> which.test(one) ? change.apply(one) : one).toList());
  }

  @Override
  public void insert(Disposal disposal) {
    List<Disposal> more = new ArrayList<>(memory.disposals);
    more.add(disposal);
    set(more);
  }

  @Override
  public @Nullable Disposal last(ServiceName service, String record) {
    List<Disposal> found = all(one -> one.service().equals(service) && one.record().equals(record));
    return found.isEmpty() ? null : found.getLast();
  }

  @Override
  public List<Disposal> of(String operation) {
    return all(one -> one.operation().equals(operation));
  }

  @Override
  public void done(String operation) {
    change(one -> one.operation().equals(operation),
        one -> new Disposal(one.operation(), one.cluster(), one.service(), one.record(), one.place(), one.life(),
            one.receiver(), one.by(), one.atMillis(), true));
  }

  @Override
  public void remove(String operation) {
    set(all(one -> !one.operation().equals(operation)));
  }

  @Override
  public void forgetBefore(long millis) {
    set(all(one -> one.atMillis() >= millis || !one.done()));
  }
}
