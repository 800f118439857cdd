package dev.lanekeeper.cli;

import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.api.PlainText;
import dev.lanekeeper.api.QuarantinedInfo;
import dev.lanekeeper.api.QuarantinedRecordInfo;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code lanekeeper quarantine show}: one message that was put aside. */
@Command(name = "show", description = "Show one message that was put aside: where it came from, why, and what it holds.")
final class QuarantineShow extends RemoteCommand {

  @Parameters(paramLabel = "ID", description = "As quarantine list has it.") private String id = "";

  QuarantineShow(Session session) {
    super(session);
  }

  @Override
  int run(ControlPlaneClient client) {
    QuarantinedRecordInfo found = client.quarantined(id);
    output().show(screen(), () -> Json.of(found), () -> print(found));
    return ExitCode.OK;
  }

  private void print(QuarantinedRecordInfo found) {
    QuarantinedInfo record = found.record();
    var table = new Table(List.of("", ""));
    table.add(List.of("id", record.id()));
    table.add(List.of("state", record.state()));
    table.add(List.of("reason", record.reason()));
    table.add(List.of("service", record.service() + ", group " + record.group()));
    table.add(List.of("tenancy", record.tenancy() == null ? "-" : record.tenancy()));
    table.add(List.of("override", record.incarnation() == null ? "-" : record.incarnation()));
    table.add(List.of("came from", record.topic() + "-" + record.partition() + "@" + record.offset() + " on "
        + record.cluster() + ", of " + Instant.ofEpochMilli(record.timestampMillis())));
    table.add(List.of("put aside", Instant.ofEpochMilli(record.asideMillis()).toString()));
    QuarantinedInfo.Disposal disposal = record.disposal();
    if (disposal != null) {
      table.add(List.of("by hand", (disposal.receiver() == null ? "discarded" : "to " + disposal.receiver()) + " by "
          + disposal.by() + " at " + Instant.ofEpochMilli(disposal.atMillis()) + ", operation "
          + disposal.operation()));
    }
    table.lines().stream().skip(1).forEach(screen()::line);
    found.headers().forEach(header -> part("header " + header.name(), header.value()));
    if (record.byReference()) {
      screen().line("key and value were too large to be put aside: they stand where the message came from, if at all");
    } else {
      part("key", found.key());
      part("value", found.value());
    }
  }

  private void part(String name, QuarantinedRecordInfo.@Nullable Content content) {
    if (content == null) {
      screen().line(screen().bold(PlainText.shown(name)) + " none");
      return;
    }
    String text = content.text();
    screen().line(screen().bold(PlainText.shown(name)) + screen().faint(" " + content.bytes() + " bytes"
        + (text == null ? ", hexadecimal" : "") + (content.cut() ? ", the beginning" : "")));
    String shown = text == null ? String.valueOf(content.hex()) : text;
    shown.lines().forEach(line -> screen().line("  " + PlainText.shown(line)));
  }
}
