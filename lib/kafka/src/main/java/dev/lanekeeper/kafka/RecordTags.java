package dev.lanekeeper.kafka;

import dev.lanekeeper.model.BaggageText;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.WireNames;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** Tag and stamp in the headers of a record, for those who read and write records as they are. */
public final class RecordTags {

  private RecordTags() {}

  /** What stands there; {@link Carried#NOTHING} where nothing of ours does. */
  public static Carried read(Headers headers, WireNames names) {
    TagReader reader = new TagReader(names, false);
    return reader.read(headers) ? reader.tag().carried() : Carried.NOTHING;
  }

  /**
   * Whether there is a header by whose name there may be a tag: where there is none, there is no tag. Costs little.
   *
   * @param headers of a record
   * @param names under which tags stand
   */
  public static boolean mayBeThere(Headers headers, WireNames names) {
    for (Header header : headers) {
      if (header.key().equalsIgnoreCase(WireNames.BAGGAGE)) {
        return true;
      }
      for (String name : names.headers()) {
        if (header.key().equalsIgnoreCase(name)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Puts them there under all names, in the place of what stood under these. Other members of the baggage stay. */
  public static void write(Headers headers, WireNames names, Carried carried) {
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

  /** Removes them. Other members of the baggage stay. */
  public static void remove(Headers headers, WireNames names) {
    String rest = BaggageText.without(names, takeAll(headers, WireNames.BAGGAGE));
    if (!rest.isEmpty()) {
      headers.add(WireNames.BAGGAGE, rest.getBytes(StandardCharsets.UTF_8));
    }
    names.headers().forEach(name -> takeAll(headers, name));
  }

  /**
   * Whether they stand there as they are written, under all names that are there: one {@code baggage} that begins with our
   * members, and the text in plain headers, names in their exact case. Others than us look for no other form.
   */
  static boolean areWritten(Headers headers, WireNames names, Carried carried) {
    byte[] members = BaggageText.members(names, carried).getBytes(StandardCharsets.UTF_8);
    byte[] text = carried.tag().text().getBytes(StandardCharsets.UTF_8);
    int lists = 0;
    for (Header header : headers) {
      if (header.key().equalsIgnoreCase(WireNames.BAGGAGE)) {
        lists++;
        if (lists > 1 || !header.key().equals(WireNames.BAGGAGE) || !beginsWith(header.value(), members)) {
          return false;
        }
      } else if (!isNoOther(header, names.headers(), text)) {
        return false;
      }
    }
    return lists == 1;
  }

  private static boolean beginsWith(byte @Nullable [] list, byte[] members) {
    return list != null && list.length >= members.length && (list.length == members.length
        || list[members.length] == ',') && Arrays.equals(list, 0, members.length, members, 0, members.length);
  }

  /** Whether a header is none of ours, or is what we write. */
  private static boolean isNoOther(Header header, List<String> names, byte[] text) {
    for (String name : names) {
      if (header.key().equalsIgnoreCase(name)) {
        return header.key().equals(name) && Arrays.equals(header.value(), text);
      }
    }
    return true;
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
