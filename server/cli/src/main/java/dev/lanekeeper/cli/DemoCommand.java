package dev.lanekeeper.cli;

import dev.lanekeeper.cli.demo.Demo;
import dev.lanekeeper.cli.demo.Options;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code lanekeeper demo}: everything at once, on this machine. */
@Command(name = "demo", description = {
    "Start Kafka, a control plane and four services, and walk through a tenant's life.",
    "Draws the path of each request, and ends with what was checked; exit code 1 if anything did not hold."})
final class DemoCommand implements Callable<Integer> {

  @Option(names = "--keep", description = "Leave it running at the end, and print commands to try.") private boolean keep;

  @Option(names = "--services-java", paramLabel = "DIR", description = "The JDK that the services run on, 17 or newer (default: that of this command).") private @Nullable Path servicesJava;

  @Option(names = "--traces", description = "Turn tracing on, and check that one trace spans a request's whole path.") private boolean traces;

  @Option(names = "--requests", paramLabel = "N", defaultValue = "1050", description = "How many requests are sent side by side, all tenants together (default: ${DEFAULT-VALUE}).") private int requests;

  @Mixin private Output output = new Output();

  private final Session session;

  DemoCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    Options options;
    try {
      options =
          new Options(keep, servicesJava == null ? Path.of(System.getProperty("java.home")) : servicesJava, traces,
              requests);
    } catch (IllegalArgumentException wrong) {
      throw new UsageException(String.valueOf(wrong.getMessage()));
    }
    // In JSON, what is for people goes beside the result.
    Screen screen = output.isJson() ? session.screen().notesOnly() : session.screen();
    var demo = new Demo(screen, options);
    boolean held = demo.run();
    if (output.isJson()) {
      session.screen().line(Json.of((Object) demo.result()));
    }
    return held ? ExitCode.OK : ExitCode.FAILED;
  }
}
