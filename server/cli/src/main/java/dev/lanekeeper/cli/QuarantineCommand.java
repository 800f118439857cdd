package dev.lanekeeper.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code lanekeeper quarantine}: what was put aside, and what becomes of it. */
@Command(name = "quarantine", description = {"Look at messages that were put aside, release or discard them.",
    "What was put aside in doubt the control plane decides by itself; the rest waits for a person."}, synopsisSubcommandLabel = "COMMAND")
final class QuarantineCommand implements Runnable {

  @Spec private CommandSpec spec = CommandSpec.create();

  private QuarantineCommand() {}

  /** The command with those under it. */
  static CommandLine commandLine(Session session) {
    return new CommandLine(new QuarantineCommand()).addSubcommand(new QuarantineList(session))
        .addSubcommand(new QuarantineShow(session)).addSubcommand(new QuarantineRelease(session))
        .addSubcommand(new QuarantineDiscard(session));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "command: none (expected: one of "
        + String.join(", ", spec.subcommands().keySet()) + ")");
  }
}
