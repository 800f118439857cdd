package dev.lanekeeper.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrafficClassTest {

  @ParameterizedTest
  @CsvSource({"123,TESTING", "shop/production,PRODUCTION", "shop/production/eu,PRODUCTION", "shop/canary/v2,CANARY",
      "shop/testing/TID1234,TESTING", "shop/replay/x/y,REPLAY", "shop/health-probe,OTHER", "shop/Canary,OTHER",
      "shop/canaryx,OTHER", "shop/canar,OTHER", "Feature/QueueUpdate,OTHER", "a+shop/canary,TESTING",
      "shop/canary+b,CANARY", "shop/canary/x+b/production,CANARY"})
  void of_aTenancy_isByItsSecondSegment(String tenancy, TrafficClass expected) {
    assertThat(TrafficClass.of(Tag.of(tenancy))).isEqualTo(expected);
  }

  @Test
  void of_noTenancy() {
    assertThat(TrafficClass.of(Tag.NONE)).isEqualTo(TrafficClass.PRODUCTION);
    assertThat(TrafficClass.of(Tag.MALFORMED)).isEqualTo(TrafficClass.OTHER);
    assertThat(TrafficClass.of(Tag.of(null, "B:123"))).isEqualTo(TrafficClass.TESTING);
  }
}
