package dev.lanekeeper.cli;

import dev.lanekeeper.api.ControlPlaneClient;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/** A command that asks the control plane. */
abstract class RemoteCommand implements Callable<Integer> {
  @Mixin private Connection connection = new Connection();

  @Mixin private Output output = new Output();

  private final Session session;

  RemoteCommand(Session session) {
    this.session = session;
  }

  @Override
  public final Integer call() throws Exception {
    return run(connection.client(session.environment()));
  }

  /**
   * Does it.
   *
   * @return an {@link ExitCode}
   * @throws Exception what {@link Failures} turns into an error message
   */
  abstract int run(ControlPlaneClient client) throws Exception;

  /** What is around this command. */
  final Session session() {
    return session;
  }

  /** Where it prints. */
  final Screen screen() {
    return session.screen();
  }

  /** How it prints. */
  final Output output() {
    return output;
  }
}
