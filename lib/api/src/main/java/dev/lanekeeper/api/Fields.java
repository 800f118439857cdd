package dev.lanekeeper.api;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Takes the fields of one mapping, and refuses keys that nobody knows. Belongs to one thread. */
final class Fields {

  private final String source;
  private final String path;
  private final Node.Mapping mapping;
  private final List<String> known;

  Fields(String source, String path, Node.Mapping mapping, String... known) throws DocumentException {
    this.source = source;
    this.path = path;
    this.mapping = mapping;
    this.known = Arrays.asList(known);
    for (Map.Entry<String, Integer> key : mapping.lines().entrySet()) {
      if (!this.known.contains(key.getKey())) {
        throw new DocumentException(source, key.getValue(), pathOf(key.getKey()),
            "unknown key (expected: " + String.join(", ", known) + ")", "remove the key or correct its spelling");
      }
    }
  }

  private String pathOf(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private DocumentException wrong(String key, Node met, String expected) {
    return new DocumentException(source, met.line(), pathOf(key), met.described() + " (expected: " + expected + ")",
        null);
  }

  /** What a value's own check says about it, with its place. */
  DocumentException refused(String key, Node met, IllegalArgumentException why) {
    return new DocumentException(source, met.line(), pathOf(key), String.valueOf(why.getMessage()), null);
  }

  private DocumentException missing(String key, String expected) {
    return new DocumentException(source, mapping.line(), pathOf(key), "missing (expected: " + expected + ")", null);
  }

  boolean has(String key) {
    return mapping.values().get(key) != null;
  }

  Node node(String key, String expected) throws DocumentException {
    Node node = mapping.values().get(key);
    if (node == null) {
      throw missing(key, expected);
    }
    return node;
  }

  /** A text that must be there. */
  String text(String key, String expected) throws DocumentException {
    return text(key, node(key, expected), expected);
  }

  /** A text, or something else where there is none. */
  String text(String key, String expected, String otherwise) throws DocumentException {
    return has(key) ? text(key, expected) : otherwise;
  }

  private String text(String key, Node node, String expected) throws DocumentException {
    if (node instanceof Node.Scalar scalar) {
      if (scalar.kind() == Node.Kind.TEXT) {
        return scalar.text();
      }
      if (scalar.kind() != Node.Kind.NOTHING) {
        throw new DocumentException(source, node.line(), pathOf(key),
            scalar.text() + " is a " + (scalar.kind() == Node.Kind.NUMBER ? "number" : "truth value")
                + " (expected: a text: " + expected + ")",
            "put it in quotes: \"" + scalar.text() + "\"");
      }
    }
    throw wrong(key, node, expected);
  }

  /** A text that a type reads; what the type refuses is said with the place. */
  <T> T parsed(String key, String expected, Function<String, T> type) throws DocumentException {
    Node node = node(key, expected);
    String text = text(key, node, expected);
    try {
      return type.apply(text);
    } catch (IllegalArgumentException refused) {
      throw refused(key, node, refused);
    }
  }

  /** A whole value that a type checks. */
  <T> T made(Supplier<T> type) throws DocumentException {
    try {
      return type.get();
    } catch (IllegalArgumentException refused) {
      String message = String.valueOf(refused.getMessage());
      int colon = message.indexOf(": ");
      String field = colon < 0 ? "" : message.substring(0, colon);
      if (!path.isEmpty() && field.startsWith(path + ".")) {
        field = field.substring(path.length() + 1);
      }
      String key = field.replaceFirst("[.\\[].*", "");
      Node at = mapping.values().get(key);
      boolean known = this.known.contains(key);
      throw new DocumentException(source, at == null ? mapping.line() : at.line(), known ? pathOf(field) : path,
          message, null);
    }
  }

  boolean flag(String key, boolean otherwise) throws DocumentException {
    Node node = mapping.values().get(key);
    if (node == null) {
      return otherwise;
    }
    if (node instanceof Node.Scalar scalar && scalar.kind() == Node.Kind.TRUTH) {
      return Boolean.parseBoolean(scalar.text());
    }
    throw wrong(key, node, "true or false");
  }

  /** A list of texts; empty where there is none. */
  List<String> texts(String key, String expected) throws DocumentException {
    List<String> texts = new ArrayList<>();
    List<Node> items = items(key, "a list of " + expected);
    for (int i = 0; i < items.size(); i++) {
      texts.add(text(key + "[" + i + "]", items.get(i), expected));
    }
    return texts;
  }

  /** The items of a list; none where it is not there. */
  List<Node> items(String key, String expected) throws DocumentException {
    Node node = mapping.values().get(key);
    if (node == null) {
      return List.of();
    }
    if (node instanceof Node.Sequence sequence) {
      return sequence.items();
    }
    throw wrong(key, node, expected);
  }

  /** A mapping that must be there; {@code known} are its keys. */
  Fields fields(String key, String expected, String... known) throws DocumentException {
    return fields(key, node(key, expected), expected, known);
  }

  /** An item as a mapping. */
  Fields fields(String key, Node node, String expected, String... known) throws DocumentException {
    if (node instanceof Node.Mapping found) {
      return new Fields(source, pathOf(key), found, known);
    }
    throw wrong(key, node, expected);
  }

  /** A mapping with keys of the writer's own; empty where there is none. */
  Node.Mapping open(String key, String expected) throws DocumentException {
    Node node = mapping.values().get(key);
    if (node == null) {
      return new Node.Mapping(mapping.line(), Map.of(), Map.of());
    }
    if (node instanceof Node.Mapping found) {
      return found;
    }
    throw wrong(key, node, expected);
  }

  /** A mapping of texts; empty where there is none. */
  Map<String, String> textsByKey(String key, String expected) throws DocumentException {
    Map<String, String> texts = new LinkedHashMap<>();
    for (Map.Entry<String, Node> entry : open(key, expected).values().entrySet()) {
      texts.put(entry.getKey(), text(key + "." + entry.getKey(), entry.getValue(), "a text"));
    }
    return texts;
  }

  /** The one key that stands in this mapping; null unless it is exactly one. */
  @Nullable
  String only() {
    return mapping.values().size() == 1 ? mapping.values().keySet().iterator().next() : null;
  }

  /** An error about this mapping as a whole. */
  DocumentException wrongAltogether(String detail) {
    return new DocumentException(source, mapping.line(), path, detail, null);
  }
}
