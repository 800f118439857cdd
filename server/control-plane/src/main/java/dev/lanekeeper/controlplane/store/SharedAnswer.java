package dev.lanekeeper.controlplane.store;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A question that many ask at once. Everybody gets an answer that was asked for after he came; those who came meanwhile share the
 * next one.
 *
 * <p><b>Threads.</b> Any; waits for the answer.
 */
final class SharedAnswer<T> {

  private final Supplier<T> question;
  private final ReentrantLock lock = new ReentrantLock();
  /** How many were asked for so far. */
  private volatile long asked;
  private long answered;
  private @Nullable T answer;

  SharedAnswer(Supplier<T> question) {
    this.question = question;
  }

  /** The answer. Throws what the question throws, to whoever asked it. */
  T get() {
    long enough = asked + 1;
    lock.lock();
    try {
      T known = answer;
      if (known != null && answered >= enough) {
        return known;
      }
      long mine = asked + 1;
      asked = mine;
      T fresh = question.get();
      answer = fresh;
      answered = mine;
      return fresh;
    } finally {
      lock.unlock();
    }
  }
}
