package dev.lanekeeper.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/** The proof: nothing is violated in many schedules, and what is broken on purpose is found in few. */
class SimulationIT {

  /** What two cores run in a minute or so; {@code perf/run simulation} runs as many as it is told to. */
  private static final int SCHEDULES = 600;
  private static final int WITHIN = 2_000;

  private final Runner runner = new Runner(Runtime.getRuntime().availableProcessors());

  @Test
  void schedules_withoutFault_violateNothing(TestReporter reporter) {
    Runner.Outcome outcome = runner.run(1, SCHEDULES);
    reporter.publishEntry("schedules", String.valueOf(outcome.schedules()));
    reporter.publishEntry("messages", String.valueOf(outcome.count(Happening.MESSAGES)));

    assertThat(outcome.violations()).as("each is replayed by: perf/run simulation --seed SEED --trace").isEmpty();
    assertThat(outcome.schedules()).isEqualTo(SCHEDULES);
    assertThat(outcome.count(Happening.MESSAGES)).isGreaterThan(10L * SCHEDULES);
  }

  @Test
  void faults_seededOneByOne_areAllFound() {
    List<Runner.Sought> sought = runner.seek(List.of(Fault.values()), 1, WITHIN);

    assertThat(sought).hasSizeGreaterThanOrEqualTo(20).allSatisfy(one -> assertThat(one.found()).as(one.fault().what())
        .isNotNull());
  }
}
