package dev.lanekeeper.controlplane.store;

import java.util.Collection;
import java.util.Set;

/**
 * Which of several control planes is at what, so that two do not do the same slow work. A lease keeps nobody from anything: who was
 * away for long may believe that he still has one. Whatever is done must be harmless if somebody else does it as well.
 *
 * <p>Inside one process a lease is everybody's: who it is that is at something there, other means tell.
 *
 * <p><b>Threads.</b> Any; may block.
 */
public interface Leases {

  /** Of a store that only one control plane uses. */
  Leases ALONE = new Leases() {
    @Override
    public boolean take(Collection<String> names) {
      return true;
    }

    @Override
    public Set<String> takeFree(Collection<String> names) {
      return Set.copyOf(names);
    }

    @Override
    public void release(Collection<String> names) {}
  };

  /**
   * Takes all of these, or none. Those that this control plane has stay its own.
   *
   * @return whether they are its own now; false if another control plane that is alive has one of them
   * @throws StoreException if that cannot be told
   */
  boolean take(Collection<String> names);

  /**
   * Takes those of these that no other control plane that is alive has.
   *
   * @return which are its own now
   * @throws StoreException if that cannot be told
   */
  Set<String> takeFree(Collection<String> names);

  /** Lets go of these. Where that fails, others have them a little later. */
  void release(Collection<String> names);
}
