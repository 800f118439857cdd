package dev.lanekeeper.cli;

import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.api.PlainText;
import dev.lanekeeper.api.StatusInfo;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;

/** {@code lanekeeper status}: the control plane and its data planes at a glance. */
@Command(name = "status", description = "Show the control plane, its data planes and what they did, counted by reason.")
final class Status extends RemoteCommand {

  Status(Session session) {
    super(session);
  }

  @Override
  int run(ControlPlaneClient client) {
    StatusInfo status = client.status();
    output().show(screen(), () -> Json.of(status), () -> print(status, client));
    return ExitCode.OK;
  }

  private void print(StatusInfo status, ControlPlaneClient client) {
    screen().line("control plane " + screen().bold(client.root().toString()) + ", version " + status.version()
        + ", revision " + status.revision() + ", profile " + status.profile());
    screen().line(status.tenants() + " tenants, " + status.overrides() + " overrides (" + status.ending() + " ending), "
        + status.services() + " services, " + status.watchers() + " watchers, " + status.running()
        + " operations running");
    StatusInfo.Store store = status.store();
    if (store != null) {
      screen().line("store " + store.kind() + " at " + PlainText.shown(store.where()));
      store.replicas().forEach(replica -> screen().line("replica " + PlainText.shown(replica.name())
          + (replica.self() ? ", this one" : ", heard of " + replica.ageMillis() / 1_000 + " s ago")));
    }
    status.warnings().forEach(line -> screen().line(screen().bad("warning: ") + PlainText.shown(line)));
    status.waiting().forEach(line -> screen().line("waiting: " + PlainText.shown(line)));
    if (!status.heldBack().isEmpty()) {
      screen().line("remembered, though over for long: what had ended since revision " + status.floor()
          + " stays in the table until all have passed it");
      status.heldBack().forEach(line -> screen().line("  waiting: " + PlainText.shown(line)));
    }
    status.leftOver().forEach(line -> screen().line("left alone: " + PlainText.shown(line)));
    if (!status.dataPlanes().isEmpty()) {
      screen().line("");
      List<String> lines = Listing.dataPlaneTable(status.dataPlanes()).lines();
      screen().line(screen().faint(lines.getFirst()));
      lines.stream().skip(1).forEach(screen()::line);
    }
    if (!status.counters().isEmpty()) {
      screen().line("");
      var table = new Table(List.of("COUNTER", "VALUE"));
      status.counters().entrySet().stream().sorted(Map.Entry.comparingByKey())
          .forEach(counter -> table.add(List.of(counter.getKey(), "" + counter.getValue())));
      table.lines().forEach(screen()::line);
    }
  }
}
