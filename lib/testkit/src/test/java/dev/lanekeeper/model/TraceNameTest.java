package dev.lanekeeper.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The name by which a request is traced travels beside its tag, and without one. */
class TraceNameTest {

  private static final WireNames NAMES = WireNames.STANDARD;
  private static final Carried TRACED =
      new Carried(Tag.of("123"), new Stamp(42, 0x9f3c71d2), "4bf92f3577b34da6a3ce929d0e0e4736");
  private static final String WRITTEN =
      "tenancy=123,tenancy-rev=42-9f3c71d2,lanekeeper-trace=4bf92f3577b34da6a3ce929d0e0e4736";

  private static Carried read(String baggage) {
    return new WireTag(NAMES).clear().baggage(baggage).carried();
  }

  @Test
  void members_ofWhatIsTraced_areReadAsTheyWereWritten() {
    assertThat(BaggageText.members(NAMES, TRACED)).isEqualTo(WRITTEN);
    assertThat(read(WRITTEN)).isEqualTo(TRACED);
    assertThat(read(" lanekeeper-trace = x-1 ;p=1 , tenancy=123")).isEqualTo(
        new Carried(Tag.of("123"), Stamp.NONE, "x-1"));
  }

  @Test
  void untagged_isTracedToo() {
    Carried untagged = read("region=eu,lanekeeper-trace=abc");

    assertThat(untagged.isTagged()).isFalse();
    assertThat(untagged.trace()).isEqualTo("abc");
    assertThat(BaggageText.merge(NAMES, untagged, "region=eu,lanekeeper-trace=old"))
        .isEqualTo("lanekeeper-trace=abc,region=eu");
  }

  @Test
  void cursor_cleared_forgetsIt() {
    WireTag tag = new WireTag(NAMES).clear().baggage("lanekeeper-trace=abc,tenancy=123");
    assertThat(tag.clear().baggage("tenancy=123").carried()).isEqualTo(new Carried(Tag.of("123"), Stamp.NONE));
    assertThat(tag.clear().carried()).isSameAs(Carried.NOTHING);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a%20b", "a/b", "a_b", "\u00e9", "../x",
      "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"})
  void name_ofAnotherForm_isNone(String name) {
    assertThat(read("tenancy=123,lanekeeper-trace=" + name).trace()).isNull();
  }

  @Test
  void without_leavesNothingOfIt() {
    assertThat(BaggageText.without(NAMES, "a=1," + WRITTEN + ",b=2")).isEqualTo("a=1,b=2");
  }

  @Test
  void stamped_staysTraced() {
    assertThat(TRACED.with(new Stamp(43, 1)).trace()).isEqualTo(TRACED.trace());
    assertThat(TRACED.tracedBy(TRACED.trace())).isSameAs(TRACED);
    assertThat(Carried.NOTHING.tracedBy(null)).isSameAs(Carried.NOTHING);
  }

  @Test
  void names_ofAnEnvironment_cannotBeThis() {
    assertThatThrownBy(
        () -> new WireNames(List.of("lanekeeper-trace"), "tenancy-rev", "tenancy-overrides", List.of("x")))
        .hasMessageStartingWith("names.members: ");
  }

  @Test
  void hop_ofWhatNobodyTraces_isNone() {
    assertThatThrownBy(() -> Hop.now(Carried.NOTHING, Hop.Kind.CALL, Hop.Place.NOBODYS, "B", Hop.Outcome.PASS,
        "untagged", null, null)).hasMessage("trace: none (expected: what is traced)");
  }
}
