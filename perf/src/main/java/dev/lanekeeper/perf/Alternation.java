package dev.lanekeeper.perf;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Processes that are compared, side by side. They run in turn, slice by slice and in another order each time, so that what
 * disturbs the machine disturbs them alike. No two processes are compiled alike, either: of each side several are there at
 * once, and a round is what all of them did.
 *
 * @param twins processes of each side
 * @param warmUps rounds, of one second for each process, that do not count
 * @param rounds that count
 * @param slices of each process in each round
 * @param sliceMillis how long one process runs before the next, in ms
 */
record Alternation(int twins, int warmUps, int rounds, int slices, long sliceMillis) {

  private static final long WARM_UP_MILLIS = 1000;
  /** Any; the order of the processes hangs on it alone. */
  private static final long SEED = 42;

  /** Starts a process of a side. */
  interface Sides {
    Load start(int side) throws IOException;
  }

  /** Runs the sides; says on standard error how far it is. */
  Outcome run(String name, int sides, Sides start) throws IOException {
    Random random = new Random(SEED);
    Load[] loads = new Load[sides * twins];
    Load.Done[][] done = new Load.Done[rounds][];
    try {
      for (int process : shuffled(loads.length, random)) {
        loads[process] = start.start(process % sides);
      }
      for (int round = 0; round < warmUps; round++) {
        progress(name + ": warming up", round, warmUps);
        round(loads, random, 1, WARM_UP_MILLIS);
      }
      for (int round = 0; round < rounds; round++) {
        progress(name + ": measuring", round, rounds);
        done[round] = round(loads, random, slices, sliceMillis);
      }
    } finally {
      for (Load load : loads) {
        if (load != null) {
          load.close();
        }
      }
    }
    return new Outcome(sides, done);
  }

  private static void progress(String what, int done, int of) {
    System.err.println("perf: " + what + ", " + (done + 1) + " of " + of);
  }

  private static Load.Done[] round(Load[] loads, Random random, int slices, long millis) throws IOException {
    Load.Done[] done = new Load.Done[loads.length];
    Arrays.fill(done, Load.Done.NOTHING);
    for (int slice = 0; slice < slices; slice++) {
      for (int process : shuffled(loads.length, random)) {
        done[process] = done[process].plus(loads[process].run(millis));
      }
    }
    return done;
  }

  private static List<Integer> shuffled(int count, Random random) {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      order.add(i);
    }
    Collections.shuffle(order, random);
    return order;
  }

  /**
   * What came of it.
   *
   * @param sides how many; process {@code p} is of side {@code p % sides}
   * @param done what each process did: {@code [round][process]}
   */
  @SuppressWarnings("ArrayRecordComponent") // made, read and thrown away here
  record Outcome(int sides, Load.Done[][] done) {

    /** How many times as fast a side was as another, round by round. */
    Samples ratio(int side, int other) {
      return new Samples(Arrays.stream(done)
          .mapToDouble(round -> of(side, round).perSecond() / of(other, round).perSecond()).toArray());
    }

    /** The same over all rounds, process by process, as they happen to stand beside each other: how far twins lie apart. */
    Samples twins(int side, int other) {
      int twins = done[0].length / sides;
      double[] ratio = new double[twins];
      for (int twin = 0; twin < twins; twin++) {
        ratio[twin] = all(twin * sides + side).perSecond() / all(twin * sides + other).perSecond();
      }
      return new Samples(ratio);
    }

    /** The ratio by CPU, over all rounds together: the clock of a process's CPU goes in steps of 10 ms. */
    double cpuRatio(int side, int other) {
      return total(side).perCpuSecond() / total(other).perCpuSecond();
    }

    /** Operations per second, round by round. */
    Samples rates(int side) {
      return new Samples(Arrays.stream(done).mapToDouble(round -> of(side, round).perSecond()).toArray());
    }

    private Load.Done of(int side, Load.Done[] round) {
      Load.Done sum = Load.Done.NOTHING;
      for (int process = side; process < round.length; process += sides) {
        sum = sum.plus(round[process]);
      }
      return sum;
    }

    private Load.Done all(int process) {
      Load.Done sum = Load.Done.NOTHING;
      for (Load.Done[] round : done) {
        sum = sum.plus(round[process]);
      }
      return sum;
    }

    private Load.Done total(int side) {
      Load.Done sum = Load.Done.NOTHING;
      for (Load.Done[] round : done) {
        sum = sum.plus(of(side, round));
      }
      return sum;
    }
  }
}
