package dev.lanekeeper.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The proof: nothing is violated in many schedules, and what is broken on purpose is found in few. */
class SimulationIT {

  private static final int SCHEDULES = 20_000;
  private static final int WITHIN = 2_000;

  private final Runner runner = new Runner(Runtime.getRuntime().availableProcessors());

  @Test
  void schedules_withoutFault_violateNothing() {
    Runner.Outcome outcome = runner.run(1, SCHEDULES);

    assertThat(outcome.violations()).as("each is replayed by: perf/run simulation --seed SEED --trace").isEmpty();
    assertThat(outcome.schedules()).isEqualTo(SCHEDULES);
    assertThat(outcome.messages()).isGreaterThan(10L * SCHEDULES);
  }

  @Test
  void faults_seededOneByOne_areAllFound() {
    List<Runner.Sought> sought = runner.seek(List.of(Fault.values()), 1, WITHIN);

    assertThat(sought).hasSizeGreaterThanOrEqualTo(20).allSatisfy(one -> assertThat(one.found()).as(one.fault().what())
        .isNotNull());
  }
}
