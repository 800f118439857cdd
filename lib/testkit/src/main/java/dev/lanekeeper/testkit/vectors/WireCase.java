package dev.lanekeeper.testkit.vectors;

import static dev.lanekeeper.testkit.vectors.VectorFile.known;
import static dev.lanekeeper.testkit.vectors.VectorFile.list;
import static dev.lanekeeper.testkit.vectors.VectorFile.number;
import static dev.lanekeeper.testkit.vectors.VectorFile.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.WireNames;
import java.util.List;
import java.util.stream.IntStream;

/** A case of {@code wire.json}. */
public sealed interface WireCase {

  /** What it shows. */
  String name();

  /** Under which names tag and stamp travel. */
  WireNames names();

  /**
   * One header.
   *
   * @param name in any case
   * @param value characters up to 255, one byte each
   */
  record Header(String name, String value) {}

  /**
   * Headers that are read.
   *
   * @param headers in their order
   * @param carried what they bear; where the tag is malformed a stamp may stand beside it
   */
  record Read(String name, WireNames names, List<Header> headers, Carried carried) implements WireCase {
    @Override
    public String toString() {
      return name;
    }
  }

  /**
   * A baggage header that is written.
   *
   * @param carried what is written
   * @param existing the header without it
   * @param merged the header with it
   */
  record Write(String name, WireNames names, Carried carried, String existing, String merged) implements WireCase {
    @Override
    public String toString() {
      return name;
    }
  }

  /**
   * A baggage header that leaves the environment.
   *
   * @param existing the header before
   * @param left what of it may leave
   */
  record Leave(String name, WireNames names, String existing, String left) implements WireCase {
    @Override
    public String toString() {
      return name;
    }
  }

  /** Every case of reading. */
  static List<Read> reads() {
    return VectorFile.cases("wire.json", "read", json -> {
      known(json, "name", "names", "headers", "expect");
      JsonNode expect = known(json.path("expect"), "tagged", "tag", "overrides", "stamp", "malformed");
      Carried carried = Carrying.of(expect);
      if (carried.isTagged() != (expect.path("malformed").booleanValue() || expect.path("tagged").booleanValue())) {
        throw new IllegalStateException("vectors: tagged of " + json + " (expected: as its tag)");
      }
      return new Read(text(json, "name"), VectorTable.names(json.get("names")),
          list(json.path("headers"), header -> new Header(header.path(0).textValue(), value(header.path(1)))), carried);
    });
  }

  /** Every case of writing. */
  static List<Write> writes() {
    return VectorFile.cases("wire.json", "write", json -> {
      known(json, "name", "names", "carry", "existing", "merged");
      known(json.path("carry"), "tag", "overrides", "stamp", "malformed");
      return new Write(text(json, "name"), VectorTable.names(json.get("names")), Carrying.of(json.path("carry")),
          value(json.path("existing")), value(json.path("merged")));
    });
  }

  /** Every case of leaving the environment. */
  static List<Leave> leaves() {
    return VectorFile.cases("wire.json", "leave", json -> {
      known(json, "name", "names", "existing", "left");
      return new Leave(text(json, "name"), VectorTable.names(json.get("names")), value(json.path("existing")),
          value(json.path("left")));
    });
  }

  /** A header's value: a text, or a list of members, of which some stand for many or for a long one. */
  private static String value(JsonNode json) {
    return json.isTextual() ? json.textValue() : String.join(",", list(json, WireCase::member));
  }

  private static String member(JsonNode json) {
    if (json.isTextual()) {
      return json.textValue();
    }
    known(json, "times", "member", "key", "valueLength");
    if (json.has("key")) {
      return text(json, "key") + "=" + "v".repeat((int) number(json, "valueLength"));
    }
    return String.join(",", IntStream.range(0, (int) number(json, "times"))
        .mapToObj(i -> text(json, "member").replace("{i}", String.valueOf(i))).toList());
  }
}
