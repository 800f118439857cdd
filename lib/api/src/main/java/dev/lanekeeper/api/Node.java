package dev.lanekeeper.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A value of a document with the line that it stands in. */
sealed interface Node {

  /** Of a number: more are not read in any sensible time. */
  int MOST_DIGITS = 400;

  /** From 1. */
  int line();

  /** What it is, for error messages. */
  String described();

  /** A text, number, truth value or nothing. */
  record Scalar(int line, Kind kind, String text) implements Node {
    @Override
    public String described() {
      return kind == Kind.NOTHING ? "nothing" : kind == Kind.TEXT ? "\"" + shortened() + "\"" : shortened();
    }

    private String shortened() {
      return text.length() > 80 ? text.substring(0, 80) + "..." : text;
    }
  }

  /** What a scalar is. */
  enum Kind {
    TEXT, NUMBER, TRUTH, NOTHING
  }

  /** A list. */
  record Sequence(int line, List<Node> items) implements Node {
    @Override
    public String described() {
      return "a list";
    }
  }

  /** Keys with values, and the lines of the keys. */
  record Mapping(int line, Map<String, Node> values, Map<String, Integer> lines) implements Node {
    @Override
    public String described() {
      return "keys with values";
    }
  }

  /** As a JSON library would read it: maps, lists, texts, numbers, truth values and null. */
  default @Nullable Object plain() {
    if (this instanceof Mapping mapping) {
      Map<String, @Nullable Object> all = new LinkedHashMap<>();
      mapping.values().forEach((key, value) -> all.put(key, value.plain()));
      return all;
    }
    if (this instanceof Sequence sequence) {
      List<@Nullable Object> all = new ArrayList<>();
      sequence.items().forEach(item -> all.add(item.plain()));
      return all;
    }
    Scalar scalar = (Scalar) this;
    return switch (scalar.kind()) {
      case TEXT -> scalar.text();
      case NUMBER -> number(scalar.text());
      case TRUTH -> Boolean.valueOf(scalar.text());
      case NOTHING -> null;
    };
  }

  private static BigDecimal number(String text) {
    try {
      BigDecimal number = new BigDecimal(text);
      if (Math.abs((long) number.scale()) <= MOST_DIGITS && number.precision() <= MOST_DIGITS) {
        return number;
      }
    } catch (NumberFormatException malformed) {
      // As below.
    }
    throw new IllegalArgumentException("stubs: " + (text.length() > 80 ? text.substring(0, 80) + "..." : text)
        + " (expected: a number as JSON writes it, of at most " + MOST_DIGITS + " digits; or a text, in quotes)");
  }

  /** Reads the value that begins with the current token. */
  static Node read(JsonParser in, String source, String path) throws IOException, DocumentException {
    int line = in.currentTokenLocation().getLineNr();
    if (in instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
      throw new DocumentException(source, line, path, "an alias, *" + in.getText() + " (expected: the value itself)",
          "write the value out: anchors and aliases are not read");
    }
    JsonToken token = in.currentToken();
    if (token == JsonToken.START_OBJECT) {
      return mapping(in, source, path, line);
    }
    if (token == JsonToken.START_ARRAY) {
      List<Node> items = new ArrayList<>();
      while (in.nextToken() != JsonToken.END_ARRAY) {
        items.add(read(in, source, path + "[" + items.size() + "]"));
      }
      return new Sequence(line, items);
    }
    if (token == JsonToken.VALUE_NULL) {
      return new Scalar(line, Kind.NOTHING, "");
    }
    Kind kind = token.isNumeric() ? Kind.NUMBER : token.isBoolean() ? Kind.TRUTH : Kind.TEXT;
    return new Scalar(line, kind, in.getText());
  }

  private static Mapping mapping(JsonParser in, String source, String path, int line)
      throws IOException, DocumentException {
    Map<String, Node> values = new LinkedHashMap<>();
    Map<String, Integer> lines = new LinkedHashMap<>();
    for (String key = in.nextFieldName(); key != null; key = in.nextFieldName()) {
      int keyLine = in.currentTokenLocation().getLineNr();
      String field = path.isEmpty() ? key : path + "." + key;
      if (values.containsKey(key)) {
        throw new DocumentException(source, keyLine, field,
            "stands twice, first in line " + lines.get(key) + " (expected: each key once)", null);
      }
      in.nextToken();
      values.put(key, read(in, source, field));
      lines.put(key, keyLine);
    }
    return new Mapping(line, values, lines);
  }
}
