package dev.lanekeeper.client.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Random courses of things, told by their seed. */
class ProtocolScheduleTest {

  private static final int SCHEDULES = 1_500;
  private static final int ACTIONS = 150;

  @Test
  void schedules_atRandom_keepWhatMustHold() {
    long first = System.nanoTime();
    int answered = 0;
    int applied = 0;
    for (long seed : Schedule.seeds(first, SCHEDULES)) {
      Schedule schedule = new Schedule(new Protocol(Timing.STANDARD), seed);
      try {
        schedule.run(ACTIONS);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage() + "\n" + schedule, e);
      }
      answered += schedule.answered;
      applied += schedule.changesApplied;
    }
    // Otherwise nothing was tried.
    assertThat(answered).isGreaterThan(SCHEDULES * 5);
    assertThat(applied).isGreaterThan(SCHEDULES * 20);
    System.out.println(
        "schedules: " + SCHEDULES + " from seed " + first + ", " + answered + " answers, " + applied + " changes");
  }
}
