package dev.lanekeeper.cli;

import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.api.OwnerInfo;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code lanekeeper owner}: asks the rule, and says why. */
@Command(name = "owner", description = "Ask whose a request is: the rule, with its reason.")
final class OwnerCommand extends RemoteCommand {

  @Option(names = "--service", required = true, paramLabel = "NAME", description = "The service that is called.") private String service =
      "";

  @Option(names = "--tenancy", paramLabel = "TENANCY", description = "The tenancy or combination (a+b) of the request; none: untagged.") private @Nullable String tenancy;

  @Option(names = "--overrides", paramLabel = "B:123&C:x", description = "Single-service overrides of the request.") private @Nullable String overrides;

  @Option(names = "--stamp", paramLabel = "REVISION-SEAL", description = "The stamp of the request (default: the newest).") private @Nullable String stamp;

  OwnerCommand(Session session) {
    super(session);
  }

  @Override
  int run(ControlPlaneClient client) {
    OwnerInfo answer = client.owner(service, tenancy, overrides, stamp);
    output().show(screen(), () -> Json.of(answer), () -> print(answer));
    return ExitCode.OK;
  }

  private void print(OwnerInfo answer) {
    OwnerInfo.Owner owner = answer.owner();
    screen().line(screen().bold(owner.kind()) + (owner.incarnation() == null ? "" : " " + owner.incarnation())
        + (owner.addresses().isEmpty() ? "" : " at " + String.join(", ", owner.addresses())));
    screen().line(answer.reason());
    screen()
        .line(screen().faint("service " + answer.service() + ", tag " + (answer.tag().isEmpty() ? "none" : answer.tag())
            + ", stamp " + (answer.stamp().isEmpty() ? "none" : answer.stamp()) + ", asked at revision "
            + answer.revision()));
  }
}
