package dev.lanekeeper.testkit.vectors;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** One file of the vectors. */
final class VectorFile {

  private static final String FOLDER = "/dev/lanekeeper/vectors/";
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);

  private VectorFile() {}

  static JsonNode read(String name) {
    try (InputStream in = VectorFile.class.getResourceAsStream(FOLDER + name)) {
      if (in == null) {
        throw new IllegalStateException(FOLDER + name + ": missing (expected: lanekeeper-vectors on the class path)");
      }
      JsonNode file = JSON.readTree(in);
      if (file.path("format").asInt() != 1) {
        throw new IllegalStateException(name + ": format " + file.path("format") + " (expected: 1)");
      }
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
  }

  /** The cases of one array of a file. */
  static <T> List<T> cases(String name, String array, Function<JsonNode, T> reader) {
    List<T> cases = list(read(name).path(array), reader);
    if (cases.isEmpty()) {
      throw new IllegalStateException(name + ": no " + array + " (expected: some)");
    }
    return cases;
  }

  static <T> List<T> list(JsonNode array, Function<JsonNode, T> reader) {
    List<T> list = new ArrayList<>();
    array.forEach(element -> list.add(reader.apply(element)));
    return list;
  }

  /** The object itself, if it has none but these fields. */
  static JsonNode known(JsonNode object, String... fields) {
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      if (!Set.of(fields).contains(field.getKey())) {
        throw new IllegalStateException(
            "vectors: field " + field.getKey() + " of " + object + " (expected: one of " + List.of(fields) + ")");
      }
    }
    return object;
  }

  /** A text that must be there. */
  static String text(JsonNode object, String field) {
    JsonNode value = object.get(field);
    if (value == null || !value.isTextual()) {
      throw new IllegalStateException("vectors: " + field + " of " + object + " (expected: a text)");
    }
    return value.textValue();
  }

  /** A number that must be there. */
  static long number(JsonNode object, String field) {
    JsonNode value = object.get(field);
    if (value == null || !value.isIntegralNumber()) {
      throw new IllegalStateException("vectors: " + field + " of " + object + " (expected: an integer)");
    }
    return value.longValue();
  }

  static List<String> texts(JsonNode array) {
    return list(array, JsonNode::textValue);
  }
}
