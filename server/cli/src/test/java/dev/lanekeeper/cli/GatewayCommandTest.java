package dev.lanekeeper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanekeeper.gateway.admission.Admission;
import dev.lanekeeper.gateway.admission.ApiTokens;
import dev.lanekeeper.gateway.admission.TokenVerifier;
import dev.lanekeeper.model.Tag;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code gateway} and {@code token}, from the command line. */
class GatewayCommandTest {

  @TempDir private Path directory = Path.of("");

  private static Executed command(String... arguments) {
    return Executed.command(Map.of(), "", arguments);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "gateway | expected: an edge, an ingress, an egress, or mocks",
      "gateway --mocks-admin 0 | mocks: 0 with administration",
      "gateway --mocks 0 --mocks-admin 0.0.0.0:0 | --mocks-admin: 0.0.0.0:0 is open to others",
      "gateway --ingress 3001 | --ingress: 3001 (expected: [HOST:]PORT=URL)",
      "gateway --ingress 3001=b:80 | expected: http://host:port",
      "gateway --ingress 3001=http://b:80/path | expected: http://host:port",
      "gateway --egress 99999 | expected: a port from 0 to 65535",
      "gateway --egress no.such.host.invalid:1 | expected: PORT, or HOST:PORT of this machine",
      "gateway --edge 0 | --edge: no --enter beside it",
      "gateway --edge 0 --enter h=B | --enter: h=B (expected: HOST=SERVICE@URL)",
      "gateway --edge 0 --enter h=B@http://b:80 --tls-key k | expected: both, or neither",
      "gateway --edge 0 --enter h=B@http://b:80 --admit 10.0.0.0/33 | expected: 10.0.0.0/8",
      "gateway --edge 0 --enter h=B@http://b:80 --strangers maybe | --strangers",
      "gateway --egress 0 --tenancy a//b | tenancy",
      "gateway --egress 0 --threads 0 | expected: at least 1",
      "token --key /no/such/file --tenancy 123 | --key",
  })
  void badInput_isAnErrorOfUsage_thatSaysWhatIsExpected(String line, String said) {
    Executed executed = command(line.strip().split(" ", -1));

    assertThat(executed.exitCode()).as(executed.err()).isEqualTo(ExitCode.USAGE);
    assertThat(executed.err()).contains(said.strip());
  }

  @Test
  void token_ofANewKey_isGoodAtTheEdge_andThereOnlyForItsTenancy() throws IOException {
    String key = directory.resolve("edge.key").toString();
    String keys = directory.resolve("keys.json").toString();
    assertThat(command("token", "--key", key, "--new-key", keys).exitCode()).isEqualTo(ExitCode.OK);
    assertThat(command("token", "--key", key, "--new-key", keys).exitCode()).as("never over one that is there")
        .isEqualTo(ExitCode.USAGE);

    String token = command("token", "--key", key, "--tenancy", "shop/testing/*", "--for", "5m").out().strip();

    Admission admission = new Admission(List.of(), ApiTokens.NONE, TokenVerifier.read(Path.of(keys)),
        Admission.Strangers.REFUSED);
    InetAddress anybody = InetAddress.getByName("203.0.113.1");
    long now = System.currentTimeMillis();
    assertThat(admission.refusal(anybody, token, Tag.of("shop/testing/T1"), now)).isNull();
    assertThat(admission.refusal(anybody, token, Tag.of("other"), now)).contains("not for");
    assertThat(command("token", "--key", key, "--tenancy", "a//b").err()).contains("tenancy");
    assertThat(command("token", "--key", key, "--tenancy", "a", "--for", "2d").err()).contains("24h");
    assertThat(command("token", "--key", key).err()).contains("at least one");
  }
}
