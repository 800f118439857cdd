package dev.lanekeeper.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanekeeper.cli.demo.Telemetry.Span;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TelemetryTest {

  @Test
  void spans_logWithOtherLines_findsThoseOfTheTrace(@TempDir Path logs) throws IOException {
    Files.writeString(logs.resolve("a.log"),
        """
            A listens on 1
            [otel.javaagent] INFO exporter - {"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"A"}}]},\
            "scopeSpans":[{"spans":[{"traceId":"t1","spanId":"s1","parentSpanId":"root","name":"GET /order","kind":2},\
            {"traceId":"t2","spanId":"s9","name":"GET /order","kind":2}]}]}
            {"scopeSpans":"t1 cut
            """);

    assertThat(Telemetry.spans(logs, "t1")).containsExactly(new Span("A", "GET /order", "SERVER", "s1", "root"));
  }

  @Test
  void chain_parentsIntact_leadsFromRootToLastServer() {
    var a = new Span("A", "GET", "SERVER", "1", "root");
    var call = new Span("A", "GET", "CLIENT", "2", "1");
    var d = new Span("D", "POST", "SERVER", "3", "2");

    assertThat(Telemetry.chain(List.of(d, a, call), "D", "root")).containsExactly(a, call, d);
  }

  @Test
  void chain_parentMissing_isEmpty() {
    assertThat(Telemetry.chain(List.of(new Span("D", "POST", "SERVER", "3", "2")), "D", "root")).isEmpty();
  }
}
