package dev.lanekeeper.gateway.fairness;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The state machine by itself: what is told to it, and what follows. */
class SteeringTest {

  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1_000 * MILLI;

  private long now = -5 * SECOND; // nanoTime may be anything
  private final Steering steering = new Steering(now);

  /** Production takes so long for a round of requests, one each 2 ms, while others are there. */
  private void round(long latencyMillis, int others, boolean waiting) {
    long began = now;
    for (int i = 0; i < 16; i++) {
      steering.others(others, waiting);
      steering.sampled(began + 2L * i * MILLI, began + (2L * i + latencyMillis) * MILLI, others);
    }
    now = began + (32 + latencyMillis) * MILLI;
  }

  /** A probe finds production alone, at so much. */
  private void probe(long latencyMillis) {
    assertThat(steering.mode()).isEqualTo(Steering.Mode.PROBE);
    assertThat(steering.limit()).isZero();
    tick(0, true);
    now += 60 * MILLI;
    round(latencyMillis, 0, true);
    round(latencyMillis, 0, true);
  }

  private void tick(int others, boolean waiting) {
    steering.others(others, waiting);
    steering.tick(now, now, now, others, waiting);
  }

  private void overloaded() {
    round(20, 0, false);
    round(90, 16, true);
    round(90, 16, true);
    probe(20);
  }

  @Test
  void noProduction_noLimit() {
    assertThat(steering.limit()).isGreaterThan(100_000);

    round(20, 0, false);
    assertThat(steering.limit()).isEqualTo(16);

    steering.tick(now + 11 * SECOND, now, now + 11 * SECOND, 500, true);
    assertThat(steering.limit()).isGreaterThan(100_000);
  }

  @Test
  void open_productionIsWell_theLimitDoublesForThoseWhoWait_andForNobodyElse() {
    round(20, 0, false);
    round(25, 16, false);
    assertThat(steering.limit()).isEqualTo(16);

    round(25, 16, true);
    round(25, 32, true);

    assertThat(steering.mode()).isEqualTo(Steering.Mode.OPEN);
    assertThat(steering.limit()).isEqualTo(64);
  }

  @Test
  void open_noWordOfProduction_theLimitDoublesByTime() {
    round(20, 0, false);
    now += SECOND;
    tick(16, true);

    assertThat(steering.limit()).isEqualTo(32);
  }

  @Test
  void open_slowOnce_isNoReason_twiceIs() {
    round(20, 0, false);
    round(90, 16, true);
    assertThat(steering.mode()).isEqualTo(Steering.Mode.OPEN);
    round(25, 16, true);
    round(90, 16, true);
    assertThat(steering.mode()).isEqualTo(Steering.Mode.OPEN);

    round(90, 16, true);

    assertThat(steering.mode()).isEqualTo(Steering.Mode.PROBE);
  }

  @Test
  void open_slowByItself_isNoReason() {
    round(20, 0, false);
    for (int i = 0; i < 200; i++) {
      round(90, 0, false);
      assertThat(steering.mode()).isEqualTo(Steering.Mode.OPEN);
      assertThat(steering.alone()).as("behind %s rounds", i)
          .isLessThan((long) (20 * MILLI * Math.pow(1.25, 1 + i * 0.122)));
    }
    assertThat(steering.alone()).isBetween(80 * MILLI, 90 * MILLI);
  }

  @Test
  void anyRound_thatIsFaster_saysThatAloneItIs() {
    round(200, 0, false);
    for (int i = 0; i < 8; i++) {
      round(25, 16, true);
    }
    assertThat(steering.alone()).isBetween(25 * MILLI, 27 * MILLI);
  }

  @Test
  void probe_fasterWithoutTheOthers_steers() {
    overloaded();

    assertThat(steering.mode()).isEqualTo(Steering.Mode.STEER);
    assertThat(steering.alone()).isEqualTo(20 * MILLI);
    assertThat(steering.limit()).isEqualTo(8);
  }

  @Test
  void probe_asSlowWithoutThem_letsThemGo() {
    round(20, 0, false);
    round(90, 16, true);
    round(90, 16, true);
    probe(90);

    assertThat(steering.mode()).isEqualTo(Steering.Mode.OPEN);
    assertThat(steering.limit()).isGreaterThanOrEqualTo(16);
    assertThat(steering.alone()).isEqualTo(90 * MILLI);
  }

  @Test
  void probe_wasDisturbed_isRepeatedSoon_andMeanwhileNoMoreGo() {
    round(20, 0, false);
    round(60, 16, true);
    round(60, 16, true);
    probe(50);
    assertThat(steering.mode()).isEqualTo(Steering.Mode.OPEN);
    double limit = steering.limit();

    long since = now;
    while (steering.mode() == Steering.Mode.OPEN) {
      round(90, 16, true);
      tick(16, true);
      assertThat(now - since).isLessThan(2 * SECOND);
      assertThat(steering.mode() == Steering.Mode.PROBE ? limit : steering.limit()).isEqualTo(limit);
    }
    probe(20);

    assertThat(steering.mode()).isEqualTo(Steering.Mode.STEER);
  }

  @Test
  void probe_nobodyKnowsHowFastItIsAlone() {
    round(90, 16, true);
    probe(20);

    assertThat(steering.mode()).isEqualTo(Steering.Mode.STEER);
  }

  @Test
  void probe_whatBeganBefore_orBesideOthers_doesNotCount() {
    round(20, 0, false);
    round(90, 16, true);
    round(90, 16, true);
    round(90, 4, true); // they are still there
    assertThat(steering.mode()).isEqualTo(Steering.Mode.PROBE);

    probe(20);

    assertThat(steering.alone()).isEqualTo(20 * MILLI);
  }

  @Test
  void probe_takesTooLong_ends() {
    round(90, 16, true);
    assertThat(steering.mode()).isEqualTo(Steering.Mode.PROBE);

    for (int seconds : new int[]{2, 10, 20, 40}) {
      now += 3 * SECOND;
      tick(16, true);
      assertThat(steering.mode()).isEqualTo(Steering.Mode.OPEN);
      round(90, 16, true);
      assertThat(steering.mode()).as("not at once again").isEqualTo(Steering.Mode.OPEN);
      now += seconds * SECOND;
      round(90, 16, true);
      assertThat(steering.mode()).isEqualTo(Steering.Mode.PROBE);
    }
  }

  @Test
  void steer_fallsWhileSlow_risesWhileWell_carefullyWhereItWasSlow() {
    overloaded();
    double first = steering.limit();
    now += 21 * MILLI;
    round(40, 16, true);
    assertThat(steering.limit()).isEqualTo(first * 0.7);

    now += 21 * MILLI;
    round(20, 11, true);
    round(20, 12, true);
    double near = steering.limit();
    assertThat(near).isGreaterThan(first * 0.7).isLessThan(first);
    for (int i = 0; i < 5; i++) {
      round(20, (int) near, true);
    }
    assertThat(steering.limit()).as("within a second").isLessThan(first);

    for (int i = 0; i < 200; i++) {
      round(20, 16, true);
      if (steering.mode() == Steering.Mode.PROBE) {
        probe(20);
      }
    }
    assertThat(steering.limit()).as("the server can take more by now").isGreaterThan(2 * first);
  }

  @Test
  void steer_farTooMany_oneAtATime_withAPause_andBack() {
    overloaded();
    for (int i = 0; i < 12; i++) {
      now += 21 * MILLI;
      round(200, 1, true);
    }
    assertThat(steering.limit()).isBetween(0.05, 0.9);
    assertThat(steering.pause()).isGreaterThan(20 * MILLI);

    for (int i = 0; i < 60 && steering.limit() < 2; i++) {
      round(20, 1, true);
      if (steering.mode() == Steering.Mode.PROBE) {
        probe(20);
      }
    }
    assertThat(steering.limit()).isGreaterThanOrEqualTo(2);
    assertThat(steering.pause()).isZero();
  }

  @Test
  void steer_findsOutAnewNowAndThen_whatProductionTakesAlone() {
    overloaded();
    for (int i = 0; i < 300 && steering.mode() == Steering.Mode.STEER; i++) {
      now += 21 * MILLI;
      round(30, 4, true);
    }
    probe(30);

    assertThat(steering.mode()).isEqualTo(Steering.Mode.STEER);
    assertThat(steering.alone()).isEqualTo(25 * MILLI);
  }

  @Test
  void steer_nobodyWaits_andNothingIsSlow_opens() {
    overloaded();
    tick(0, false);
    assertThat(steering.mode()).isEqualTo(Steering.Mode.STEER);

    now += 11 * SECOND;
    tick(0, false);

    assertThat(steering.mode()).isEqualTo(Steering.Mode.OPEN);
  }
}
