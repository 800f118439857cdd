package dev.lanekeeper.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class SettingsTest {

  @Test
  void of_nothing_isACallerWithoutControlPlane() {
    Settings settings = Settings.of(new Properties(), Map.of());

    assertThat(settings.service()).isNull();
    assertThat(settings.tenancy()).isNull();
    assertThat(settings.controlPlane()).isNull();
    assertThat(settings.workload()).isEqualTo("java");
    assertThat(settings.patience()).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void of_propertyAndVariable_prefersTheProperty() {
    Properties properties = new Properties();
    properties.setProperty("lanekeeper.service", "C");
    properties.setProperty("sun.java.command", "/opt/c-2.jar --port 1");

    Settings settings = Settings.of(properties,
        Map.of("LANEKEEPER_SERVICE", "B", "LANEKEEPER_CONTROL_PLANE", " http://127.0.0.1:7400 ", "LANEKEEPER_TENANCY",
            ""));

    assertThat(settings.service()).isEqualTo("C");
    assertThat(settings.controlPlane()).isEqualTo("http://127.0.0.1:7400");
    assertThat(settings.tenancy()).as("empty is unset").isNull();
    assertThat(settings.workload()).isEqualTo("c-2.jar");
  }

  @Test
  void of_whatToDoInDoubt_isHoldUnlessSaid() {
    assertThat(Settings.of(new Properties(), Map.of()).putsAside()).isTrue();
    assertThat(Settings.of(new Properties(), Map.of("LANEKEEPER_KAFKA_IN_DOUBT", "hold")).putsAside()).isFalse();
    assertThatThrownBy(() -> Settings.of(new Properties(), Map.of("LANEKEEPER_KAFKA_IN_DOUBT", "drop")))
        .hasMessageContaining("lanekeeper.kafka-in-doubt: drop (expected: put-aside or hold)");
  }

  @Test
  void of_aPatienceThatIsNone_saysWhatWasExpected() {
    Properties properties = new Properties();
    properties.setProperty("lanekeeper.patience-millis", "2s");

    assertThatThrownBy(() -> Settings.of(properties, Map.of()))
        .hasMessageContaining("lanekeeper.patience-millis: 2s (expected:");
  }
}
