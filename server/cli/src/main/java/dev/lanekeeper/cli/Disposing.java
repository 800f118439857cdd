package dev.lanekeeper.cli;

import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.api.DisposalOrder;
import dev.lanekeeper.api.OperationInfo;
import dev.lanekeeper.api.ProblemCode;
import dev.lanekeeper.api.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A command that does something with messages that were put aside, all of them or none. */
abstract class Disposing extends RemoteCommand {

  @Parameters(paramLabel = "ID", arity = "1..*", description = "As quarantine list has them; of one service on one cluster.") private List<String> ids =
      new ArrayList<>();

  @Option(names = "--by", paramLabel = "NAME", defaultValue = "${sys:user.name}", description = "Who wants it, for the ledger (default: the name of the user).") private String by =
      "";

  @Option(names = "--operation", paramLabel = "ID", description = "The id that the ledger gives it; asking again under the same does nothing twice (default: a random one).") private @Nullable String operation;

  Disposing(Session session) {
    super(session);
  }

  /** What is wanted, under an id of the ledger. */
  final DisposalOrder order(String id, @Nullable String receiver, boolean again) {
    return new DisposalOrder(id, ids, receiver, by, again);
  }

  /** Asks for it. */
  abstract OperationInfo ask(ControlPlaneClient client, String id);

  /** What has been done, in a word. */
  abstract String done();

  @Override
  final int run(ControlPlaneClient client) {
    String id = operation == null ? UUID.randomUUID().toString() : operation;
    OperationInfo info;
    try {
      info = ask(client, id);
    } catch (ProblemException failed) {
      if (failed.is(ProblemCode.CONTROL_PLANE_UNREACHABLE)) {
        screen().note("whether it was done is not known: run it again with --operation " + id
            + ", which does nothing twice");
      }
      throw failed;
    }
    output().show(screen(), () -> Json.of(info), () -> print(info));
    return info.problem() == null ? ExitCode.OK : ExitCode.REFUSED;
  }

  private void print(OperationInfo info) {
    if (info.state().equals(OperationInfo.RUNNING)) {
      screen().line("not done yet, and goes on by itself: lanekeeper get operations " + info.id());
      info.steps().stream().skip(Math.max(0, info.steps().size() - 1)).filter(step -> step.step().equals("waiting"))
          .forEach(step -> screen().line("  waits for " + dev.lanekeeper.api.PlainText.shown(step.detail())));
      return;
    }
    screen().line(ids.size() + (ids.size() == 1 ? " message " : " messages ") + done() + ", operation "
        + screen().bold(info.id()));
  }
}
