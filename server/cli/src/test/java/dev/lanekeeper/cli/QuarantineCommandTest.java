package dev.lanekeeper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.lanekeeper.api.ApiJson;
import dev.lanekeeper.api.DisposalOrder;
import dev.lanekeeper.api.OperationInfo;
import dev.lanekeeper.api.ProblemCode;
import dev.lanekeeper.api.QuarantinePage;
import dev.lanekeeper.api.QuarantinedInfo;
import dev.lanekeeper.api.QuarantinedRecordInfo;
import dev.lanekeeper.api.QuarantinedRecordInfo.Content;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code lanekeeper quarantine}, before a control plane that is played. */
class QuarantineCommandTest {

  private static final QuarantinedInfo RELEASED = new QuarantinedInfo("default/c/0/42", "default", "C", "ended",
      "released", "a", null, "c", "orders", 3, 7, 1_790_000_000_000L, 1_790_000_001_000L, 3, 10, false,
      new QuarantinedInfo.Disposal("op1", "tenancy/b", "alice", 1_790_000_002_000L, true));
  private static final QuarantinedInfo LARGE = new QuarantinedInfo("default/c/0/41", "default", "C", "residue", "held",
      null, "life", "c", "orders", 3, 6, 1_790_000_000_000L, 1_790_000_001_000L, null, null, true, null);

  private final List<String> asked = new ArrayList<>();
  private final List<String> bodies = new ArrayList<>();
  private final List<String> answers = new ArrayList<>();
  private int status = 200;
  @SuppressWarnings("NullAway.Init") private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private synchronized void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
      bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
      byte[] body = answers.removeFirst().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().add("Content-Type",
          status == 200 ? "application/json" : "application/problem+json");
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private Executed command(String... arguments) {
    return Executed.command(
        Map.of(Connection.VARIABLE, "http://127.0.0.1:" + server.getAddress().getPort()), "", arguments);
  }

  private static String page(Map<String, Long> counts, long looked, long rest, @Nullable String next,
      QuarantinedInfo... records) {
    return ApiJson.write(new QuarantinePage(List.of(records), counts, looked, rest, next));
  }

  private static String operation(String state, String step, String detail) {
    return ApiJson.write(new OperationInfo("op-1234567", "release", state, List.of(), null, null, 0,
        List.of(new OperationInfo.Step(0, null, step, detail))));
  }

  @Test
  void list_goesThroughPages_untilThereAreEnough() {
    answers.add(page(Map.of("ended", 1L), 5_000, 900, "n1", RELEASED));
    answers.add(page(Map.of("residue", 1L), 10, 890, "n2", LARGE));

    var executed = command("quarantine", "list", "--service", "C", "--tenancy", "x/y", "--reason", "ended", "--state",
        "held", "--limit", "2");

    assertThat(executed.exitCode()).as(executed.err()).isEqualTo(ExitCode.OK);
    assertThat(asked).containsExactly(
        "GET /v1/quarantine?limit=2&service=C&tenancy=x%2Fy&reason=ended&state=held",
        "GET /v1/quarantine?limit=1&service=C&tenancy=x%2Fy&reason=ended&state=held&after=n1");
    assertThat(executed.out()).contains("ID", "CAME FROM", "default/c/0/42", "orders-3@7", "released to tenancy/b",
        "13", "by reference", "ended 1, residue 1", "890 older ones were not looked at", "--after n2");
  }

  @Test
  void list_counted_goesToTheEnd() throws IOException {
    answers.add(page(Map.of("ended", 3L), 5_000, 100, "n1"));
    answers.add(page(Map.of("ended", 4L), 100, 0, null));

    var executed = command("quarantine", "list", "--count", "-o", "json");

    JsonNode all = new ObjectMapper().readTree(executed.out());
    assertThat(all.path("counts").path("ended").asInt()).isEqualTo(7);
    assertThat(all.path("looked").asInt()).isEqualTo(5_100);
    assertThat(all.path("next").isNull()).isTrue();
    assertThat(asked).allMatch(line -> line.contains("limit=0"));
  }

  @Test
  void list_nothing_saysSo() {
    answers.add(page(Map.of(), 0, 0, null));
    answers.add(page(Map.of(), 9, 0, null));

    assertThat(command("quarantine", "list").out()).isEqualTo("nothing in quarantine\n");
    assertThat(command("quarantine", "list", "--tenancy", "a").out()).isEqualTo("nothing in quarantine that matches\n");
    assertThat(command("quarantine", "list", "--limit", "0").exitCode()).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void show_hasAllOfIt_andNothingThatATerminalWouldObey() {
    answers.add(ApiJson.write(new QuarantinedRecordInfo(RELEASED,
        List.of(new QuarantinedRecordInfo.Header("trace\u001b", new Content(2, "ok", null, false))), null,
        new Content(99_999, null, "00ff", true))));
    answers.add(ApiJson.write(new QuarantinedRecordInfo(LARGE, List.of(), null, null)));

    String shown = command("quarantine", "show", "default/c/0/42").out();

    assertThat(asked).containsExactly("GET /v1/quarantine/default/c/0/42");
    assertThat(shown).contains("orders-3@7 on default", "ended", "to tenancy/b by alice", "operation op1",
        "header trace? 2 bytes", "key none", "value 99999 bytes, hexadecimal, the beginning", "  00ff");
    assertThat(command("quarantine", "show", "default/c/0/41").out()).contains("too large to be put aside");
  }

  @Test
  void release_namesTheReceiver_andWhoWantsIt() {
    answers.add(operation(OperationInfo.DONE, "written", ""));

    var executed = command("quarantine", "release", "default/c/0/42", "default/c/0/41", "--to", "tenancy/a", "--by",
        "alice", "--operation", "op-1234567");

    assertThat(executed.out()).isEqualTo("2 messages released to tenancy/a, operation op-1234567\n");
    assertThat(asked).containsExactly("POST /v1/quarantine/releases");
    assertThat(ApiJson.read(bodies.getFirst(), DisposalOrder.class)).isEqualTo(new DisposalOrder("op-1234567",
        List.of("default/c/0/42", "default/c/0/41"), "tenancy/a", "alice", false));
    assertThat(command("quarantine", "release", "default/c/0/42").exitCode()).as("to nobody")
        .isEqualTo(ExitCode.USAGE);
  }

  @Test
  void release_notDoneYet_saysWhatItWaitsFor() {
    answers.add(operation(OperationInfo.RUNNING, "waiting", "no answer of the broker"));

    var executed = command("quarantine", "release", "default/c/0/42", "--to", "baseline");

    assertThat(executed.exitCode()).isEqualTo(ExitCode.OK);
    assertThat(executed.out()).contains("not done yet", "lanekeeper get operations op-1234567",
        "no answer of the broker");
    assertThat(ApiJson.read(bodies.getFirst(), DisposalOrder.class).by()).isEqualTo(System.getProperty("user.name"));
  }

  @Test
  void discard_refused_saysWhatAndTheNextStep() {
    status = 409;
    answers.add(ApiJson.write(ProblemCode.RECORD_IN_DOUBT.problem("records", "default/c/0/42: in doubt (expected: ...)",
        "wait")));

    var executed = command("quarantine", "discard", "default/c/0/42");

    assertThat(executed.exitCode()).isEqualTo(ExitCode.REFUSED);
    assertThat(executed.err()).contains("record-in-doubt", "default/c/0/42: in doubt", "next", "wait");
    assertThat(asked).containsExactly("POST /v1/quarantine/discards");
  }

  @Test
  void release_controlPlaneAway_saysHowToAskAgain() {
    server.stop(0);

    var executed = command("quarantine", "release", "default/c/0/42", "--to", "baseline", "--operation", "op-7654321");

    assertThat(executed.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(executed.err()).contains("--operation op-7654321", "does nothing twice");
  }

  @Test
  void quarantine_noCommand_isUsage_andEachHasHelp() {
    assertThat(command("quarantine").exitCode()).isEqualTo(ExitCode.USAGE);
    for (String each : List.of("list", "show", "release", "discard")) {
      assertThat(command("quarantine", each, "--help").out()).contains("Usage: lanekeeper quarantine " + each,
          "Exit codes:");
    }
  }
}
