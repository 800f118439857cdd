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

    @Override
    public Object here() {
      return this;
    }

    @Override
    public Served serve(Carried carried) {
      return () -> {};
    }

    @Override
    public void backTo(Object here) {
      // Nobody serves anything here.
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

  /** What this thread is busy with now; only for {@link #backTo}. */
  Object here();

  /**
   * Leaves a message that this thread took and has not let go of, though it is done with it: a loop over messages that an exception
   * ended leaves the thread in the message it was at. Nothing happens where the thread is busy with anything else.
   *
   * @param here what the thread was busy with when it began to take messages
   */
  void backTo(Object here);

  /** What a thread serves until it closes this. */
  interface Served extends AutoCloseable {
    /** Back to what it served before. Called by the same thread. */
    @Override
    void close();
  }

  /** This thread begins to serve what came with this tag and stamp; untagged if there was none, whatever it served before. */
  Served serve(Carried carried);

  /** An action that runs, on whatever thread, as part of the request that this thread is serving now. */
  <T> Supplier<T> bound(Supplier<T> action);
}
