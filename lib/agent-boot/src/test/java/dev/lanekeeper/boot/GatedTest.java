package dev.lanekeeper.boot;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.Self;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Tenancy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GatedTest {

  private static final ServiceName SERVICE = ServiceName.of("C");

  private final Object consumer = new Object();

  private static void publish(@Nullable Self self) {
    Lanes.publish(new FixedSource(), () -> self, ContextSource.NONE, Duration.ofMillis(100));
  }

  @AfterEach
  void forget() {
    publish(null);
  }

  @Test
  void underTest_onlyWhatStandsBehindAGateConsumes() {
    publish(new Self(SERVICE, new Tenancy("123"), new Incarnation("i1")));
    assertThatThrownBy(() -> Gated.require(consumer)).isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("lanekeeper: java.lang.Object in C for tenancy 123");

    Gated.add(consumer);

    assertThatCode(() -> Gated.require(consumer)).doesNotThrowAnyException();
  }

  @Test
  void others_consumeAsEver() {
    publish(new Self(SERVICE, null, null));
    assertThatCode(() -> Gated.require(consumer)).doesNotThrowAnyException();
    publish(null);
    assertThatCode(() -> Gated.require(consumer)).doesNotThrowAnyException();
  }
}
