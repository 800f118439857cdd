package dev.lanekeeper.storm;

import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.api.DataPlaneReport;
import dev.lanekeeper.api.QuarantinePage;
import dev.lanekeeper.api.QuarantinedInfo;
import dev.lanekeeper.api.StatusInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** One storm from its beginning to its account. */
public final class Engine {

  private static final Duration START = Duration.ofMinutes(2);

  private final Plan plan;
  private final Supplier<String> postgres;
  private final Progress progress = new Progress();
  private final Incidents incidents = new Incidents();

  /** That of a plan, with the usual PostgreSQL server. */
  public Engine(Plan plan) {
    this(plan, Database.NONE);
  }

  /**
   * That of a plan.
   *
   * @param postgres the JDBC URL of a PostgreSQL server, asked for where {@code LANEKEEPER_TEST_POSTGRES} names none and there is
   *     none at 127.0.0.1:5432
   */
  public Engine(Plan plan, Supplier<String> postgres) {
    this.plan = plan;
    this.postgres = postgres;
  }

  /** Has it rage, and settles the account. */
  public Outcome run() throws IOException, SQLException, InterruptedException, ExecutionException {
    Path directory = Files.createTempDirectory("lanekeeper-storm-");
    progress.say("seed " + plan.seed() + ", " + plan.messages() + " messages, " + plan.tenants() + " tenants in "
        + plan.traffic().toSeconds() + " s, faults " + plan.faults().stream().sorted().toList() + ", in " + directory);
    boolean keep = true;
    try (Town town = new Town(directory, plan.horizon(), postgres)) {
      Outcome outcome = run(town);
      keep = plan.keep() || !outcome.holds();
      return outcome;
    } finally {
      if (keep) {
        progress.say("logs and journals stay in " + directory);
        delete(directory.resolve("kafka"));
      } else {
        delete(directory);
      }
    }
  }

  static void delete(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException left) {
      throw new UncheckedIOException(left);
    }
  }

  private Outcome run(Town town) throws IOException, SQLException, InterruptedException, ExecutionException {
    prepare(town);
    Baselines baselines = new Baselines(town);
    Hosts hosts = new Hosts(town, incidents);
    awaitReading(town.client());
    Tenants tenants = new Tenants(town, plan, hosts, incidents, progress);
    Traffic traffic = new Traffic(town, plan, tenants, progress);
    try (LeftOver leftOver = new LeftOver(town.bootstrap(), town.database())) {
      progress.say("traffic begins");
      Faults faults = new Faults(town, plan, baselines, hosts, incidents, progress);
      faults.start();
      Thread births = Thread.ofPlatform().name("tenants").start(tenants);
      traffic.run();
      progress.say("all is sent; " + tenants.over() + " tenants are over");
      births.join();
      faults.end();
      progress.say("the last tenant is over; all comes to rest");
      List<String> left = rest(town, leftOver);
      progress.say(left.isEmpty() ? "all is at rest" : left.size() + " are left over");
      hosts.close();
      baselines.close();
      Account account = new Account(traffic.sent(), History.of(town.database()), incidents);
      account.settle(new Topics(town.bootstrap()), town.journals(), leftOver.quarantines(), leftOver.handovers());
      progress.say("the account is settled");
      List<String> told = new ArrayList<>(account.told(town.journals()));
      left.forEach(line -> told.add("left over: " + line));
      tenants.problems().forEach((tenancy, problem) -> told.add("tenant " + tenancy + ": " + problem));
      return Outcome.of(plan, traffic, tenants, account, left, incidents, progress.seconds(), told);
    }
  }

  static void prepare(Town town) throws InterruptedException, ExecutionException {
    try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", town.bootstrap()))) {
      admin.createTopics(Ground.TOPICS.entrySet().stream()
          .map(topic -> new NewTopic(topic.getKey(), topic.getValue(), (short) 1)).toList()).all().get();
    }
    StringBuilder documents = new StringBuilder();
    documents
        .append("kind: Environment\nprofile: staging\npolicy: { unregistered: baseline, ended: quarantine }\n---\n")
        .append("kind: Cluster\nname: default\nbootstrap: \"").append(town.bootstrap()).append("\"\n---\n")
        .append("kind: Service\nname: ").append(Ground.SERVICE).append("\nconsumes:\n");
    Ground.GROUPS.forEach((group, topics) -> documents.append("  - { cluster: default, topics: ").append(topics)
        .append(", groups: [").append(group).append("] }\n"));
    ControlPlaneClient client = town.client();
    Patience.answer(START, () -> client.applyYaml(documents.toString()));
  }

  /** Until every member of the baseline has joined its groups. */
  private static void awaitReading(ControlPlaneClient client) throws InterruptedException {
    long expected = 2L * Ground.GROUPS.size();
    boolean joined = Patience.until(START, () -> client.dataPlanes().stream()
        .flatMap(plane -> plane.report().consumers().stream())
        .filter(DataPlaneReport.Consumer::hasJoined).count() >= expected);
    if (!joined) {
      throw new IllegalStateException("the baseline has not joined its groups within " + START.toSeconds() + " s");
    }
  }

  /** Waits until nothing is under way any more; what is left over then. */
  private List<String> rest(Town town, LeftOver leftOver)
      throws InterruptedException, ExecutionException, SQLException {
    ControlPlaneClient client = town.client();
    long end = System.nanoTime() + plan.settle().toNanos();
    String before = "";
    while (true) {
      List<String> open = open(client, leftOver);
      if (open.isEmpty()) {
        return leftOver.all();
      }
      if (System.nanoTime() > end) {
        List<String> left = new ArrayList<>(leftOver.all());
        if (left.isEmpty()) {
          left.addAll(open);
        }
        return left;
      }
      String now = open.get(0);
      if (!now.equals(before)) {
        progress.say("waiting: " + now);
        before = now;
      }
      Thread.sleep(1_000);
    }
  }

  private List<String> open(ControlPlaneClient client, LeftOver leftOver)
      throws InterruptedException, ExecutionException, SQLException {
    List<String> open = new ArrayList<>();
    StatusInfo status = Patience.answer(START, client::status);
    if (status.ending() > 0 || status.running() > 0) {
      open.add(status.ending() + " overrides are ending, " + status.running() + " operations run; "
          + status.waiting().stream().limit(2).toList());
    }
    long lag = leftOver.lag();
    if (lag > 0) {
      open.add("the baseline has " + lag + " records to read");
    }
    if (!open.isEmpty()) {
      return open;
    }
    QuarantinePage doubt = Patience.answer(START, () -> client
        .quarantine(new QuarantinePage.Filter(null, null, "in-doubt", QuarantinedInfo.IN_DOUBT), 1, null));
    if (!doubt.records().isEmpty()) {
      open.add("in doubt still: " + doubt.records().get(0));
    }
    long handed = leftOver.handoverLag();
    if (handed > 0) {
      open.add(handed + " records that were handed over are to be read");
    }
    List<String> left = leftOver.all();
    if (!left.isEmpty()) {
      open.add(left.size() + " are left over still, the first: " + left.get(0));
    }
    return open;
  }
}
