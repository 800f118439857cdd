package dev.lanekeeper.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PassedRunsTest {

  @Test
  void lift_inOrBeforeOrBehindARun_asExpected() {
    PassedRuns runs = new PassedRuns();
    runs.add(3, 5);
    runs.add(5, 6);
    runs.add(8, 9);
    assertThat(runs.size()).isEqualTo(2);
    assertThat(new long[]{2, 3, 4, 5, 6, 7, 8, 9}).satisfies(offsets -> {
      long[] lifted = java.util.Arrays.stream(offsets).map(runs::lift).toArray();
      assertThat(lifted).containsExactly(2, 6, 6, 6, 6, 7, 9, 9);
    });
  }

  @Test
  void lift_randomRunsWithPruning_agreesWithASet() {
    long seed = System.nanoTime();
    System.out.println("PassedRunsTest seed " + seed);
    Random random = new Random(seed);
    PassedRuns runs = new PassedRuns();
    TreeSet<Long> passed = new TreeSet<>();
    long end = 0;
    long pruned = 0;
    for (int i = 0; i < 20_000; i++) {
      long start = end + random.nextInt(3);
      end = start + 1 + random.nextInt(3);
      runs.add(start, end);
      for (long offset = start; offset < end; offset++) {
        passed.add(offset);
      }
      long asked = Math.max(pruned, end - random.nextInt(40));
      long expected = asked;
      while (passed.contains(expected)) {
        expected++;
      }
      assertThat(runs.lift(asked)).isEqualTo(expected);
      if (random.nextInt(50) == 0) {
        pruned = Math.max(pruned, expected - random.nextInt(5));
        runs.prune(pruned);
        passed.headSet(pruned - 1).clear();
      }
    }
  }

  @Test
  void add_withoutAnyPruning_staysBounded() {
    PassedRuns runs = new PassedRuns();
    for (long i = 0; i < 200_000; i++) {
      runs.add(2 * i, 2 * i + 1);
    }
    assertThat(runs.size()).isLessThanOrEqualTo(20_000);
    assertThat(runs.lift(399_998)).isEqualTo(399_999);
  }
}
