package dev.lanekeeper.cli;

import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.api.OperationInfo;
import picocli.CommandLine.Command;

/** {@code lanekeeper quarantine discard}: nobody gets these messages. */
@Command(name = "discard", description = {"Mark messages that were put aside as discarded: nobody gets them.",
    "They stand in the quarantine as long as others."})
final class QuarantineDiscard extends Disposing {

  QuarantineDiscard(Session session) {
    super(session);
  }

  @Override
  OperationInfo ask(ControlPlaneClient client, String id) {
    return client.discard(order(id, null, false));
  }

  @Override
  String done() {
    return "discarded";
  }
}
