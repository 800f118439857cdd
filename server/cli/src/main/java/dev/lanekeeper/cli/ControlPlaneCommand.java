package dev.lanekeeper.cli;

import dev.lanekeeper.api.Durations;
import dev.lanekeeper.controlplane.ControlPlane;
import dev.lanekeeper.controlplane.StartException;
import dev.lanekeeper.controlplane.store.PostgresAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code lanekeeper control-plane}: runs one in the foreground, until Ctrl-C or SIGTERM. */
@Command(name = "control-plane", description = "Run a control plane in the foreground.")
final class ControlPlaneCommand implements Callable<Integer> {
  private static final int LARGEST_PORT = 65_535;

  @Option(names = "--host", paramLabel = "ADDRESS", defaultValue = "127.0.0.1", description = "The address to listen on (default: ${DEFAULT-VALUE}); another than loopback needs --token-file.") private String host =
      "127.0.0.1";

  @Option(names = "--port", paramLabel = "PORT", defaultValue = ""
      + ControlPlane.USUAL_PORT, description = "The port to listen on (default: ${DEFAULT-VALUE}); 0 picks a free one.") private int port =
          ControlPlane.USUAL_PORT;

  @Option(names = "--name", paramLabel = "NAME", description = "A further name that clients use for it; may stand several times.") private java.util.List<String> names =
      new java.util.ArrayList<>();

  @Option(names = "--data", paramLabel = "DIR", description = "Where its store is, unless --store says another (default: ~/.lanekeeper/control-plane).") private @Nullable Path data;

  @Mixin private StoreOptions store = new StoreOptions();

  @Option(names = "--token-file", paramLabel = "FILE", description = "A file with the token that every request must bear.") private @Nullable Path tokenFile;

  @Option(names = "--drain-deadline", paramLabel = "TIME", description = "How long the workload of an ended override has to leave its groups (default: 30s).") private @Nullable String drainDeadline;

  @Option(names = "--horizon", paramLabel = "TIME", description = "How long messages that were under way when an override ended are waited for (default: 2m30s).") private @Nullable String horizon;

  @Option(names = "--remember", paramLabel = "TIME", description = "How long after its end a tenant is remembered at least; in any case until no consumer can meet a message of it any more (default: 24h).") private @Nullable String remember;

  @Mixin private Output output = new Output();

  private final Session session;

  ControlPlaneCommand(Session session) {
    this.session = session;
  }

  private static Duration time(String option, @Nullable String text, Duration usual) {
    try {
      return text == null ? usual : Durations.parse(text);
    } catch (IllegalArgumentException malformed) {
      throw new UsageException(option + ": " + text + " (expected: " + Durations.EXPECTED + ")");
    }
  }

  @Override
  public Integer call() throws StartException, InterruptedException {
    if (port < 0 || port > LARGEST_PORT) {
      throw new UsageException("--port: " + port + " (expected: 0 to " + LARGEST_PORT + ")");
    }
    PostgresAddress database = store.address(session.environment());
    if (database != null && data != null) {
      throw new UsageException("--data: " + data + " beside --store (expected: one of them)");
    }
    Path directory = data != null ? data : Path.of(System.getProperty("user.home"), ".lanekeeper", "control-plane");
    var builder = ControlPlane.builder(directory).store(database).host(host).port(port).tokenFile(tokenFile)
        .drainDeadline(time("--drain-deadline", drainDeadline, ControlPlane.USUAL_DRAIN_DEADLINE))
        .horizon(time("--horizon", horizon, ControlPlane.USUAL_HORIZON))
        .remembered(time("--remember", remember, ControlPlane.USUAL_REMEMBERED));
    names.forEach(builder::name);
    ControlPlane controlPlane = builder.start();
    var ended = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      controlPlane.close();
      ended.countDown();
    }, "control-plane-end"));
    String address = controlPlane.uri().toString();
    String where = database == null ? directory.toString() : database.where();
    output.show(session.screen(),
        () -> Json.of(Map.of("address", address, database == null ? "data" : "store", where)), () -> {
          session.screen().line("control plane at " + session.screen().bold(address) + ", "
              + (database == null ? "data in " : "its store is PostgreSQL at ") + where);
          session.screen().line(session.screen().faint("Ctrl-C ends it; what was acknowledged is kept"));
        });
    ended.await();
    return ExitCode.OK;
  }
}
