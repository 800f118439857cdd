package dev.lanekeeper.cli;

import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.api.Deleted;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code lanekeeper delete}: ends a tenant. */
@Command(name = "delete", description = "Delete a tenant: its lane ends at once, its resources go in the background.")
final class Delete extends RemoteCommand {

  @Parameters(paramLabel = "TENANCY", description = "The tenancy; tenant/TENANCY works as well.") private String tenancy =
      "";

  Delete(Session session) {
    super(session);
  }

  @Override
  int run(ControlPlaneClient client) {
    String name = tenancy.replaceFirst("^(?i)tenants?[/ ]", "");
    Deleted deleted = client.deleteTenant(name);
    output().show(screen(), () -> Json.of(deleted), () -> print(name, deleted));
    return ExitCode.OK;
  }

  private void print(String name, Deleted deleted) {
    screen().line("Tenant " + screen().bold(name) + " deleted, revision " + deleted.revision());
    if (deleted.operation() != null) {
      screen().line(screen().faint("its groups are being removed: lanekeeper get operations "
          + deleted.operation()));
    }
  }
}
