package dev.lanekeeper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.api.DataPlaneReport;
import dev.lanekeeper.cli.run.Ports;
import dev.lanekeeper.controlplane.ControlPlane;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every command that asks, against a real control plane. */
class CommandsIT {
  private static final String DOCUMENTS = """
      kind: Service
      name: B
      hosts: ["127.0.0.1:9002"]
      ---
      kind: Service
      name: C
      hosts: ["127.0.0.1:9003"]
      ---
      kind: Tenant
      tenancy: "123"
      overrides:
        B: { redirect: "http://127.0.0.1:9102" }
        C: { workload: {} }
      """;

  @TempDir private Path directory = Path.of("");
  private ControlPlane controlPlane = unset();

  @SuppressWarnings("NullAway") // Set before each test.
  private static ControlPlane unset() {
    return null;
  }

  @BeforeEach
  void start() throws Exception {
    controlPlane = ControlPlane.builder(directory.resolve("data")).port(0).start();
  }

  @AfterEach
  void stop() {
    controlPlane.close();
  }

  private Executed command(String... arguments) {
    return Executed.command(Map.of(Connection.VARIABLE, controlPlane.uri().toString()), DOCUMENTS, arguments);
  }

  private JsonNode json(String... arguments) throws IOException {
    var all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--output", "json"));
    var executed = command(all.toArray(new String[0]));
    assertThat(executed.exitCode()).as(executed.err()).isEqualTo(ExitCode.OK);
    return new ObjectMapper().readTree(executed.out());
  }

  @Test
  void apply_standardInput_saysWhatWasApplied() {
    var executed = command("apply", "-f", "-");

    assertThat(executed.exitCode()).isEqualTo(ExitCode.OK);
    assertThat(executed.out()).contains("Service B applied, revision ", "Tenant 123 applied, revision ");
  }

  @Test
  void apply_sameAgain_saysUnchanged() {
    command("apply", "-f", "-");

    assertThat(command("apply", "-f", "-").out()).contains("Service B unchanged", "Tenant 123 unchanged");
  }

  @Test
  void apply_directoryWithAFault_changesNothing() throws IOException {
    Files.writeString(directory.resolve("a.yaml"), "kind: Service\nname: B\nhosts: [\"127.0.0.1:9002\"]\n");
    Files.writeString(directory.resolve("b.json"), "{\"kind\": \"Tenant\", \"tenancy\": \"1\", \"overrides\": {\"X\": "
        + "{\"workload\": {}}}}");

    var executed = command("apply", "-f", directory.toString());

    assertThat(executed.exitCode()).isEqualTo(ExitCode.REFUSED);
    assertThat(executed.err()).contains("service-unknown", "where overrides.X", "next");
    assertThat(command("get", "services").out()).contains("no services");
  }

  @Test
  void apply_redirectOutside_isRefusedWithProblemInJson() {
    var executed = Executed.command(Map.of(Connection.VARIABLE, controlPlane.uri().toString()), """
        kind: Service
        name: B
        hosts: ["b:80"]
        ---
        kind: Tenant
        tenancy: "123"
        overrides: { B: { redirect: "http://192.0.2.1:80" } }
        """, "apply", "-f", "-", "-o", "json");

    assertThat(executed.exitCode()).isEqualTo(ExitCode.REFUSED);
    assertThat(executed.err()).contains("\"code\" : \"redirect-not-allowed\"", "\"field\" : \"overrides.B");
  }

  @Test
  void get_eachKind_hasTableAndJson() throws IOException {
    command("apply", "-f", "-");

    assertThat(command("get", "tenants").out()).contains("TENANCY", "123", "B, C");
    assertThat(command("get", "routes").out()).contains("http://127.0.0.1:9102", "redirect", "workload");
    assertThat(command("get", "services").out()).contains("127.0.0.1:9003");
    assertThat(command("get", "clusters").out()).contains("no clusters");
    assertThat(command("get", "environment").out()).contains("staging", "baseline", "refuse");
    assertThat(command("get", "operations").out()).contains("apply", "done");
    assertThat(command("get", "data-planes").out()).contains("no data planes");
    for (String kind : List.of("tenants", "routes", "services", "clusters", "operations", "data-planes")) {
      assertThat(json("get", kind).isArray()).as(kind).isTrue();
    }
    assertThat(json("get", "environment").path("kind").asText()).isEqualTo("Environment");
    assertThat(json("get", "tenant", "123").path("tenancy").asText()).isEqualTo("123");
  }

  @Test
  void get_unknownName_isNotFound() {
    for (String kind : List.of("tenant", "service", "cluster", "operation", "data-plane", "route")) {
      var executed = command("get", kind, "999");

      assertThat(executed.exitCode()).as(kind).isEqualTo(ExitCode.NOT_FOUND);
      assertThat(executed.err()).as(kind).contains("999", "next");
    }
  }

  @Test
  void owner_overridden_saysWhoAndWhy() throws IOException {
    command("apply", "-f", "-");

    var executed = command("owner", "--service", "B", "--tenancy", "123");

    assertThat(executed.out()).contains("redirect", "http://127.0.0.1:9102", "tenancy 123 overrides B");
    assertThat(json("owner", "--service", "B").path("owner").path("kind").asText()).isEqualTo("baseline");
  }

  @Test
  void wait_nobodyAnnounced_failsAndNamesTheService() {
    command("apply", "-f", "-");

    var executed = command("wait", "123", "--timeout", "10ms");

    assertThat(executed.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(executed.err()).contains("tenant-not-ready", "no instance of C");
  }

  @Test
  void delete_registered_endsItOnce() {
    command("apply", "-f", "-");

    assertThat(command("delete", "tenant/123").out()).contains("Tenant 123 deleted, revision ");
    assertThat(command("delete", "123").exitCode()).isEqualTo(ExitCode.NOT_FOUND);
  }

  @Test
  void delete_service_isForgottenUnlessOverridden() throws IOException {
    command("apply", "-f", "-");

    var refused = command("delete", "--service", "B");
    assertThat(refused.exitCode()).isEqualTo(ExitCode.REFUSED);
    assertThat(refused.err()).contains("service-in-use", "[123]");
    command("delete", "123");
    assertThat(command("delete", "--service", "B").out()).contains("Service B deleted, revision ")
        .doesNotContain("come back");
    assertThat(json("delete", "--service", "c").path("kind").asText()).isEqualTo("Service");
    assertThat(command("delete", "--service", "B").exitCode()).isEqualTo(ExitCode.NOT_FOUND);
    assertThat(command("delete", "--cluster", "none").exitCode()).isEqualTo(ExitCode.NOT_FOUND);
    assertThat(command("get", "services").out()).contains("no services");
  }

  @Test
  void status_always_namesTheControlPlane() throws IOException {
    assertThat(command("status").out()).contains("control plane " + controlPlane.uri(), "profile staging", "0 tenants");
    assertThat(json("status").path("profile").asText()).isEqualTo("staging");
  }

  @Test
  void status_dataPlaneWithoutATable_warns() throws IOException {
    new ControlPlaneClient(controlPlane.uri(), null).report("p1", new DataPlaneReport("B", null, null, "0.1.0", 0, 0, 1,
        "host", 0, List.of(), List.of(), Map.of()));

    assertThat(command("status").out()).contains("warning: B, process 1@host, has no route table", "TABLE AGE",
        "unknown");
    assertThat(json("status").path("warnings")).hasSize(1);
    assertThat(json("get", "data-plane", "p1").path("tableAgeMillis").isNull()).isTrue();
  }

  @Test
  void controlPlane_portTaken_saysSo() {
    var executed = command("control-plane", "--port", "" + controlPlane.port(), "--data",
        directory.resolve("other").toString());

    assertThat(executed.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(executed.err()).contains("port: " + controlPlane.port(), "expected: a free port", "--port");
  }

  @Test
  void controlPlane_notLoopbackWithoutToken_isRefused() {
    var executed = command("control-plane", "--host", "0.0.0.0", "--port", "0", "--data",
        directory.resolve("other").toString());

    assertThat(executed.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(executed.err()).contains("without a token file", "--token-file");
  }

  @Test
  void controlPlane_whatItWasToldCannotBeUsed_isUsage() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "short");
    String data = directory.resolve("other").toString();

    for (List<String> wrong : List.of(List.of("--data", file.resolve("below").toString()),
        List.of("--data", data, "--token-file", file.toString()),
        List.of("--data", data, "--token-file", "/no/such/file"),
        List.of("--data", data, "--host", "[::1"), List.of("--data", data, "--port", "65536"))) {
      var arguments = new ArrayList<>(List.of("control-plane", "-o", "json"));
      arguments.addAll(wrong);
      var executed = command(arguments.toArray(new String[0]));

      assertThat(executed.exitCode()).as(wrong.toString()).isEqualTo(ExitCode.USAGE);
      JsonNode problem = new ObjectMapper().readTree(executed.err());
      assertThat(problem.path("code").asText()).as(wrong.toString()).isEqualTo("usage");
      assertThat(problem.path("detail").asText()).contains("expected: ").isNotBlank();
    }
  }

  @Test
  void controlPlane_directoryInUse_failsWithProblemInJson() throws IOException {
    var executed =
        command("control-plane", "--port", "0", "--data", directory.resolve("data").toString(), "--output=json");

    assertThat(executed.exitCode()).isEqualTo(ExitCode.FAILED);
    JsonNode problem = new ObjectMapper().readTree(executed.err());
    assertThat(problem.path("code").asText()).isEqualTo("command-failed");
    assertThat(problem.path("detail").asText()).contains("in use");
  }

  /** What a data plane would tell of a request. */
  private void tell(String trace, String outcome) throws IOException, InterruptedException {
    var hop = "{\"instance\":\"i\",\"hops\":[{\"trace\":\"" + trace + "\",\"at\":7,\"kind\":\"call\",\"service\":\"A\","
        + "\"to\":\"B\",\"tag\":\"123\",\"stamp\":\"2-00000001\",\"outcome\":\"" + outcome + "\",\"reason\":\"why\"}]}";
    var told = HttpClient.newHttpClient().send(HttpRequest.newBuilder(controlPlane.uri().resolve("/v1/traces"))
        .header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(hop)).build(),
        HttpResponse.BodyHandlers.ofString());
    assertThat(told.statusCode()).isEqualTo(200);
  }

  @Test
  void trace_follow_drawsWhatWasHeard() throws Exception {
    tell("t-1", "pass");

    var executed = command("trace", "--follow", "t-1", "--settle", "100ms");

    assertThat(executed.exitCode()).as(executed.err()).isEqualTo(ExitCode.OK);
    assertThat(executed.out()).contains("A of the baseline calls B -> baseline  (why)", "trace t-1, tag 123, stamp 2-");
    assertThat(json("trace", "--follow", "t-1", "--settle", "100ms").at("/visits/0/service").asText()).isEqualTo("B");
  }

  @Test
  void trace_refused_saysSo_andFails() throws Exception {
    tell("t-2", "refuse");

    var executed = command("trace", "--follow", "t-2", "--settle", "100ms");

    assertThat(executed.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(executed.out()).contains("A of the baseline calls B REFUSED  (why)");
  }

  @Test
  void trace_ofARequest_isSentWithTagAndName_andFailsWhereNobodyHears() throws Exception {
    var heads = new ArrayList<Map<String, List<String>>>();
    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", exchange -> {
      heads.add(Map.copyOf(exchange.getRequestHeaders()));
      exchange.sendResponseHeaders(204, -1);
      exchange.close();
    });
    server.start();
    try {
      var executed = command("trace", "--tenancy", "123", "-H", "X-Other: a: b", "--settle", "100ms",
          "127.0.0.1:" + server.getAddress().getPort() + "/x");

      assertThat(executed.exitCode()).isEqualTo(ExitCode.FAILED);
      assertThat(executed.out()).contains("/x -> 204 after ");
      assertThat(executed.err()).contains("Nothing was heard of it");
      assertThat(heads.getFirst().get("X-other")).containsExactly("a: b");
      assertThat(heads.getFirst().get("Baggage")).singleElement().asString()
          .matches("tenancy=123,lanekeeper-trace=[0-9a-f]{32}");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void trace_badInput_isUsage() {
    for (String[] arguments : new String[][]{{"trace"}, {"trace", "ftp://x"}, {"trace", "http://"}, {"trace", "a b"},
        {"trace", "--tenancy", "a//b", "x"}, {"trace", "-H", "none", "x"}, {"trace", "--follow", "x", "http://y"},
        {"trace", "--follow", "x", "--settle", "soon"}, {"trace", "--timeout", "soon", "http://127.0.0.1:1"},
        {"trace", "http://127.0.0.1:0"}, {"trace", "http://127.0.0.1:65536"}}) {
      var executed = command(arguments);
      assertThat(executed.exitCode()).as(List.of(arguments) + executed.err()).isEqualTo(ExitCode.USAGE);
      assertThat(executed.err()).contains("expected: ");
    }
    assertThat(command("trace", "--print-header", "--tenancy", "123").out())
        .matches("(?s)baggage: tenancy=123,lanekeeper-trace=[0-9a-f]{32}\\R");
  }

  @Test
  void trace_ofAServerThatIsAway_fails() throws Exception {
    String nowhere = "HTTP://127.0.0.1:" + Ports.free();
    var executed = command("trace", "--settle", "100ms", nowhere);
    assertThat(executed.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(executed.out()).contains("no answer");
    var told = command("trace", "-o", "json", "--settle", "100ms", nowhere);
    assertThat(new ObjectMapper().readTree(told.out()).path("error").asText()).isNotEmpty();
  }

  /** What a server answers is nothing that a terminal obeys. */
  @Test
  void trace_answerThatIsNoHttp_reachesTheTerminalHarmless() throws Exception {
    try (ServerSocket evil = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread thread = new Thread(() -> {
        try {
          while (true) {
            try (var socket = evil.accept()) {
              socket.getOutputStream()
                  .write("\u001b]0;owned\u0007\u001b[2JHTTP/9 200 OK\r\n\r\n"
                      .getBytes(StandardCharsets.ISO_8859_1));
              socket.getOutputStream().flush();
            }
          }
        } catch (IOException closed) {
          // The test is over.
        }
      });
      thread.start();
      var executed = command("trace", "--settle", "100ms", "http://127.0.0.1:" + evil.getLocalPort() + "/");
      assertThat(executed.out() + executed.err()).contains("no answer").doesNotContain("\u001b");
    }
  }

  @Test
  void trace_tenanciesOfALiar_reachTheTerminalHarmless() throws Exception {
    var hop = "{\"instance\":\"i\",\"hops\":[{\"trace\":\"liar\",\"at\":7,\"kind\":\"arrive\",\"service\":\"A\","
        + "\"to\":\"A\",\"tenancy\":\"\\u001b[2J\\u001b]0;owned\\u0007\",\"outcome\":\"pass\",\"reason\":\"why\"}]}";
    HttpClient.newHttpClient().send(HttpRequest.newBuilder(controlPlane.uri().resolve("/v1/traces"))
        .header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(hop)).build(),
        HttpResponse.BodyHandlers.ofString());
    var executed = command("trace", "--follow", "liar", "--settle", "100ms", "--timeout", "3s");
    assertThat(executed.out()).doesNotContain("\u001b");
  }

  @Test
  void trace_oddInput_isUsage_orFails_neverAnError() {
    for (String[] arguments : new String[][]{{"trace", "http://127.0.0.1:99999/"}, {"trace", "http://127.0.0.1:0/"},
        {"trace", "-H", "Host: x", "http://127.0.0.1:1/"}, {"trace", "-H", "Connection: close", "http://127.0.0.1:1/"},
        {"trace", "-H", "A: b\r\nC: d", "http://127.0.0.1:1/"}, {"trace", "-X", "G ET", "http://127.0.0.1:1/"},
        {"trace", "-X", "CONNECT", "http://127.0.0.1:1/"}, {"trace", "http://u:p@127.0.0.1:1/"},
        {"trace", "HTTP://127.0.0.1:1/"}, {"trace", "http://127.0.0.1:1/#f"}, {"trace", "https://127.0.0.1:1/"},
        {"trace", "-H", ": x", "http://127.0.0.1:1/"},
        {"trace", "-H", "Content-Length: 5", "-d", "x", "http://127.0.0.1:1/"},
        {"trace", "--timeout", "0s", "http://127.0.0.1:1/"},
        {"trace", "--timeout", "99999999999999h", "http://127.0.0.1:1/"},
        {"trace", "--follow", ""}, {"trace", "--follow", "a/b"}, {"trace", "--follow", "x", "--timeout", "300ms"},
        {"trace", "--settle", "-1s", "http://127.0.0.1:1/"}, {"trace", "http://[::1]:1/"},
        {"trace", "--print-header", "--tenancy", "a\nb"}, {"trace", ""}}) {
      var all = new ArrayList<>(List.of(arguments));
      all.addAll(List.of("--output", "json"));
      var executed = command(all.toArray(new String[0]));
      assertThat(executed.out() + executed.err()).as(List.of(arguments).toString()).doesNotContain("Exception",
          "\tat ");
    }
  }
}
