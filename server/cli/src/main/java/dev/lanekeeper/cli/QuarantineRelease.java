package dev.lanekeeper.cli;

import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.api.OperationInfo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code lanekeeper quarantine release}: hands messages to a receiver whom a person names. */
@Command(name = "release", description = {"Release messages that were put aside to a receiver that you name.",
    "The baseline gets them untagged, as traffic of its own; a tenancy's workload with its tag."})
final class QuarantineRelease extends Disposing {

  @Option(names = "--to", required = true, paramLabel = "RECEIVER", description = "baseline, or tenancy/TENANCY: its workload under test.") private String receiver =
      "";

  @Option(names = "--again", description = "Release also what was released or discarded before.") private boolean again;

  QuarantineRelease(Session session) {
    super(session);
  }

  @Override
  OperationInfo ask(ControlPlaneClient client, String id) {
    return client.release(order(id, receiver, again));
  }

  @Override
  String done() {
    return "released to " + receiver;
  }
}
