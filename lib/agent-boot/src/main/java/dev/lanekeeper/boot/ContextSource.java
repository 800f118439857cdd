package dev.lanekeeper.boot;

import dev.lanekeeper.model.Carried;
import java.util.function.Supplier;

/**
 * The tracing library's idea of the request that the current thread is serving. Bootstrap classes cannot see that
 * library; the extension can, and gives them this.
 */
public interface ContextSource {

  /** Nobody is serving anything. */
  ContextSource NONE = new ContextSource() {
    @Override
    public Carried current() {
      return Carried.NOTHING;
    }

    @Override
    public <T> Supplier<T> bound(Supplier<T> action) {
      return action;
    }
  };

  /** Tag and stamp of the request that this thread is serving; {@link Carried#NOTHING} if untagged. */
  Carried current();

  /** An action that runs, on whatever thread, as part of the request that this thread is serving now. */
  <T> Supplier<T> bound(Supplier<T> action);
}
