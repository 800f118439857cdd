package dev.lanekeeper.cli;

import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.api.Deleted;
import dev.lanekeeper.api.Removed;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lanekeeper delete}: ends a tenant, or forgets a service or a cluster. */
@Command(name = "delete", description = {
    "Delete a tenant: its lane ends at once, its resources go in the background.",
    "Or forget a service (its document, and all that was reported of its baseline) or a cluster."})
final class Delete extends RemoteCommand {

  /** What goes; exactly one of them. */
  static final class Choice {
    @Parameters(index = "0", paramLabel = "TENANCY", description = "The tenancy; tenant/TENANCY works as well.") private @Nullable String tenancy;

    @Option(names = "--service", required = true, paramLabel = "NAME", description = "A service that no tenant overrides.") private @Nullable String service;

    @Option(names = "--cluster", required = true, paramLabel = "NAME", description = "A cluster on which no override has a group.") private @Nullable String cluster;
  }

  @ArgGroup(exclusive = true, multiplicity = "1") private Choice choice = new Choice();

  Delete(Session session) {
    super(session);
  }

  @Override
  int run(ControlPlaneClient client) {
    if (choice.service != null) {
      forgotten(client.deleteService(choice.service));
    } else if (choice.cluster != null) {
      forgotten(client.deleteCluster(choice.cluster));
    } else {
      String name = String.valueOf(choice.tenancy).replaceFirst("^(?i)tenants?[/ ]", "");
      Deleted deleted = client.deleteTenant(name);
      output().show(screen(), () -> Json.of(deleted), () -> print(name, deleted));
    }
    return ExitCode.OK;
  }

  private void print(String name, Deleted deleted) {
    screen().line("Tenant " + screen().bold(name) + " deleted, revision " + deleted.revision());
    if (deleted.operation() != null) {
      screen().line(screen().faint("its groups are being removed: lanekeeper get operations "
          + deleted.operation()));
    }
  }

  private void forgotten(Removed removed) {
    output().show(screen(), () -> Json.of(removed), () -> {
      screen().line(removed.kind() + " " + screen().bold(removed.name()) + " deleted, revision " + removed.revision());
      if (!removed.reporting().isEmpty()) {
        screen().line("it will come back by itself: " + removed.reporting().size()
            + (removed.reporting().size() == 1 ? " data plane reports" : " data planes report") + " as "
            + removed.name() + ": " + String.join(", ", removed.reporting()) + " (lanekeeper get data-planes)");
      }
    });
  }
}
