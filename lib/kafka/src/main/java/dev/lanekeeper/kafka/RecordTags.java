package dev.lanekeeper.kafka;

import dev.lanekeeper.model.BaggageText;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.WireNames;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/** Writes tag and stamp into the headers of a record. */
final class RecordTags {

  private RecordTags() {}

  /** Puts them there under all names, in the place of what stood under these. Other members of the baggage stay. */
  static void write(Headers headers, WireNames names, Carried carried) {
    String merged = BaggageText.merge(names, carried, takeAll(headers, WireNames.BAGGAGE));
    headers.add(WireNames.BAGGAGE, merged.getBytes(StandardCharsets.UTF_8));
    String text = carried.tag().text();
    for (String name : names.headers()) {
      takeAll(headers, name);
      if (!text.isEmpty()) {
        headers.add(name, text.getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  /** Removes all headers of a name, compared without case. Their values, joined by commas: several are one list. */
  private static String takeAll(Headers headers, String name) {
    List<String> values = new ArrayList<>();
    List<String> found = new ArrayList<>();
    for (Header header : headers) {
      if (header.key().equalsIgnoreCase(name)) {
        found.add(header.key());
        if (header.value() != null) {
          values.add(new String(header.value(), StandardCharsets.UTF_8));
        }
      }
    }
    found.forEach(headers::remove);
    return String.join(",", values);
  }
}
