package dev.lanekeeper.cli;

import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.api.Durations;
import dev.lanekeeper.api.ReadyInfo;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lanekeeper wait}: until a tenant is ready. */
@Command(name = "wait", description = "Wait until every workload of a tenant is ready; exit code 1 if that takes too long.")
final class Wait extends RemoteCommand {

  @Parameters(paramLabel = "TENANCY", description = "The tenancy.") private String tenancy = "";

  @Option(names = "--timeout", paramLabel = "DURATION", defaultValue = "30s", description = "How long to wait at most, such as 45s or 2m (default: ${DEFAULT-VALUE}).") private String timeout =
      "30s";

  Wait(Session session) {
    super(session);
  }

  @Override
  int run(ControlPlaneClient client) {
    ReadyInfo ready = client.awaitReady(tenancy, patience());
    output().show(screen(), () -> Json.of(ready),
        () -> screen().line("Tenant " + screen().bold(tenancy) + " is ready"));
    return ExitCode.OK;
  }

  private Duration patience() {
    try {
      return Durations.parse(timeout);
    } catch (IllegalArgumentException malformed) {
      throw new UsageException("--timeout: " + timeout + " (expected: " + Durations.EXPECTED + ")");
    }
  }
}
