package dev.lanekeeper.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.Tag;
import dev.lanekeeper.model.WireNames;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TagReaderTest {

  private static ByteBuffer buffer(String text) {
    byte[] bytes = ("xx" + text + "yy").getBytes(java.nio.charset.StandardCharsets.UTF_8);
    return ByteBuffer.wrap(bytes, 2, bytes.length - 4).slice();
  }

  private static Headers headers(String... namesAndValues) {
    Header[] made = new Header[namesAndValues.length / 2];
    for (int i = 0; i < made.length; i++) {
      made[i] = new RecordHeader(buffer(namesAndValues[2 * i]), buffer(namesAndValues[2 * i + 1]));
    }
    return new RecordHeaders(made);
  }

  @Test
  void privateFields_ofThisClient_areReadable() {
    assertThat(PrivateFields.READABLE).isTrue();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void read_everyForm_isTheSameRawAndPublic(boolean raw) {
    TagReader reader = new TagReader(WireNames.STANDARD, raw);
    assertThat(reader.read(headers("traceparent", "00", "baggage", "a=b", "content-type", "x"))).isFalse();
    assertThat(reader.read(headers())).isFalse();
    assertThat(reader.read(headers("Request-TENANCY", "shop/testing/T1"))).isTrue();
    assertThat(reader.tag().carried().tag()).isEqualTo(Tag.of("shop/testing/T1"));
    assertThat(
        reader.read(headers("baggage", "a=b", "baggage", "tenancy=1,tenancy-rev=7-0000000a", "baggage", "tenancy=2")))
        .isTrue();
    assertThat(reader.tag().carried()).isEqualTo(new Carried(Tag.of("2"), new Stamp(7, 10)));
    assertThat(reader.read(headers("baggage", "tenancy=%%"))).isTrue();
    assertThat(reader.tag().isMalformed()).isTrue();
    Headers seen = headers("BAGGAGE", "tenancy=1");
    seen.forEach(
        header -> assertThat(header.key() + new String(header.value(), java.nio.charset.StandardCharsets.UTF_8))
            .isNotEmpty());
    assertThat(reader.read(seen)).as("decoded by somebody before").isTrue();
    assertThat(reader.read(new RecordHeaders().add("baggage", null).add("x-tenancy-id", LogConsumer.bytes("9"))))
        .isTrue();
    reader.use(new WireNames(List.of("sd-routing-key"), "rev", "overrides", List.of()));
    assertThat(reader.read(headers("baggage", "tenancy=1"))).isFalse();
    assertThat(reader.read(headers("baggage", "sd-routing-key=1"))).isTrue();
  }

  @Test
  void read_raw_decodesNoName() {
    Headers headers = headers("traceparent", "00", "baggage", "a=b", "request-tenancy", "1");
    new TagReader(WireNames.STANDARD, true).read(headers);
    for (Header header : headers) {
      assertThat(PrivateFields.nameBuffer((RecordHeader) header)).isNotNull();
    }
  }

  @Test
  void read_raw_allocatesNothing() {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    TagReader reader = new TagReader(WireNames.STANDARD, true);
    Headers headers = headers("traceparent", "00", "baggage", "a=b", "content-type", "x");
    Headers tagged = headers("baggage", "tenancy=1,tenancy-rev=7-0000000a");
    for (int i = 0; i < 20_000; i++) {
      reader.read(headers);
      reader.read(tagged);
    }
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 10_000; i++) {
      reader.read(headers);
      reader.read(tagged);
    }
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(10_000);
  }
}
