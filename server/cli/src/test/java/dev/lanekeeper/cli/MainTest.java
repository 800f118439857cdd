package dev.lanekeeper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lanekeeper.cli.run.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the command says before it reaches a control plane, or without reaching one. */
class MainTest {

  @Test
  void execute_noCommand_isUsage() {
    var executed = Executed.command();

    assertThat(executed.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(executed.err()).contains("command: none (expected: one of", "lanekeeper --help");
  }

  @ParameterizedTest
  @ValueSource(strings = {"apply", "get", "delete", "status", "owner", "wait", "run", "demo", "control-plane",
      "quarantine"})
  void help_ofEachCommand_listsExitCodes(String command) {
    var executed = Executed.command(command, "--help");

    assertThat(executed.exitCode()).isEqualTo(ExitCode.OK);
    assertThat(executed.out()).contains("Usage: lanekeeper " + command, "Exit codes:",
        "3   the control plane cannot be");
  }

  @Test
  void delete_nothingOrTwoThingsNamed_isUsage() {
    assertThat(Executed.command("delete").exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(Executed.command("delete", "--service", "B", "--cluster", "x").exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(Executed.command("delete", "123", "--service", "B").exitCode()).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void get_unknownKind_isUsage() {
    var executed = Executed.command("get", "lanes");

    assertThat(executed.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(executed.err()).contains("lanes (expected: one of [tenants, services,");
  }

  @Test
  void status_nobodyListens_isUnreachable() throws IOException {
    String root = "http://127.0.0.1:" + Ports.free();

    var executed = Executed.command(Map.of("LANEKEEPER_CONTROL_PLANE", root), "", "status");

    assertThat(executed.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(executed.out()).isEmpty();
    assertThat(executed.err()).contains("error: Control plane unreachable (control-plane-unreachable)", root, "next");
  }

  @Test
  void status_jsonAndNobodyListens_printsTheProblemAsJson() throws IOException {
    var executed = Executed.command("status", "-o", "json", "--control-plane", "http://127.0.0.1:" + Ports.free());

    assertThat(executed.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(executed.err()).startsWith("{").contains("\"code\" : \"control-plane-unreachable\"");
  }

  @Test
  void status_controlPlaneNoUrl_isUsage() {
    var executed = Executed.command("status", "--control-plane", "nowhere");

    assertThat(executed.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(executed.err()).contains("--control-plane: nowhere (expected: http://host:port)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"get lanes -o json", "get --output json", "-o json", "apply --output=JSON",
      "status -ojson --x",
      "status -o json --control-plane nowhere", "wait 1 -o json --timeout soon", "apply -o json -f /no/such/file"})
  void usage_json_isAProblem(String line) throws IOException {
    var executed = Executed.command(line.split(" "));

    assertThat(executed.exitCode()).isEqualTo(ExitCode.USAGE);
    JsonNode problem = new ObjectMapper().readTree(executed.err());
    assertThat(problem.path("code").asText()).isEqualTo("usage");
    assertThat(problem.path("detail").asText()).isNotBlank();
    assertThat(problem.path("next").asText()).contains("--help");
  }

  @Test
  void usage_jsonOfTheChild_isForPeople() {
    var executed = Executed.command("run", "--nothing", "--", "child", "-o", "json");

    assertThat(executed.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(executed.err()).startsWith("error: ");
  }

  @Test
  void apply_unknownKey_namesFileLineAndKey(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("tenant.yaml"), """
        kind: Tenant
        tenancy: "123"
        overides: {}
        """);

    var executed = Executed.command("apply", "-f", file.toString());

    assertThat(executed.exitCode()).isEqualTo(ExitCode.REFUSED);
    assertThat(executed.err()).contains("document-invalid", file + ":3", "overides", "next");
  }

  @Test
  void apply_malformedTenancy_isRefused() {
    var executed =
        Executed.command(Map.of(), "{\"kind\": \"Tenant\", \"tenancy\": \"a b\", \"overrides\": {}}", "apply", "-f",
            "-");

    assertThat(executed.exitCode()).isEqualTo(ExitCode.REFUSED);
    assertThat(executed.err()).contains("standard input:1", "tenancy", "expected: 1 to 8 segments");
  }

  @Test
  void apply_noSuchFile_isUsage() {
    var executed = Executed.command("apply", "-f", "/no/such/file.yaml");

    assertThat(executed.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(executed.err()).contains("--file: /no/such/file.yaml (expected: a file or directory that can be read)");
  }

  @Test
  void apply_emptyDirectory_isUsage(@TempDir Path directory) {
    var executed = Executed.command("apply", "-f", directory.toString());

    assertThat(executed.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(executed.err()).contains("a directory with *.yaml, *.yml or *.json");
  }

  @Test
  void run_malformedTenancy_isUsage() {
    var executed = Executed.command("run", "--service", "C", "--tenancy", "a//b", "--", "true");

    assertThat(executed.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(executed.err()).contains("--tenancy: \"a//b\"");
  }

  @Test
  void run_temporaryWithoutTenancy_isUsage() {
    var executed = Executed.command("run", "--service", "C", "--temporary", "--", "true");

    assertThat(executed.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(executed.err()).contains("--temporary: without --tenancy");
  }

  @Test
  void demo_noSuchJava_isUsage(@TempDir Path directory) {
    var executed = Executed.command("demo", "--services-java", directory.toString());

    assertThat(executed.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(executed.err()).contains("--services-java: " + directory + " (expected: the directory of a JDK)");
  }

  @Test
  void controlPlane_storeThatIsNone_isUsage() {
    for (String url : new String[]{"mysql://h/d", "jdbc:postgresql://h/d?password=topsecret",
        "jdbc:postgresql://u:topsecret@h/d"}) {
      var executed = Executed.command("control-plane", "--port", "0", "--store", url);

      assertThat(executed.exitCode()).isEqualTo(ExitCode.USAGE);
      assertThat(executed.err()).contains("--store: ", "(expected: ").doesNotContain("topsecret");
    }
    var alone = Executed.command("control-plane", "--port", "0", "--store-user", "u");
    assertThat(alone.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(alone.err()).contains("--store-user: u without --store");
    var both = Executed.command("control-plane", "--data", "d", "--store", "jdbc:postgresql://h/d");
    assertThat(both.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(both.err()).contains("--data: d beside --store");
  }

  @Test
  void controlPlane_databaseThatNobodyServes_failsAndSaysWhatToDo(@TempDir Path directory) throws IOException {
    Path password = Files.writeString(directory.resolve("password"), "topsecret\n");
    String url = "jdbc:postgresql://127.0.0.1:" + Ports.free() + "/lanes";
    var executed =
        Executed.command(Map.of("LANEKEEPER_STORE", url), "", "control-plane", "--port", "0", "--store-user", "u",
            "--store-password-file", password.toString());

    assertThat(executed.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(executed.err()).contains("error: store: 127.0.0.1:", "/lanes: ", "start the server")
        .doesNotContain("topsecret");
  }
}
