package dev.lanekeeper.controlplane.operations;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {

  private static final Duration QUARTER = Duration.ofMillis(250);

  @Test
  void few_lookAsOftenAsTheyLike() {
    assertThat(Pace.among(1, QUARTER)).isEqualTo(QUARTER);
    assertThat(Pace.among(7, QUARTER)).isEqualTo(QUARTER);
  }

  @Test
  void many_askNoMoreTogether() {
    for (int crowd = 8; crowd < 300; crowd++) {
      double looksPerSecond = 1_000.0 * crowd / Pace.among(crowd, QUARTER).toMillis();
      assertThat(looksPerSecond).as("of %s", crowd).isLessThanOrEqualTo(32);
    }
  }

  @Test
  void nobody_waitsLongerThanTenSeconds_forThat() {
    assertThat(Pace.among(100_000, QUARTER)).isEqualTo(Duration.ofSeconds(10));
    assertThat(Pace.among(100, Duration.ofMinutes(1))).isEqualTo(Duration.ofMinutes(1));
  }
}
