package dev.lanekeeper.gateway.fairness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanekeeper.model.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShareClassTest {

  @ParameterizedTest
  @CsvSource({"shop/production, PRODUCTION", "shop/canary, CANARY", "shop/canary/v2, CANARY",
      "shop/replay/1+123, REPLAY",
      "shop/testing/TID1, TESTING", "123, TESTING", "123+shop/canary/v2, TESTING", "canary, TESTING",
      "shop/canarylike, TESTING", "shop/load/canary, TESTING", "shop/production/mine, TESTING",
      "shop/production+123, TESTING", "123+shop/production, TESTING", "production, TESTING"})
  void of_secondSegment(String tenancy, ShareClass expected) {
    assertThat(ShareClass.of(Tag.of(tenancy))).isEqualTo(expected);
  }

  @Test
  void of_productionThatWantsOtherWorkloads_isATest() {
    assertThat(ShareClass.of(Tag.of("shop/production", "B:123"))).isEqualTo(ShareClass.TESTING);
    assertThat(ShareClass.of(Tag.of(null, "B:123"))).isEqualTo(ShareClass.TESTING);
  }

  @Test
  void of_untagged_isProduction_andMalformedIsNot() {
    assertThat(ShareClass.of(Tag.NONE)).isEqualTo(ShareClass.PRODUCTION);
    assertThat(ShareClass.of(Tag.MALFORMED)).isEqualTo(ShareClass.TESTING);
  }
}
