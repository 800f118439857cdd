package dev.lanekeeper.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SchedulerTest {

  private static final long SECOND = 1_000_000_000;

  private final Scheduler scheduler = new Scheduler(1, false);
  private final Host host = new Host("h");
  private final List<String> events = new ArrayList<>();

  @AfterEach
  void end() {
    scheduler.end();
  }

  @Test
  void threads_runOneAtATime_inTheOrderOfTheirTimes() {
    scheduler.start(host, "slow", () -> {
      scheduler.sleep(2 * SECOND);
      events.add("slow");
    });
    scheduler.start(host, "fast", () -> {
      scheduler.sleep(SECOND);
      events.add("fast");
    });

    scheduler.run(5 * SECOND);

    assertThat(events).containsExactly("fast", "slow");
    assertThat(scheduler.nowNanos()).isEqualTo(5 * SECOND);
  }

  @Test
  void kill_waitingThread_endsItWhereItWaits() {
    scheduler.start(host, "victim", () -> {
      try {
        scheduler.sleep(2 * SECOND);
        events.add("survived");
      } finally {
        events.add("ended");
      }
    });
    scheduler.after(SECOND, Scheduler.world(), host::kill);

    scheduler.run(5 * SECOND);

    assertThat(events).containsExactly("ended");
  }

  @Test
  void stop_haltsWhatIsDueUntilItGoesOn() {
    scheduler.start(host, "stopped", () -> {
      scheduler.sleep(SECOND);
      events.add("at " + scheduler.nowNanos() / SECOND);
    });
    host.stop(scheduler.nowNanos(), 3 * SECOND);

    scheduler.run(5 * SECOND);

    assertThat(events).containsExactly("at 4");
  }

  @Test
  void signal_wakesWhoWaits_othersWaitForTheirTime() {
    Scheduler.Signal signal = scheduler.new Signal();
    scheduler.start(host, "woken", () -> events.add("woken " + signal.await(10 * SECOND)));
    scheduler.after(SECOND, Scheduler.world(), signal::wake);
    scheduler.after(2 * SECOND, Scheduler.world(),
        () -> scheduler.start(host, "late", () -> events.add("late " + signal.await(SECOND))));

    scheduler.run(5 * SECOND);

    assertThat(events).containsExactly("woken true", "late false");
  }

  @Test
  void failure_ofAThread_endsTheCourseOfThings() {
    scheduler.start(host, "broken", () -> {
      throw new IllegalStateException("broken");
    });

    assertThatThrownBy(() -> scheduler.run(SECOND)).isInstanceOf(AssertionError.class)
        .hasRootCauseMessage("broken");
  }
}
