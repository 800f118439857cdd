package dev.lanekeeper.gateway.routing;

import dev.lanekeeper.gateway.http.FieldName;
import dev.lanekeeper.gateway.http.Fields;
import dev.lanekeeper.model.BaggageText;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.WireNames;
import dev.lanekeeper.model.WireTag;
import java.util.List;

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
      FieldName name = fields.name(i);
      if (name == FieldName.BAGGAGE) {
        tag.baggage(bytes, fields.valueFrom(i), fields.valueEnd(i));
        dirty = true;
      } else if (name == null) {
        int rank = tag.plainRank(bytes, fields.nameFrom(i), fields.nameEnd(i));
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
    String existing = take(names, fields);
    String text = carried.isTagged() || carried.trace() != null
        ? BaggageText.merge(names, carried, existing)
        : BaggageText.without(names, existing);
    if (!text.isEmpty()) {
      fields.add(FieldName.BAGGAGE, text);
    }
    String tag = carried.tag().text();
    List<String> headers = names.headers();
    for (int i = 0; i < headers.size() && !tag.isEmpty(); i++) {
      fields.add(headers.get(i), tag);
    }
  }

  /** Takes out what stands under our names; returns the baggage there was, as one list. */
  private static String take(WireNames names, Fields fields) {
    String baggage = "";
    for (int i = 0; i < fields.count(); i++) {
      if (fields.isDropped(i) || !isOurs(names, fields, i)) {
        continue;
      }
      if (fields.name(i) == FieldName.BAGGAGE) {
        String value = fields.valueText(i);
        baggage = baggage.isEmpty() ? value : baggage + "," + value;
      }
      fields.drop(i);
    }
    return baggage;
  }

  /** Whether a field is one of those by which tags travel. */
  static boolean isOurs(WireNames names, Fields fields, int i) {
    return fields.name(i) == FieldName.BAGGAGE
        || WireTag.isPlain(names, fields.bytes(), fields.nameFrom(i), fields.nameEnd(i));
  }
}
