package dev.lanekeeper.gateway.http1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanekeeper.gateway.http.Ascii;
import dev.lanekeeper.gateway.http.FieldName;
import dev.lanekeeper.gateway.http.Fields;
import dev.lanekeeper.gateway.http.Limits;
import dev.lanekeeper.gateway.http.MalformedMessageException;
import dev.lanekeeper.gateway.http.RequestHead;
import dev.lanekeeper.testkit.Seeded;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Heads that were tampered with, read by the gateway and by Netty. Where both read one they read the same; what the gateway reads Netty reads,
 * too. The gateway refuses more: what Netty reads beyond it is listed in {@link #strictness}, each with the rule by which it is refused.
 */
class HeadReaderRandomTest {

  private static final int HEADS = 60_000;
  private static final List<String> BASES = List.of(
      "GET / HTTP/1.1\r\nHost: h\r\n\r\n",
      "POST /a?b=c HTTP/1.1\r\nHost: h:80\r\nContent-Length: 3\r\nX-A: b\r\n\r\nabc",
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive, X-A\r\nX-A: 1\r\n\r\n0\r\n\r\n",
      "GET http://h/p HTTP/1.1\r\nHost: h\r\nAccept: */*\r\nBaggage: a=b;c, tenancy=1\r\n\r\n",
      "OPTIONS * HTTP/1.1\r\nHost: [::1]:8080\r\nX-Tenancy-ID: 123\r\nX-Empty:\r\n\r\n",
      "HEAD /x HTTP/1.0\r\nHost: h\r\nConnection: close\r\nTE: trailers\r\nUpgrade: h2c\r\n\r\n");
  private static final String PIECES = "\r\n \t:;,=/?#@[]%\u0000\u000b\u007f\u0080\u00e9aZ09-_.~!*()\"\\{}|^`<>";
  private static final List<String> LINES =
      List.of("Content-Length: 3\r\n", "Content-Length: 4\r\n", "Content-Length : 3\r\n",
          "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: identity\r\n", "Transfer-Encoding:\tchunked\r\n",
          "Host: i\r\n",
          "X-A: a\r\n b\r\n", "X-B:\u00a0c\r\n", "Connection: close\r\n", "X-C: d\n", "\r\n", "X D: e\r\n",
          "Expect: 100-continue\r\n");

  private final Seeded random = Seeded.of("HeadReaderRandomTest");

  private String tampered() {
    StringBuilder head = new StringBuilder(random.oneOf(BASES));
    for (int changes = random.below(3) + (random.oneIn(4) ? 0 : 1); changes > 0; changes--) {
      int at = random.below(head.length());
      switch (random.below(5)) {
        case 0 -> head.insert(at, random.charOf(PIECES));
        case 1 -> head.deleteCharAt(at);
        case 2 -> head.setCharAt(at, random.charOf(PIECES));
        case 3 -> head.insert(Math.max(head.indexOf("\n"), 0) + 1, random.oneOf(LINES));
        default -> head.setCharAt(at, (char) (head.charAt(at) ^ 0x20));
      }
    }
    return head.toString();
  }

  /** What of a head matters: method, target, fields in their order. */
  private record Read(String method, String target, List<String> fields) {}

  private @Nullable Read byGateway(String text, List<String> why) {
    RequestReader reader = new RequestReader(Limits.STANDARD, false);
    ByteBuf in = Unpooled.wrappedBuffer(Ascii.bytes(text));
    try {
      if (!reader.read(in)) {
        why.add("incomplete");
        return null;
      }
      List<String> fields = fields(reader.fields());
      RequestHead head = reader.head();
      return new Read(head.method(), head.target(), fields);
    } catch (MalformedMessageException malformed) {
      why.add(String.valueOf(malformed.getMessage()));
      return null;
    }
  }

  private static List<String> fields(Fields fields) {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < fields.count(); i++) {
      all.add(fields.nameText(i) + ": " + fields.valueText(i));
    }
    return all;
  }

  private static @Nullable Read byNetty(String text) {
    EmbeddedChannel channel = new EmbeddedChannel(new HttpRequestDecoder());
    try {
      channel.writeInbound(Unpooled.wrappedBuffer(Ascii.bytes(text)));
      Object first = channel.readInbound();
      if (!(first instanceof HttpRequest request) || request.decoderResult().isFailure()) {
        ReferenceCountUtil.release(first);
        return null;
      }
      List<String> fields = new ArrayList<>();
      request.headers().forEach(field -> fields.add(field.getKey() + ": " + field.getValue()));
      return new Read(request.method().name(), request.uri(), fields);
    } finally {
      channel.finishAndReleaseAll();
    }
  }

  @Test
  void head_tamperedWith_isReadAsNettyReadsIt_orRefused() {
    Map<String, Integer> stricter = new TreeMap<>();
    int both = 0;
    for (int i = 0; i < HEADS; i++) {
      String text = tampered();
      List<String> why = new ArrayList<>();
      Read own = byGateway(text, why);
      Read netty = byNetty(text);
      if (own == null) {
        if (netty != null) {
          stricter.merge(strictness(why.getFirst()), 1, Integer::sum);
        }
        continue;
      }
      assertThat(netty).as("read by the gateway alone: %s", text).isNotNull();
      if (netty != null) {
        both++;
        assertThat(own.method()).as(text).isEqualTo(netty.method());
        assertThat(own.fields()).as(text).isEqualTo(netty.fields());
        String path = own.target(); // Netty leaves a URL as it is, also where no path stands in it
        assertThat(netty.target().endsWith(path) || netty.target().endsWith(path.substring(1))).as(text).isTrue();
      }
    }
    assertThat(both).as("not all are refused").isGreaterThan(HEADS / 10);
    assertThat(stricter.keySet()).as("each with its rule").isSubsetOf(RULES.values()).isNotEmpty();
  }

  /** By how its refusal begins: the rule that Netty's decoder leaves to others, or reads more gently. */
  private static final Map<String, String> RULES = Map.ofEntries(
      Map.entry("line: control character", "RFC 9112, 2.2: lines end with CR LF; 5: no control characters in values"),
      Map.entry("line: CR", "RFC 9112, 2.2: CR only before LF"),
      Map.entry("start line", "RFC 9112, 3: method, target and version, one space between them"),
      Map.entry("method", "RFC 9110, 9.1: a method is a token"),
      Map.entry("target", "RFC 9112, 3.2: a path, *, or a URL, in visible ASCII"),
      Map.entry("version", "RFC 9112, 2.3: HTTP/1.x, in capitals"),
      Map.entry("field name", "RFC 9112, 5.1 and 5.2: a token, no space before the colon, no folded lines"),
      Map.entry("host", "RFC 9112, 3.2: one Host that is an authority, and the target's own"),
      Map.entry("content-length", "RFC 9112, 6.3: one length, digits alone"),
      Map.entry("transfer-encoding", "RFC 9112, 6.1: chunked alone, not beside a length, not in HTTP/1.0"),
      Map.entry("connection", "RFC 9110, 7.6.1: no option that names a field by which a request is framed or sent"),
      Map.entry("upgrade", "the gateway's own: one Upgrade, since it acts on it"),
      Map.entry("incomplete", "RFC 9112, 2.2: without CR LF the head does not end yet"));

  private static String strictness(String why) {
    return RULES.entrySet().stream().filter(rule -> why.startsWith(rule.getKey())).map(Map.Entry::getValue).findFirst()
        .orElse("no rule: " + why);
  }

  /** The same bytes, however they arrive, are the same head. */
  @Test
  void head_inPieces_isTheSame() {
    for (int i = 0; i < 5_000; i++) {
      String text = tampered();
      List<String> why = new ArrayList<>();
      Read whole = byGateway(text, why);
      RequestReader reader = new RequestReader(Limits.STANDARD, false);
      byte[] bytes = Ascii.bytes(text);
      Read pieces = null;
      try {
        int at = 0;
        while (at < bytes.length && pieces == null) {
          int end = Math.min(bytes.length, at + 1 + random.below(7));
          ByteBuf in = Unpooled.wrappedBuffer(bytes, at, end - at);
          if (reader.read(in)) {
            List<String> fields = fields(reader.fields());
            RequestHead head = reader.head();
            pieces = new Read(head.method(), head.target(), fields);
          }
          at = end;
        }
      } catch (MalformedMessageException malformed) {
        assertThat(whole).as("%s: %s", malformed.getMessage(), text).isNull();
      }
      assertThat(pieces).as(text).isEqualTo(whole);
    }
  }

  /** Every field that the gateway has duties about is found by its name, whatever its case, and no other. */
  @Test
  void fieldName_isKnownInAnyCase() {
    for (FieldName name : FieldName.values()) {
      Fields fields = new Fields(16);
      fields.add(name.text(), "x");
      fields.add(name.text().toUpperCase(Locale.ROOT), "x");
      fields.add(name.text() + "x", "x");
      assertThat(fields.name(0)).isEqualTo(name);
      assertThat(fields.name(1)).isEqualTo(name);
      assertThat(fields.name(2)).isNotEqualTo(name);
    }
  }
}
