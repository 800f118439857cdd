package dev.lanekeeper.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Server-sent events. */
class ServerEventsTest {

  private static List<String> read(InputStream in, int longest) throws IOException, RouteFormatException {
    ServerEvents events = new ServerEvents(in, longest);
    List<String> all = new ArrayList<>();
    for (ServerEvents.ServerEvent event = events.next(); event != null; event = events.next()) {
      all.add(event.type() + "=" + new String(event.data(), StandardCharsets.UTF_8));
    }
    return all;
  }

  private static List<String> read(String text) throws IOException, RouteFormatException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    List<String> whole = read(new ByteArrayInputStream(bytes), 1_000);
    InputStream drops = new InputStream() {
      private int at;

      @Override
      public int read() {
        return at < bytes.length ? bytes[at++] & 0xff : -1;
      }

      @Override
      public int read(byte[] into, int offset, int length) {
        int next = read();
        if (next < 0) {
          return -1;
        }
        into[offset] = (byte) next;
        return 1;
      }
    };
    assertThat(read(drops, 1_000)).isEqualTo(whole);
    return whole;
  }

  @Test
  void events_inEveryForm_areRead() throws Exception {
    assertThat(read("id: 4\nevent: change\ndata: {\"ü\":1}\n\n")).containsExactly("change={\"ü\":1}");
    assertThat(read("event:change\rdata:a\rdata: b\r\r")).containsExactly("change=a\nb");
    assertThat(read("event: x\r\ndata: a\r\n\r\nevent: y\r\ndata:  b\r\n\r\n")).containsExactly("x=a", "y= b");
    assertThat(read(": comment\n\ndata\n\nretry: 5\ndata: a:b\n\n")).containsExactly("message=", "message=a:b");
  }

  @Test
  void event_withoutDataOrEnd_isNone() throws Exception {
    assertThat(read("event: change\n\ndata: whole\n\ndata: begun\n")).containsExactly("message=whole");
    assertThat(read("")).isEmpty();
  }

  @Test
  void event_tooLong_isRefusedEvenInPieces() {
    String line = "data: " + "x".repeat(400) + "\n";
    for (String text : List.of("data: " + "x".repeat(100_000), line + line + line + "\n")) {
      assertThatThrownBy(() -> read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), 1_000))
          .isInstanceOf(RouteFormatException.class).hasMessageContaining("more than 1000 bytes");
    }
  }
}
