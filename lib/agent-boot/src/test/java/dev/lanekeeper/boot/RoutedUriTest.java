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
