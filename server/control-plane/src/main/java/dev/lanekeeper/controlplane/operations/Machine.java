package dev.lanekeeper.controlplane.operations;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * What operations need of the machine that they run on.
 *
 * @param clock the store's, by which deadlines are written down
 * @param nanos by which waits are measured: nanoseconds since whenever, which never go back
 * @param threads where background work runs
 * @param random what ids are made of; INVARIANT: no two control planes get the same numbers
 */
public record Machine(InstantSource clock, LongSupplier nanos, Threads threads, RandomGenerator random) {

  /** This one, with clocks that may be others. */
  public static Machine of(InstantSource clock, LongSupplier nanos) {
    return new Machine(clock, nanos, Threads.VIRTUAL, new SecureRandom());
  }
}
