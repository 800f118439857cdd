package dev.lanekeeper.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.Tag;
import dev.lanekeeper.model.WireNames;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallHeadersTest {

  private static final WireNames NAMES = WireNames.STANDARD;
  private static final Carried CARRIED = new Carried(Tag.of("123"), new Stamp(42, 0x9f3c71d2));

  @Test
  void carried_withoutOurNames_isNothing() {
    assertThat(CallHeaders.carried(NAMES, headers(Map.of("accept", List.of("a"), "baggage", List.of("x=1")))))
        .isEqualTo(Carried.NOTHING);
  }

  @Test
  void carried_fromSeveralHeaders_isOneList() {
    var headers = headers(Map.of("Baggage", List.of("x=1,tenancy=1", "tenancy=123 , tenancy-rev=42-9f3c71d2")));

    assertThat(CallHeaders.carried(NAMES, headers)).isEqualTo(CARRIED);
  }

  @Test
  void carried_fromAPlainHeaderAlone_hasNoStamp() {
    assertThat(CallHeaders.carried(NAMES, headers(Map.of("x-tenancy-id", List.of("123")))))
        .isEqualTo(new Carried(Tag.of("123"), Stamp.NONE));
  }

  @ParameterizedTest
  @ValueSource(strings = {"tenancy=123,tenancy-rev=42-9f3c71d2,tenancy=other", "tenancy=other,tenancy-rev=42-9f3c71d2",
      "tenancy=123,tenancy-rev=42-9f3c71d2,tenancy-overrides=B:other", "tenancy=123,tenancy-rev=42-9f3c71d2,x=1"})
  void ofCall_whateverTheHeadersAdd_isWhatTheyBear(String baggage) {
    Lanes.publish(new FixedSource(), () -> null, new Serving(CARRIED), Duration.ofMillis(50));
    var headers = headers(
        Map.of("baggage", List.of(baggage), "x-tenancy-id", List.of("123"), "request-tenancy", List.of("123")));

    assertThat(CallHeaders.ofCall(NAMES, headers)).isEqualTo(CallHeaders.carried(NAMES, headers));
  }

  @Test
  void ofCall_asTheRequestIsWritten_isTheRequests() {
    Lanes.publish(new FixedSource(), () -> null, new Serving(CARRIED), Duration.ofMillis(50));
    var written = headers(Objects.requireNonNull(CallHeaders.with(NAMES, headers(Map.of()), CARRIED)));

    assertThat(CallHeaders.ofCall(NAMES, written)).isSameAs(CARRIED);
  }

  @Test
  void with_writesEveryName_andKeepsWhatOthersPutThere() {
    var headers = headers(
        Map.of("accept", List.of("a"), "baggage", List.of("x=1,tenancy=123", "y=2"), "X-TENANCY-ID", List.of("old")));

    Map<String, List<String>> written = Objects.requireNonNull(CallHeaders.with(NAMES, headers, CARRIED));

    assertThat(written).containsEntry("accept", List.of("a")).containsEntry("x-tenancy-id", List.of("123"))
        .containsEntry("request-tenancy", List.of("123"))
        .containsEntry("baggage", List.of("tenancy=123,tenancy-rev=42-9f3c71d2,x=1,y=2"));
    assertThat(CallHeaders.with(NAMES, headers(written), CARRIED)).as("nothing to do").isNull();
  }

  @Test
  void without_leavesOnlyWhatOthersPutThere() {
    var headers = headers(
        Map.of("baggage", List.of("x=1,tenancy=123,tenancy-overrides=B:1,tenancy-rev=1-00000000"), "X-Tenancy-ID",
            List.of("123"), "request-tenancy", List.of("123"), "accept", List.of("a")));

    assertThat(CallHeaders.without(NAMES, headers)).containsOnly(Map.entry("accept", List.of("a")),
        Map.entry("baggage", List.of("x=1")));
    assertThat(CallHeaders.without(NAMES, headers(Map.of("baggage", List.of("tenancy=123"))))).isEmpty();
  }

  private static Map<String, List<String>> headers(Map<String, List<String>> headers) {
    Map<String, List<String>> found = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    found.putAll(headers);
    return found;
  }

  /** No tenancy, single services only: what a plain header of this name holds is malformed, also nothing. */
  @Test
  void ofCall_singleServicesBesideEmptyHeaders_isWhatTheHeadersBear() {
    Carried single = new Carried(Tag.of(null, "B:123"), new Stamp(42, 0x9f3c71d2));
    Lanes.publish(new FixedSource(), () -> null, new Serving(single), Duration.ofMillis(50));
    var headers = headers(Map.of("baggage", List.of("tenancy-overrides=B:123,tenancy-rev=42-9f3c71d2"),
        "x-tenancy-id", List.of(""), "request-tenancy", List.of("")));

    assertThat(CallHeaders.ofCall(NAMES, headers)).isEqualTo(CallHeaders.carried(NAMES, headers));
  }

  @Test
  void with_singleServicesBesideEmptyHeaders_bearsWhatIsSaid() {
    Carried single = new Carried(Tag.of(null, "B:123"), new Stamp(42, 0x9f3c71d2));
    var headers = headers(Map.of("baggage", List.of("tenancy-overrides=B:123,tenancy-rev=42-9f3c71d2"),
        "x-tenancy-id", List.of(""), "request-tenancy", List.of("")));
    var written = CallHeaders.with(NAMES, headers, single);

    assertThat(CallHeaders.carried(NAMES, written == null ? headers : headers(written))).isEqualTo(single);
  }
}
