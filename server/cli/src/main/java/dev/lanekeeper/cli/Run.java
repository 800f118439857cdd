package dev.lanekeeper.cli;

import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.cli.run.AgentEnvironment;
import dev.lanekeeper.cli.run.Home;
import dev.lanekeeper.cli.run.Identity;
import dev.lanekeeper.cli.run.Launch;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Tenancy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lanekeeper run}: starts a process under the agent as a service's workload. */
@Command(name = "run", description = {
    "Start a process under the agent, as a service's workload for a tenancy.",
    "Announces http://127.0.0.1:PORT once it accepts, withdraws it when the process ends. The exit code is that of the process.",
    "Example: lanekeeper run --service C --tenancy 123 --port 9103 -- java -jar c.jar"})
final class Run implements Callable<Integer> {
  private static final int LARGEST_PORT = 65_535;

  @Mixin private Connection connection = new Connection();

  @Option(names = "--service", required = true, paramLabel = "NAME", description = "The service that it is a workload of.") private String service =
      "";

  @Option(names = "--tenancy", paramLabel = "TENANCY", description = "The tenancy that it is under test for; none: it is the baseline.") private @Nullable String tenancy;

  @Option(names = "--port", paramLabel = "PORT", description = "Where it will listen; none: it only consumes messages.") private @Nullable Integer port;

  @Option(names = "--workload", paramLabel = "NAME", description = "The workload's name, the same for all its instances (default: the jar or program).") private @Nullable String workload;

  @Option(names = "--temporary", description = "Register the tenancy now, and delete it when the process ends.") private boolean temporary;

  @Parameters(paramLabel = "COMMAND", arity = "1..*", description = "After --: the process and its arguments.") private List<String> command =
      new ArrayList<>();

  private final Session session;

  Run(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    check();
    ControlPlaneClient client = connection.client(session.environment());
    var identity = new Identity(service, tenancy, client.root(), workload == null ? nameOf(command) : workload,
        UUID.randomUUID().toString());
    Home home = Home.find();
    var variables = AgentEnvironment.of(session.environment(), identity, home.openTelemetryAgent().toString(),
        home.extension().toString(), command);
    var launch = new Launch(client, identity, port, note -> session.screen().note("lanekeeper: " + note));
    var hook = new Thread(launch::end, "run-end");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      return launch.run(temporary, command, variables);
    } finally {
      forget(hook);
    }
  }

  private void check() {
    try {
      ServiceName.of(service);
      if (tenancy != null) {
        new Tenancy(tenancy);
      }
    } catch (IllegalArgumentException malformed) {
      throw new UsageException("--" + malformed.getMessage());
    }
    if (port != null && (port < 1 || port > LARGEST_PORT)) {
      throw new UsageException("--port: " + port + " (expected: 1 to " + LARGEST_PORT + ")");
    }
    if (temporary && tenancy == null) {
      throw new UsageException("--temporary: without --tenancy (expected: the tenancy to register)");
    }
  }

  /** The jar of {@code java -jar}, or else the program, without its directory. */
  static String nameOf(List<String> command) {
    int jar = command.indexOf("-jar") + 1;
    String path = jar > 0 && jar < command.size() ? command.get(jar) : command.getFirst();
    Path name = Path.of(path).getFileName();
    return name == null ? path : name.toString();
  }

  private static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException ending) {
      // The JVM is ending and runs the hook: it is needed now.
    }
  }
}
