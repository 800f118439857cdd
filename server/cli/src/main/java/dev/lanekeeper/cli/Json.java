package dev.lanekeeper.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lanekeeper.api.ApiJson;
import dev.lanekeeper.api.Document;
import dev.lanekeeper.api.Documents;
import java.util.List;
import java.util.stream.Collectors;

/** Results as JSON for scripts: the same fields as the REST interface has, indented. */
final class Json {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private Json() {}

  /** An answer of the control plane. */
  static String of(Object answer) {
    return indented(ApiJson.write(answer));
  }

  /** A document. */
  static String of(Document document) {
    return indented(Documents.writeJson(document));
  }

  /** Documents, as an array. */
  static String of(List<? extends Document> documents) {
    return indented(documents.stream().map(Documents::writeJson).collect(Collectors.joining(",", "[", "]")));
  }

  private static String indented(String json) {
    try {
      JsonNode tree = MAPPER.readTree(json);
      return tree.toPrettyString();
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("not JSON: " + json, impossible);
    }
  }
}
