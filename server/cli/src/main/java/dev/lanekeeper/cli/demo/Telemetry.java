package dev.lanekeeper.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** OpenTelemetry's settings in the demo's services, and the spans that they write to their logs. */
final class Telemetry {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String MARK = "\"scopeSpans\"";

  private Telemetry() {}

  /**
   * A span.
   *
   * @param service who made it
   * @param name its name
   * @param kind {@code SERVER}, {@code CLIENT}, {@code PRODUCER}, {@code CONSUMER} or {@code INTERNAL}
   * @param id its id
   * @param parent the id of its parent
   */
  record Span(String service, String name, String kind, String id, String parent) {
    private static final List<String> KINDS = List.of("?", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER");

    static Span of(String service, JsonNode span) {
      return new Span(service, span.path("name").asText(), KINDS.get(span.path("kind").asInt(0) % KINDS.size()),
          span.path("spanId").asText(), span.path("parentSpanId").asText());
    }

    @Override
    public String toString() {
      return service + " " + kind + " " + name;
    }
  }

  /**
   * Environment variables: only the instrumentations that the services need, since each costs time at the start; with
   * tracing, every span goes to the process's log as OTLP JSON.
   */
  static Map<String, String> settings(boolean traces) {
    var settings = new TreeMap<String, String>();
    settings.put("OTEL_INSTRUMENTATION_COMMON_DEFAULT_ENABLED", "false");
    for (String module : new String[]{"JAVA_HTTP_CLIENT", "JAVA_HTTP_SERVER", "KAFKA", "LANEKEEPER"}) {
      settings.put("OTEL_INSTRUMENTATION_" + module + "_ENABLED", "true");
    }
    if (traces) {
      settings.put("OTEL_TRACES_EXPORTER", "logging-otlp");
      settings.put("OTEL_BSP_SCHEDULE_DELAY", "200");
    }
    return settings;
  }

  /** The spans of one trace, from the logs of all services. */
  static List<Span> spans(Path logs, String trace) throws IOException {
    List<Span> spans = new ArrayList<>();
    try (Stream<Path> files = Files.list(logs)) {
      for (Path file : files.toList()) {
        // Not readAllLines: a process may be in the midst of a character.
        String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        text.lines().filter(line -> line.contains(MARK) && line.contains(trace) && line.endsWith("}"))
            .forEach(line -> spans.addAll(spansOf(line, trace)));
      }
    }
    return spans;
  }

  private static List<Span> spansOf(String line, String trace) {
    List<Span> spans = new ArrayList<>();
    try {
      JsonNode resource = JSON.readTree(line.substring(line.indexOf('{')));
      String service = "?";
      for (JsonNode attribute : resource.path("resource").path("attributes")) {
        if (attribute.path("key").asText().equals("service.name")) {
          service = attribute.path("value").path("stringValue").asText();
        }
      }
      for (JsonNode scope : resource.path("scopeSpans")) {
        for (JsonNode span : scope.path("spans")) {
          if (span.path("traceId").asText().equals(trace)) {
            spans.add(Span.of(service, span));
          }
        }
      }
    } catch (IOException notYetWhole) {
      return List.of();
    }
    return spans;
  }

  /**
   * The span names from a trace's last server span up to its root, root first.
   *
   * @param root the id of the span that the caller made up
   * @return empty as long as a parent is missing
   */
  static List<Span> chain(List<Span> spans, String service, String root) {
    List<Span> chain = new ArrayList<>();
    var last =
        spans.stream().filter(span -> span.service().equals(service) && span.kind().equals("SERVER")).findFirst();
    if (last.isEmpty()) {
      return List.of();
    }
    Span at = last.get();
    chain.addFirst(at);
    while (!at.parent().equals(root)) {
      String parent = at.parent();
      var found = spans.stream().filter(span -> span.id().equals(parent)).findFirst();
      if (found.isEmpty()) {
        return List.of();
      }
      at = found.get();
      chain.addFirst(at);
    }
    return chain;
  }
}
