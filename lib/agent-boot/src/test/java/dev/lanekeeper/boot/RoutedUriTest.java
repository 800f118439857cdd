package dev.lanekeeper.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.Tag;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoutedUriTest {

  private static final Carried CARRIED =
      new Carried(Tag.of("shop/testing/TID1234+b", "B:123"), new Stamp(42, 0x9f3c71d2));

  @ParameterizedTest
  @ValueSource(strings = {"http://shop:8080/cart?x=1&y=%20#top", "http://shop", "http://shop/",
      "https://user:pw@shop/a@b?c@d#e@f@g",
      "http://[::1]:8080/x", "http://shop?q", "http://shop/%2F/..;a=b"})
  void original_ofARoutedUri_isWhatTheApplicationGave(String given) {
    URI uri = URI.create(given);

    URI routed = RoutedUri.of(uri, "127.0.0.1:9102", CARRIED);

    assertThat(routed.getRawAuthority()).isEqualTo("127.0.0.1:9102");
    assertThat(routed.getRawPath()).isEqualTo(uri.getRawPath());
    assertThat(routed.getRawQuery()).isEqualTo(uri.getRawQuery());
    assertThat(RoutedUri.original(routed)).isEqualTo(uri);
    assertThat(RoutedUri.original(URI.create(routed.toString()))).as("a copy").isEqualTo(uri);
    URI elsewhere = URI.create(routed.toString().replace("127.0.0.1:9102", "127.0.0.1:9103"));
    assertThat(RoutedUri.original(elsewhere)).as("another, which is read").isEqualTo(uri);
    assertThat(RoutedUri.carried(routed)).isEqualTo(CARRIED);
    assertThat(URI.create(RoutedUri.onWire(routed.toString())).getRawFragment()).as("sent to a proxy").isNull();
  }

  @Test
  void routed_forAnythingElse_isAnother() {
    String given = "http://shop:8080/cart?x=1#top";
    URI routed = RoutedUri.of(URI.create(given), "127.0.0.1:9102", CARRIED);

    assertThat(RoutedUri.of(URI.create(given), "127.0.0.1:9102", CARRIED)).as("the same").isSameAs(routed);
    URI written = URI.create("http://SHOP:8080/cart?x=1#top");
    assertThat(RoutedUri.original(RoutedUri.of(written, "127.0.0.1:9102", CARRIED))).as("equal, written otherwise")
        .hasToString(written.toString());
    assertThat(RoutedUri.of(URI.create(given), "127.0.0.1:9103", CARRIED).getPort()).isEqualTo(9103);
    Carried newer = CARRIED.with(new Stamp(43, 0x9f3c71d2));
    assertThat(RoutedUri.carried(RoutedUri.of(URI.create(given), "127.0.0.1:9102", newer))).isEqualTo(newer);
    URI plain = URI.create("http://shop:8080/cart?x=1");
    assertThat(RoutedUri.original(RoutedUri.of(plain, "127.0.0.1:9102", CARRIED))).hasToString(plain.toString());
  }

  @Test
  void routed_manyOfThem_eachIsItsOwn() {
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 20_000; i++) {
        URI uri = URI.create("http://shop:8080/" + i);
        assertThat(RoutedUri.original(RoutedUri.of(uri, "127.0.0.1:" + (9000 + i % 7), CARRIED))).isEqualTo(uri);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://shop/#lanekeeper@localhost%3A1@tenancy%3D123@", "http://shop/#lanekeeper-",
      "http://shop/#lanekeeper-00000000-0000-0000-0000-000000000000@x@@"})
  void uri_thatOnlyLooksLikeOneOfOurs_isAnyOther(String forged) {
    URI uri = URI.create(forged);

    assertThat(RoutedUri.isRouted(uri)).isFalse();
    assertThat(RoutedUri.original(uri)).isSameAs(uri);
    assertThat(RoutedUri.onWire(forged)).isEqualTo(forged);
  }

  @Test
  void original_ofAnyOtherUri_isItself() {
    URI uri = URI.create("http://shop/#top");

    assertThat(RoutedUri.original(uri)).isSameAs(uri);
    assertThat(RoutedUri.isRouted(uri)).isFalse();
    assertThat(RoutedUri.carried(uri)).isEqualTo(Carried.NOTHING);
  }

  @Test
  void moved_toAnotherAuthority_onlyFromTheNamedOne() {
    URI from = URI.create("http://shop:8080/");
    URI to = URI.create("http://127.0.0.1:9102/");

    assertThat(RoutedUri.moved(URI.create("http://shop:8080/x?q#f"), from, to))
        .hasToString("http://127.0.0.1:9102/x?q#f");
    assertThat(RoutedUri.moved(URI.create("http://shop:8081/x"), from, to)).hasToString("http://shop:8081/x");
    assertThat(RoutedUri.moved(URI.create("https://shop:8080/x"), from, to)).hasToString("https://shop:8080/x");
  }
}
