package dev.lanekeeper.controlplane.operations;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A line of those that want something of which only a few can have a part at once. Who came first has it first; each waits until it is its
 * turn.
 *
 * <p><b>Threads.</b> Any.
 */
final class Turns {

  private final int most;
  private final Threads.Waiters waiters;
  private final Set<Turn> line = new LinkedHashSet<>();
  private int having;
  private volatile int waiting;

  /** One for so many at once. */
  Turns(int most, Threads threads) {
    this.most = most;
    this.waiters = threads.waiters();
  }

  /** One that has come up; closing passes it on. */
  final class Turn implements AutoCloseable {

    private Turn() {}

    @Override
    public void close() {
      waiters.look(() -> having--);
    }
  }

  /** A turn, where one can be had without waiting; null where not. */
  @Nullable
  Turn takeFree() {
    Turn turn = new Turn();
    AtomicBoolean up = new AtomicBoolean();
    waiters.look(() -> {
      line.add(turn);
      up.set(comesUp(turn));
      forget(turn);
    });
    return up.get() ? turn : null;
  }

  /** Waits for a turn. */
  Turn take() throws InterruptedException {
    Turn turn = new Turn();
    waiters.look(() -> {
      line.add(turn);
      waiting = line.size();
    });
    try {
      waiters.until(() -> comesUp(turn));
    } catch (InterruptedException given) {
      waiters.look(() -> forget(turn));
      throw given;
    }
    return turn;
  }

  private boolean comesUp(Turn turn) {
    int before = 0;
    for (Turn other : line) {
      if (other == turn) {
        break;
      }
      before++;
    }
    if (before >= most - having) {
      return false;
    }
    forget(turn);
    having++;
    return true;
  }

  private void forget(Turn turn) {
    line.remove(turn);
    waiting = line.size();
  }

  /** How many wait. */
  int waiting() {
    return waiting;
  }
}
