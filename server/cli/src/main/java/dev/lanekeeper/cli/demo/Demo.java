package dev.lanekeeper.cli.demo;

import dev.lanekeeper.cli.Screen;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/** {@code lanekeeper demo}: starts everything, takes the steps, says what held. Used once. */
public final class Demo {
  /** Kept: the logging of the JDK forgets the level of a logger that nobody holds. */
  private static final Logger KAFKA = Logger.getLogger("org.apache.kafka");

  private final Screen screen;
  private final Options options;
  private final Checks checks;

  /** A demo that prints to a screen. */
  public Demo(Screen screen, Options options) {
    this.screen = screen;
    this.options = options;
    this.checks = new Checks(screen);
  }

  /**
   * Runs it.
   *
   * @return whether every check held
   * @throws IOException if the processes cannot be started or seen; its message says where their logs are
   * @throws InterruptedException if the thread is interrupted
   */
  public boolean run() throws IOException, InterruptedException {
    KAFKA.setLevel(Level.SEVERE);
    Path directory = Files.createTempDirectory("lanekeeper-demo-");
    var town = new Town(options, directory);
    var hook = new Thread(() -> {
      town.close();
      delete(directory);
    }, "demo-end");
    Runtime.getRuntime().addShutdownHook(hook);
    try (var progress = new Progress(screen)) {
      walk(town, progress);
    } catch (InterruptedException stopped) {
      throw stopped;
    } catch (Exception failed) {
      if (isEnding(hook)) {
        hook.join();
        return false;
      }
      keepLogs(hook, town);
      throw new IOException("demo: " + messageOf(failed) + "\nlogs: " + town.logs(), failed);
    }
    if (!checks.hold()) {
      keepLogs(hook, town);
      screen.line("logs: " + town.logs());
    }
    return checks.hold();
  }

  /** What was checked, in order. */
  public List<Checks.Check> result() {
    return checks.all();
  }

  private void walk(Town town, Progress progress) throws Exception {
    screen
        .line(screen.bold("A ── B ══orders══ C ── D") + ": four services and a Kafka broker on this machine, " + options
            .servicesJava().getFileName());
    progress.doing("broker and control plane start");
    town.startServers();
    try (var broker = new BrokerView(town.kafka()); var background = Executors.newVirtualThreadPerTaskExecutor()) {
      progress.doing("A, B, C and D start");
      Workload d = town.startBaseline(broker);
      progress.idle();
      var orders = new Orders(town.a());
      orders.alsoAsk(d.root());
      new Steps(screen, checks, progress, town, broker, orders, options).take(background);
    }
    checks.print();
    screen.line(screen.faint("after " + progress.time().toMillis() / 1000 + " s"));
    progress.close();
    if (options.keep()) {
      keep(town);
    }
  }

  private void keep(Town town) throws InterruptedException {
    URI control = town.client().root();
    screen.line("");
    screen.line(screen.bold("It goes on running until Ctrl-C. Try:"));
    for (String command : List.of(
        "curl '" + town.a() + "/order?id=1'",
        "curl -H 'X-Tenancy-ID: a' '" + town.a() + "/order?id=2'",
        "curl -H 'X-Tenancy-ID: a+b' '" + town.a() + "/order?id=3'",
        "curl -H 'X-Tenancy-ID: 123' '" + town.a() + "/order?id=4'",
        "curl 'http://127.0.0.1:" + town.tap().port() + "/received?id=3'",
        "./lanekeeper status --control-plane " + control,
        "./lanekeeper get tenants --control-plane " + control,
        "./lanekeeper owner --service C --tenancy a+b --control-plane " + control,
        "./lanekeeper trace --tenancy a '" + town.a() + "/order?id=mine' --control-plane " + control,
        "./lanekeeper delete a --control-plane " + control)) {
      screen.line("   " + command);
    }
    screen.line("   logs: " + town.logs());
    Thread.currentThread().join();
  }

  /** Whether the JVM is ending, by Ctrl-C say: what fails then fails because of that. */
  private static boolean isEnding(Thread hook) {
    return hook.getState() != Thread.State.NEW;
  }

  /** What is to be looked at stays; the processes go. */
  private static void keepLogs(Thread hook, Town town) {
    if (Runtime.getRuntime().removeShutdownHook(hook)) {
      town.close();
    }
  }

  private static String messageOf(Exception failed) {
    Throwable cause = failed.getCause();
    boolean wrapped = failed instanceof java.util.concurrent.ExecutionException && cause != null;
    return String.valueOf(wrapped ? cause : failed.getMessage() == null ? failed : failed.getMessage());
  }

  private static void delete(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException left) {
      // It is in the directory for temporary files: the system clears it.
    }
  }
}
