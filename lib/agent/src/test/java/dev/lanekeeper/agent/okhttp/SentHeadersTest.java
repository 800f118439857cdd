package dev.lanekeeper.agent.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import okhttp3.Headers;
import org.junit.jupiter.api.Test;

class SentHeadersTest {

  private static final SentHeaders HEADERS =
      new SentHeaders(Headers.of("Accept", "*/*", "Baggage", "a=1", "Cookie", "c=1", "baggage", "b=2"));

  @Test
  void get_inAnyCase_findsAllValuesInTheirOrder() {
    assertThat(HEADERS.get("baggage")).containsExactly("a=1", "b=2");
    assertThat(HEADERS.get("COOKIE")).containsExactly("c=1");
    assertThat(HEADERS.get("X-Tenancy-ID")).isNull();
    assertThat(HEADERS.containsKey("accept")).isTrue();
    assertThat(HEADERS.containsKey("x")).isFalse();
  }

  @Test
  void entrySet_hasEachNameOnce() {
    assertThat(Map.copyOf(HEADERS)).hasSize(3).containsEntry("Accept", List.of("*/*"))
        .containsEntry("Baggage", List.of("a=1", "b=2")).containsEntry("Cookie", List.of("c=1"));
  }
}
