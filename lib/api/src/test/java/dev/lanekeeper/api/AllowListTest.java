package dev.lanekeeper.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AllowListTest {

  private static final AllowList LIST =
      AllowList
          .of(List.of("127.0.0.0/8", "::1/128", "localhost", "10.1.0.0/16:8080", "*.internal:8080", "stage.example"));

  @ParameterizedTest
  @CsvSource({
      "http://127.0.0.1:9102, true", "http://127.9.9.9, true", "http://[::1]:80, true", "https://localhost, true",
      "http://10.1.2.3:8080, true", "http://10.1.2.3:8081, false", "http://10.2.2.3:8080, false",
      "http://a.internal:8080, true", "http://a.b.internal:8080, true", "http://a.internal, false",
      "http://internal:8080, false", "http://evilinternal:8080, false", "http://stage.example:1234, true",
      "http://stage.example.evil, false", "http://128.0.0.1, false", "http://0127.0.0.1, false",
      "http://2130706433, false",
      "http://LOCALHOST:1, true", "http://localhost.evil, false", "http://127.0.0.1.evil, false",
      "http://169.254.169.254, false"})
  void allows_address_comparesHostAndPort(URI address, boolean allowed) {
    assertThat(LIST.allows(address)).isEqualTo(allowed);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "http://x", "10.0.0.0/33", "x:0", "x:99999", "*", "a/b", "*.x/8", "host name"})
  void of_malformedEntry_isRefused(String entry) {
    assertThatThrownBy(() -> AllowList.of(List.of(entry))).isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("redirects.allow");
  }
}
