package dev.lanekeeper.perf;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Processes that are compared, side by side. They run in turn, slice by slice and in another order each time, so that what
 * disturbs the machine disturbs them alike; and several times over, since no two processes are compiled alike.
 *
 * @param forks how often all processes are started anew
 * @param warmUps rounds of one second that do not count
 * @param rounds of each fork
 * @param slices of each round
 * @param sliceMillis how long one side runs before the next, in ms
 */
record Alternation(int forks, int warmUps, int rounds, int slices, long sliceMillis) {

  private static final long WARM_UP_MILLIS = 1000;

  /** Starts the processes of a fork, one for each side. */
  interface Sides {
    Load start(int side) throws IOException;
  }

  /** What each side did in each round: {@code [side][round]}. */
  Load.Done[][] run(int sides, Sides start) throws IOException {
    Load.Done[][] done = new Load.Done[sides][forks * rounds];
    for (int fork = 0; fork < forks; fork++) {
      Random random = new Random(fork);
      Load[] loads = new Load[sides];
      try {
        for (int side : shuffled(sides, random)) {
          loads[side] = start.start(side);
        }
        for (int round = 0; round < warmUps; round++) {
          round(loads, random, 1, WARM_UP_MILLIS);
        }
        for (int round = 0; round < rounds; round++) {
          Load.Done[] each = round(loads, random, slices, sliceMillis);
          for (int side = 0; side < sides; side++) {
            done[side][fork * rounds + round] = each[side];
          }
        }
      } finally {
        for (Load load : loads) {
          if (load != null) {
            load.close();
          }
        }
      }
    }
    return done;
  }

  private static Load.Done[] round(Load[] loads, Random random, int slices, long millis) throws IOException {
    Load.Done[] done = new Load.Done[loads.length];
    Arrays.fill(done, Load.Done.NOTHING);
    for (int slice = 0; slice < slices; slice++) {
      for (int side : shuffled(loads.length, random)) {
        done[side] = done[side].plus(loads[side].run(millis));
      }
    }
    return done;
  }

  private static List<Integer> shuffled(int sides, Random random) {
    List<Integer> order = new ArrayList<>();
    for (int side = 0; side < sides; side++) {
      order.add(side);
    }
    Collections.shuffle(order, random);
    return order;
  }

  /** How many times as fast a side was as another, round by round. */
  static Samples ratio(Load.Done[] side, Load.Done[] other) {
    double[] ratio = new double[side.length];
    for (int i = 0; i < side.length; i++) {
      ratio[i] = side[i].perSecond() / other[i].perSecond();
    }
    return new Samples(ratio);
  }

  /** The same by CPU, over all rounds together: the clock of a process's CPU goes in steps of 10 ms. */
  static double cpuRatio(Load.Done[] side, Load.Done[] other) {
    return sum(side).perCpuSecond() / sum(other).perCpuSecond();
  }

  private static Load.Done sum(Load.Done[] done) {
    Load.Done sum = Load.Done.NOTHING;
    for (Load.Done each : done) {
      sum = sum.plus(each);
    }
    return sum;
  }

  /** Operations per second, round by round. */
  static Samples rates(Load.Done[] side) {
    double[] rates = new double[side.length];
    for (int i = 0; i < side.length; i++) {
      rates[i] = side[i].perSecond();
    }
    return new Samples(rates);
  }
}
