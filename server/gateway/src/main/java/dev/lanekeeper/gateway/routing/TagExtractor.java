package dev.lanekeeper.gateway.routing;

import dev.lanekeeper.gateway.http.Fields;
import dev.lanekeeper.model.BaggageText;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.WireNames;
import dev.lanekeeper.model.WireTag;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Reads tag and stamp from the fields of a request, and writes them. A cursor: belongs to one event loop.
 *
 * <p>INVARIANT: what a {@code Connection} field takes out is read as well: nobody loses his tag by naming it there.
 */
final class TagExtractor {

  private WireNames names = WireNames.STANDARD;
  private WireTag tag = new WireTag(names).clear();
  private boolean dirty;

  /**
   * Reads the fields.
   *
   * @return whether there is a tag, well-formed or not
   */
  boolean read(WireNames by, Fields fields) {
    use(by);
    byte[] bytes = fields.bytes();
    for (int i = 0; i < fields.count(); i++) {
      if (fields.name(i) != null) {
        continue;
      }
      int from = fields.nameFrom(i);
      int end = fields.nameEnd(i);
      if (WireTag.isBaggage(bytes, from, end)) {
        tag.baggage(bytes, fields.valueFrom(i), fields.valueEnd(i));
        dirty = true;
      } else {
        int rank = tag.plainRank(bytes, from, end);
        if (rank >= 0) {
          tag.plain(rank, bytes, fields.valueFrom(i), fields.valueEnd(i));
          dirty = true;
        }
      }
    }
    return dirty && tag.isTagged();
  }

  private void use(WireNames by) {
    if (!by.equals(names)) {
      names = by;
      tag = new WireTag(by).clear();
    } else if (dirty) {
      tag.clear();
    }
    dirty = false;
  }

  /** By which names it was read. */
  WireNames names() {
    return names;
  }

  /** What was read; {@link Carried#NOTHING} where nothing of ours was there. */
  Carried carried() {
    return dirty ? tag.carried() : Carried.NOTHING;
  }

  /** Puts tag and stamp under all names, in the place of what stood there; other members of the baggage stay. Untagged: takes them out. */
  static void write(WireNames names, Fields fields, Carried carried) {
    List<String> baggage = new ArrayList<>();
    byte[] bytes = fields.bytes();
    for (int i = 0; i < fields.count(); i++) {
      if (fields.isDropped(i)) {
        continue;
      }
      if (WireTag.isBaggage(bytes, fields.nameFrom(i), fields.nameEnd(i))) {
        baggage.add(fields.valueText(i));
        fields.drop(i);
      } else if (isPlain(names, fields, i)) {
        fields.drop(i);
      }
    }
    String existing = String.join(",", baggage);
    String text = carried.isTagged() || carried.trace() != null
        ? BaggageText.merge(names, carried, existing)
        : BaggageText.without(names, existing);
    if (!text.isEmpty()) {
      fields.add(WireNames.BAGGAGE, text);
    }
    if (!carried.tag().text().isEmpty()) {
      names.headers().forEach(name -> fields.add(name, carried.tag().text()));
    }
  }

  /** Whether a field is one of those by which tags travel. */
  static boolean isOurs(WireNames names, Fields fields, int i) {
    return WireTag.isBaggage(fields.bytes(), fields.nameFrom(i), fields.nameEnd(i)) || isPlain(names, fields, i);
  }

  private static boolean isPlain(WireNames names, Fields fields, int i) {
    for (String name : names.headers()) {
      if (fields.isNamed(i, name.toLowerCase(Locale.ROOT))) {
        return true;
      }
    }
    return false;
  }
}
