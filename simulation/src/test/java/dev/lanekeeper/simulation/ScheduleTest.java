package dev.lanekeeper.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ScheduleTest {

  private final Runner runner = new Runner(2);

  @Test
  void seed_again_givesTheSameCourseOfThings() {
    for (long seed = 1; seed <= 5; seed++) {
      assertThat(runner.trace(seed, null)).isEqualTo(runner.trace(seed, null)).endsWith("everything holds\n");
    }
  }

  @Test
  void seeds_others_giveOthers() {
    Set<String> traces = new HashSet<>();
    for (long seed = 1; seed <= 5; seed++) {
      traces.add(runner.trace(seed, null));
    }

    assertThat(traces).hasSize(5);
  }

  @Test
  void few_violateNothing() {
    assertThat(runner.run(100_000, 50).violations()).isEmpty();
  }
}
