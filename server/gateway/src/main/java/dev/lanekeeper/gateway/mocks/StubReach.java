package dev.lanekeeper.gateway.mocks;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.common.Json;
import com.github.tomakehurst.wiremock.common.JsonException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** INVARIANT: a stub calls nobody, and reads no files. What would make WireMock do so is refused before it sees it. */
final class StubReach {

  private static final List<String> OF_RESPONSE =
      List.of("proxyBaseUrl", "bodyFileName", "additionalProxyRequestHeaders");
  private static final List<String> OF_MAPPING = List.of("serveEventListeners", "postServeActions");
  private static final String SCHEMA = "matchesJsonSchema";
  /** By which one schema leads to another. */
  private static final Set<String> REFERENCES =
      Set.of("$ref", "$dynamicRef", "$recursiveRef", "$id", "id", "$schema", "$vocabulary");
  private static final List<String> DRAFTS = List.of("http://json-schema.org/", "https://json-schema.org/");

  private StubReach() {}

  /** What of a mapping reaches for others, for people; null: nothing. */
  static @Nullable String of(JsonNode mapping) {
    for (String name : OF_RESPONSE) {
      if (mapping.path("response").has(name)) {
        return "stubs call nobody, and read no files (expected: no " + name + ")";
      }
    }
    for (String name : OF_MAPPING) {
      if (mapping.has(name)) {
        return "stubs call nobody (expected: no " + name + ")";
      }
    }
    return schemas(mapping.path("request"));
  }

  private static @Nullable String schemas(JsonNode node) {
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      if (field.getKey().equals(SCHEMA) && leadsAway(parsed(field.getValue()))) {
        return "a schema leads to another document (expected: one that stands in the stub, with references that begin with #)";
      }
    }
    for (JsonNode child : node) {
      String found = schemas(child);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private static JsonNode parsed(JsonNode schema) {
    try {
      return schema.isTextual() ? Json.node(schema.textValue()) : schema;
    } catch (JsonException none) {
      return schema; // WireMock will say so
    }
  }

  private static boolean leadsAway(JsonNode node) {
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      if (REFERENCES.contains(field.getKey()) && field.getValue().isTextual()) {
        String to = field.getValue().textValue();
        if (!to.startsWith("#") && !(field.getKey().equals("$schema") && DRAFTS.stream().anyMatch(to::startsWith))) {
          return true;
        }
      }
    }
    for (JsonNode child : node) {
      if (leadsAway(child)) {
        return true;
      }
    }
    return false;
  }
}
