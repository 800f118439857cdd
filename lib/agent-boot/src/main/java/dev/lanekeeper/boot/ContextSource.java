package dev.lanekeeper.boot;

import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.Tag;
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
    public Stamp settle(Tag tag, Stamp stamp) {
      return stamp;
    }

    @Override
    public <T> Supplier<T> bound(Supplier<T> action) {
      return action;
    }
  };

  /** Tag and stamp of the request that this thread is serving; {@link Carried#NOTHING} if untagged. */
  Carried current();

  /**
   * Settles with which stamp the request that this thread is serving goes on, where it came without one: the first that
   * is settled stands, for all its calls and messages.
   *
   * @param tag of the call or message; where it is not the request's, it belongs to no request here
   * @param stamp what it would be given
   * @return the stamp that stands
   */
  Stamp settle(Tag tag, Stamp stamp);

  /** An action that runs, on whatever thread, as part of the request that this thread is serving now. */
  <T> Supplier<T> bound(Supplier<T> action);
}
