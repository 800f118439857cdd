package dev.lanekeeper.cli.run;

import dev.lanekeeper.api.ControlPlaneClient;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One run of a process as a service's workload: announced when its port accepts, withdrawn when it ends.
 *
 * <p>{@link #end} may be called by any thread, at any time and again: a shutdown hook does.
 */
public final class Launch {
  private static final int SECONDS_TO_END = 10;
  /** More would leave the tenant of a launcher that was killed for longer; less, and a laptop that slept comes back to none. */
  private static final Duration TEMPORARY = Duration.ofHours(1);

  private final ControlPlaneClient client;
  private final Identity identity;
  private final @Nullable Integer port;
  private final Duration timeToLive;
  private final Consumer<String> notes;
  /** What undoes what was done, newest first. */
  private final Deque<Runnable> undo = new ArrayDeque<>();
  private boolean ended;

  /**
   * A run; nothing is started yet.
   *
   * @param identity who the child is; with a workload if it has a tenancy
   * @param port where the child will listen; null if it does not, or is the baseline
   * @param notes is told what happens
   */
  public Launch(ControlPlaneClient client, Identity identity, @Nullable Integer port, Consumer<String> notes) {
    this(client, identity, port, TEMPORARY, notes);
  }

  /** A run whose temporary tenant has this time to live. */
  Launch(ControlPlaneClient client, Identity identity, @Nullable Integer port, Duration timeToLive,
      Consumer<String> notes) {
    this.client = client;
    this.identity = identity;
    this.port = port;
    this.timeToLive = timeToLive;
    this.notes = notes;
  }

  /**
   * Runs the child until it ends; its input and output are ours.
   *
   * @param temporary whether the tenant is registered now, renewed meanwhile, and deleted at the end
   * @param variables the child's environment, all of it
   * @return its exit code
   * @throws IOException if it cannot be started
   * @throws InterruptedException if the thread is interrupted while it runs
   * @throws IllegalStateException if something listens on the port already
   * @throws dev.lanekeeper.api.ProblemException if the control plane refuses
   */
  public int run(boolean temporary, List<String> command, Map<String, String> variables)
      throws IOException, InterruptedException {
    if (port != null && Ports.accepts(port)) {
      throw new IllegalStateException("--port: " + port + ": something listens there already (expected: a port that the"
          + " process will listen on); end it, or choose another port");
    }
    try {
      if (temporary) {
        register();
      }
      Announced announced = identity.tenancy() == null ? null : announce();
      Process child = start(command, variables);
      if (announced != null && port != null && Ports.awaitAccepting(port, child::isAlive)) {
        var address = URI.create("http://127.0.0.1:" + port);
        announced.at(address);
        notes.accept(identity.service() + " for tenancy " + identity.tenancy() + " serves at " + address);
      }
      return child.waitFor();
    } finally {
      end();
    }
  }

  private void register() {
    var tenant = TemporaryTenant.begin(client, identity, timeToLive, notes);
    undoLater(tenant::close);
  }

  private Announced announce() {
    var announced = Announced.begin(client, identity, notes);
    undoLater(announced::close);
    return announced;
  }

  private synchronized Process start(List<String> command, Map<String, String> variables) throws IOException {
    if (ended) {
      throw new IOException("ended before it was started");
    }
    var builder = new ProcessBuilder(command).inheritIO();
    builder.environment().clear();
    builder.environment().putAll(variables);
    Process child = builder.start();
    undoLater(() -> endChild(child));
    return child;
  }

  private void endChild(Process child) {
    child.destroy();
    try {
      if (!child.waitFor(SECONDS_TO_END, TimeUnit.SECONDS)) {
        notes.accept("process " + child.pid() + " did not end within " + SECONDS_TO_END + " s and is killed");
        child.destroyForcibly().waitFor();
      }
    } catch (InterruptedException stopped) {
      child.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void undoLater(Runnable step) {
    if (ended) {
      step.run();
    } else {
      undo.push(step);
    }
  }

  /** Ends the child, withdraws it, deletes a temporary tenant; a step that fails does not keep the others from being taken. */
  public synchronized void end() {
    ended = true;
    while (!undo.isEmpty()) {
      try {
        undo.pop().run();
      } catch (RuntimeException failed) {
        notes.accept(String.valueOf(failed.getMessage()));
      }
    }
  }
}
