package dev.lanekeeper.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanekeeper.testkit.vectors.WireCase.Header;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** Feeds headers to a cursor. */
final class Wires {

  private static final int MARGIN = 5;

  private Wires() {}

  /** What a cursor reads, as text and as bytes in the middle of others; both must be the same. */
  static Carried read(WireNames names, List<Header> headers) {
    WireTag texts =
        new WireTag(names).baggage("tenancy=of-before,tenancy-rev=9-00000009,tenancy-overrides=B:9").clear();
    WireTag bytes = new WireTag(names).clear();
    for (Header header : headers) {
      byte[] name = header.name().getBytes(StandardCharsets.ISO_8859_1);
      int rank = bytes.plainRank(name, 0, name.length);
      byte[] inTheMiddle =
          (",".repeat(MARGIN) + header.value() + "9".repeat(MARGIN)).getBytes(StandardCharsets.ISO_8859_1);
      int end = inTheMiddle.length - MARGIN;
      if (header.name().toLowerCase(Locale.ROOT).equals(WireNames.BAGGAGE)) {
        texts.baggage(header.value());
        bytes.baggage(inTheMiddle, MARGIN, end);
      } else if (rank >= 0) {
        texts.plain(rank, header.value());
        bytes.plain(rank, inTheMiddle, MARGIN, end);
      }
    }
    assertThat(bytes.isTagged()).isEqualTo(texts.isTagged());
    assertThat(bytes.isMalformed()).isEqualTo(texts.isMalformed());
    assertThat(bytes.carried()).isEqualTo(texts.carried());
    return bytes.carried();
  }

  /** A cursor that holds this. */
  static WireTag cursor(Carried carried) {
    Carried written = carried.tag().isMalformed() ? new Carried(Tag.of("1"), carried.stamp()) : carried;
    String members = BaggageText.members(WireNames.STANDARD, written);
    WireTag tag = new WireTag(WireNames.STANDARD).clear().baggage(members);
    return carried.tag().isMalformed() ? tag.baggage("tenancy=a//b") : tag;
  }
}
