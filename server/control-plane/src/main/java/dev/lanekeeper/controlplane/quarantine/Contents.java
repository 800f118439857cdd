package dev.lanekeeper.controlplane.quarantine;

import dev.lanekeeper.api.QuarantinedRecordInfo.Content;
import dev.lanekeeper.api.QuarantinedRecordInfo.Header;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** Shows bytes to people: as text where they are some, else as hexadecimal digits. Of what is long the beginning. */
final class Contents {

  /** How much is shown. */
  static final int SHOWN = 16 * 1024;

  private Contents() {}

  static @Nullable Integer length(byte @Nullable [] bytes) {
    return bytes == null ? null : bytes.length;
  }

  static List<Header> headers(Headers headers) {
    List<Header> shown = new ArrayList<>();
    headers.forEach(header -> shown.add(new Header(header.key(), of(header.value()))));
    return shown;
  }

  static @Nullable Content of(byte @Nullable [] bytes) {
    if (bytes == null) {
      return null;
    }
    boolean cut = bytes.length > SHOWN;
    String text = text(cut ? Arrays.copyOf(bytes, whole(bytes)) : bytes);
    return text != null
        ? new Content(bytes.length, text, null, cut)
        : new Content(bytes.length, null, HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, SHOWN)), cut);
  }

  /** Where to cut so that no character of UTF-8 is. */
  private static int whole(byte[] bytes) {
    int end = SHOWN;
    while (end > SHOWN - 4 && (bytes[end] & 0xC0) == 0x80) {
      end--;
    }
    return end;
  }

  private static @Nullable String text(byte[] bytes) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.chars().allMatch(c -> (c >= ' ' && c != 0x7f) || c == '\n' || c == '\r' || c == '\t') ? text : null;
    } catch (CharacterCodingException binary) {
      return null;
    }
  }
}
