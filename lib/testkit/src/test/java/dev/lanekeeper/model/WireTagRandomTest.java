package dev.lanekeeper.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanekeeper.testkit.Seeded;
import dev.lanekeeper.testkit.vectors.WireCase.Header;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The cursor reads what {@link NaiveWire} reads, from whatever headers. */
class WireTagRandomTest {

  private static final int ROUNDS = 20_000;
  private static final WireNames TWO_MEMBERS =
      new WireNames(List.of("sd-routing-key", "tenancy"), "tenancy-rev", "lane", List.of("X-Lane"));
  private static final List<String> NAMES = List.of("tenancy", "tenancy", "tenancy-rev", "tenancy-rev",
      "tenancy-overrides", "sd-routing-key", "lane", "Tenancy", "tenancyx", "t", "userId", "", " tenancy ",
      "tenancy\t");
  private static final List<String> VALUES = List.of("123", "shop/testing/TID1", "a+b", "a b", "a%2Bb", "a%2fb", "a//b",
      "", "42-9f3c71d2", "42-9F3C71D2", "42%2D9f3c71d2", "0-9f3c71d2", "9007199254740992-00000000", "42-9f3c71d",
      "B:123", "B:123&C:feature/x", "B%3A123", "B:", "b:1&B:2", "%", "a%", "%zz", "a=b", "\"q\"", "\u00e4",
      "a".repeat(128),
      "a".repeat(129), "x/y/z/w/v/u/t/s", "x/y/z/w/v/u/t/s/r", " 123 ", "\t7", "production", "p/production");
  private static final String CHARACTERS = "aZ0.~-_/+ %2Bf,;=&:\t\u00ff*";

  @Test
  void headers_random_areReadAsNaively() {
    Seeded random = Seeded.of("headers_random_areReadAsNaively");
    for (int round = 0; round < ROUNDS; round++) {
      WireNames names = random.oneIn(4) ? TWO_MEMBERS : WireNames.STANDARD;
      List<Header> headers = headers(random);
      assertThat(Wires.read(names, headers)).as("%s of %s", names, headers)
          .isEqualTo(NaiveWire.read(names, headers));
    }
  }

  @Test
  void tag_randomThenWritten_isReadAgain() {
    Seeded random = Seeded.of("tag_randomThenWritten_isReadAgain");
    for (int round = 0; round < ROUNDS; round++) {
      List<Header> headers = headers(random);
      Carried carried = Wires.read(WireNames.STANDARD, headers);
      String others = headers.isEmpty() ? "" : headers.get(0).value();
      Header merged = new Header("baggage", BaggageText.merge(WireNames.STANDARD, carried, others));
      Carried again = Wires.read(WireNames.STANDARD, List.of(merged));
      if (!carried.tag().isMalformed()) {
        assertThat(again).as("%s beside %s", carried, others).isEqualTo(carried);
      }
      String left = BaggageText.without(WireNames.STANDARD, merged.value());
      assertThat(Wires.read(WireNames.STANDARD, List.of(new Header("baggage", left)))).as(left)
          .isEqualTo(Carried.NOTHING);
    }
  }

  @Test
  void combination_random_isReadAsNaively() {
    Seeded random = Seeded.of("combination_random_isReadAsNaively");
    for (int round = 0; round < ROUNDS; round++) {
      String text = random.oneIn(3) ? random.oneOf(VALUES) + random.oneOf(VALUES) : characters(random);
      TenancyKey key = TenancyKey.of(text);
      assertThat(key == null ? null : key.text()).as(text).isEqualTo(NaiveWire.combination(text));
    }
  }

  private static List<Header> headers(Seeded random) {
    return Stream.generate(() -> header(random)).limit(random.below(4)).toList();
  }

  private static Header header(Seeded random) {
    if (random.oneIn(4)) {
      String name = random.oneOf(List.of("X-Tenancy-ID", "x-tenancy-id", "request-tenancy", "X-Lane", "X-Other"));
      return new Header(name, value(random));
    }
    List<String> members = new ArrayList<>();
    for (int i = random.below(6); i > 0; i--) {
      String properties = random.oneIn(5) ? ";" + random.oneOf(NAMES) + "=" + random.oneOf(VALUES) : "";
      String member = random.oneOf(NAMES) + (random.oneIn(9) ? "" : "=") + value(random) + properties;
      members.add(random.oneIn(9) ? characters(random) : member);
    }
    return new Header(random.oneOf(List.of("baggage", "Baggage")), String.join(random.oneIn(3) ? " , " : ",", members));
  }

  private static String value(Seeded random) {
    return random.oneIn(6) ? characters(random) : random.oneOf(VALUES);
  }

  private static String characters(Seeded random) {
    StringBuilder out = new StringBuilder();
    for (int i = random.below(20); i > 0; i--) {
      out.append(random.charOf(CHARACTERS));
    }
    return out.toString();
  }
}
