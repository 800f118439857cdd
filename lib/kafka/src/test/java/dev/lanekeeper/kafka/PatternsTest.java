package dev.lanekeeper.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Patterns of an application, whatever is in them, extended by topics. */
class PatternsTest {

  private static final String AGAIN = "lanekeeper.redelivered.c.eb3654c3535d7a0b";
  private static final Set<String> TOPICS =
      Set.of("orders", "payments", "a.b", "orders # all", "orders)|x", "ORDERS", "x");

  private static void assertExtended(Pattern pattern) {
    Pattern extended = Patterns.extended(pattern, Set.of(AGAIN), TOPICS);
    assertThat(extended).as(pattern.pattern()).isNotNull();
    if (extended != null) {
      assertThat(extended.matcher(AGAIN).matches()).isTrue();
      assertThat(extended.matcher(AGAIN.replace('.', '-')).matches()).isFalse();
      for (String topic : TOPICS) {
        assertThat(extended.matcher(topic).matches()).as(pattern.pattern() + " " + topic)
            .isEqualTo(pattern.matcher(topic).matches());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"orders", "orders|pay.*", "(?i)orders", "(?x)orders # all", "o(?i:r)ders", "\\Qa.b",
      "\\Qa.b\\E", "\\Qorders)|x", "[a-z.]+",
      "a\\\\Q?",
      "^orders$", "(?<n>o)rders", "\\Qa\\", ""})
  void pattern_whateverItLeavesOpen_isExtendedAndStaysWhatItIs(String text) {
    assertExtended(Pattern.compile(text));
  }

  @ParameterizedTest
  @CsvSource({"0,orders", "16,a.b", "18,orders", "20,orders # all", "16,orders)|x", "4,orders # all", "4,o rders #\\Q(",
      "2,orders", "64,orders", "128,orders", "32,orders"})
  void pattern_withFlags_isExtendedAndStaysWhatItIs(int flags, String text) {
    assertExtended(Pattern.compile(text, flags));
  }

  @ParameterizedTest
  @ValueSource(strings = {"o(?i)rders", "a|(?x)orders # all"})
  void pattern_thatSetsFlagsInside_isNotExtended(String text) {
    assertThat(Patterns.extended(Pattern.compile(text), Set.of(AGAIN), TOPICS)).isNull();
  }

  @Test
  void brokersPattern_isPlain_whereBothReadItAlike() {
    assertThat(List.of("orders", "o.*", "(a|b)-\\.c+", "^o$")).allMatch(Patterns::isPlain);
    assertThat(List.of("[[:word:]]", "(?i)o", "\\w", "(?:o)", "\\Qo", "o{2}")).noneMatch(Patterns::isPlain);
  }

  @Test
  void noTopics_leaveItAsItIs() {
    Pattern pattern = Pattern.compile("o.*");
    assertThat(Patterns.extended(pattern, Set.of(), TOPICS)).isSameAs(pattern);
    assertThat(Patterns.extended("o.*", Set.of(), TOPICS)).isEqualTo("o.*");
  }

  @Test
  void brokersPattern_isExtended_unlessItCannotBeChecked() {
    String again = "|lanekeeper\\.redelivered\\.c\\.eb3654c3535d7a0b";
    assertThat(Patterns.extended("o.*", Set.of(AGAIN), TOPICS)).isEqualTo("(?:o.*)" + again);
    assertThat(Patterns.extended("(?P<n>o).*", Set.of(AGAIN), TOPICS)).isEqualTo("(?:(?P<n>o).*)" + again);
    assertThat(Patterns.extended("\\Qa.b", Set.of(AGAIN), TOPICS)).isEqualTo("(?:\\Qa.b\\E)" + again);
    for (String unlike : List.of("o\\C", "[[:word:]", "(")) {
      assertThat(Patterns.extended(unlike, Set.of(AGAIN), TOPICS)).as(unlike).isNull();
    }
  }
}
