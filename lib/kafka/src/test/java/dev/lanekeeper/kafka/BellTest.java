package dev.lanekeeper.kafka;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.apache.kafka.common.errors.WakeupException;
import org.junit.jupiter.api.Test;

class BellTest {

  private final Bell bell = new Bell();

  @Test
  void await_forEver_endsWhenItIsRung() {
    bell.ring();
    assertThatThrownBy(() -> bell.await(Duration.ofSeconds(Long.MAX_VALUE))).isInstanceOf(WakeupException.class);
    assertThatCode(() -> bell.await(Duration.ZERO)).doesNotThrowAnyException();
  }

  @Test
  void await_afterARingThatWasHeardElsewhere_waits() {
    bell.ring();
    bell.heard(bell.rung());
    assertThatCode(() -> bell.await(Duration.ofMillis(1))).doesNotThrowAnyException();
    bell.ring();
    assertThatThrownBy(() -> bell.await(Duration.ZERO)).isInstanceOf(WakeupException.class);
  }
}
