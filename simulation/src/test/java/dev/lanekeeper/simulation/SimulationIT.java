package dev.lanekeeper.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/** The proof: nothing is violated in many schedules, and what is broken on purpose is found in few. */
class SimulationIT {

  /** See the pom. */
  private static final int SCHEDULES = Integer.getInteger("lanekeeper.simulation.schedules", 20_000);
  private static final int WITHIN = 2_000;

  private final Runner runner = new Runner(Runtime.getRuntime().availableProcessors());

  @Test
  void schedules_withoutFault_violateNothing(TestReporter reporter) {
    Runner.Outcome outcome = runner.run(1, SCHEDULES);
    reporter.publishEntry("schedules", String.valueOf(outcome.schedules()));
    outcome.happened().forEach((what, howOften) -> reporter.publishEntry(what.name(), String.valueOf(howOften)));

    assertThat(outcome.violations()).as("each is replayed by: perf/run simulation --seed SEED --trace").isEmpty();
    assertThat(outcome.schedules()).isEqualTo(SCHEDULES);
    assertThat(outcome.count(Happening.MESSAGES)).isGreaterThan(20L * SCHEDULES);
    assertThat(outcome.happened().keySet()).as("what has to happen now and then").containsExactlyInAnyOrder(
        Happening.values());
  }

  @Test
  void faults_seededOneByOne_areAllFound() {
    List<Runner.Sought> sought = runner.seek(List.of(Fault.values()), 1, WITHIN);

    assertThat(sought).hasSizeGreaterThanOrEqualTo(20).allSatisfy(one -> assertThat(one.found()).as(one.fault().what())
        .isNotNull());
  }
}
