package dev.lanekeeper.testkit.vectors;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.Tag;
import org.jspecify.annotations.Nullable;

/** What the fields {@code tag}, {@code overrides}, {@code stamp} and {@code malformed} of a case stand for. */
final class Carrying {

  private Carrying() {}

  static Carried of(JsonNode json) {
    Stamp stamp = stamp(json);
    if (json.path("malformed").booleanValue()) {
      return new Carried(Tag.MALFORMED, stamp);
    }
    return new Carried(Tag.of(textOrNull(json, "tag"), textOrNull(json, "overrides")), stamp);
  }

  static Stamp stamp(JsonNode json) {
    String text = textOrNull(json, "stamp");
    Stamp stamp = Stamp.parse(text);
    if (text != null && stamp.isNone()) {
      throw new IllegalStateException("vectors: stamp of " + json + " (expected: a stamp)");
    }
    return stamp;
  }

  static @Nullable String textOrNull(JsonNode json, String field) {
    return json.has(field) ? VectorFile.text(json, field) : null;
  }
}
