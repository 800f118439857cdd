package dev.lanekeeper.api;

import java.util.Map;
import java.util.Set;

/**
 * What of a stub mapping, as WireMock writes them, can be seen without WireMock: that it has the form of one, and does not reach for
 * anything but itself. What it says is read where it is served.
 */
final class StubCheck {

  private static final String[] KEYS = {"id", "uuid", "name", "request", "response", "priority", "scenarioName",
      "requiredScenarioState", "newScenarioState", "metadata", "persistent"};
  /** WireMock's own names of what makes it call others, or read files. */
  private static final Set<String> REACHING = Set.of("proxyBaseUrl", "additionalProxyRequestHeaders", "bodyFileName");

  private StubCheck() {}

  static void require(Fields in, String field, Node stub) throws DocumentException {
    Fields mapping =
        in.fields(field, stub, "a stub mapping, as WireMock writes them: {request: ..., response: ...}", KEYS);
    Node.Mapping response = mapping.open("response", "what it answers");
    mapping.open("request", "what it matches");
    for (Map.Entry<String, Node> entry : response.values().entrySet()) {
      if (REACHING.contains(entry.getKey())) {
        throw in.refused(field + ".response." + entry.getKey(), entry.getValue(), new IllegalArgumentException(
            "stubs call nobody, and read no files (expected: a body, or the transformer passthrough)"));
      }
    }
  }
}
