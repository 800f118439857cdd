package dev.lanekeeper.it.storm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanekeeper.storm.Engine;
import dev.lanekeeper.storm.Outcome;
import dev.lanekeeper.storm.Plan;
import dev.lanekeeper.testkit.Seeded;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;

/** What {@code perf/run storm} does for ten minutes, for one. */
class StormIT {

  @Test
  void storm_withEveryFault_leavesEachMessageWithItsOwner() throws Exception {
    Plan plan = Plan.small(Seeded.of("StormIT").anyInt() & 0xffff);

    Outcome outcome = new Engine(plan, StormIT::embedded).run();

    assertThat(outcome.told()).as("%s", outcome.figures()).isEmpty();
    assertThat(outcome.figure("messages")).isEqualTo(plan.messages());
    assertThat(outcome.figure("tagged")).isGreaterThan(plan.messages() / 5);
    assertThat(outcome.figure("tenants")).isEqualTo(plan.tenants());
    assertThat(outcome.figure("kills")).isPositive();
  }

  @SuppressWarnings("MustBeClosedChecker") // ends with the process
  private static String embedded() {
    try {
      return EmbeddedPostgres.builder().start().getJdbcUrl("postgres", "postgres");
    } catch (IOException cannot) {
      throw new UncheckedIOException(cannot);
    }
  }
}
