package dev.lanekeeper.it.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lanekeeper.api.DataPlaneReport;
import dev.lanekeeper.api.ProblemException;
import dev.lanekeeper.it.kafka.EmbeddedKafka;
import dev.lanekeeper.it.outage.Town;
import dev.lanekeeper.model.Stamp;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Records of several tenancies in each poll, at a service that reads them with Spring's listeners, a poll loop with pools, and Kafka
 * Streams: what each causes bears its tag and stamp, and is caused by its owner and by nobody else. The frameworks are the newest
 * and the oldest that are supported.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MessagingIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String UNTAGGED = "-";
  /** Two of each, one behind the other: what stands together is handed over together. */
  private static final List<String> LANES =
      List.of(UNTAGGED, UNTAGGED, "other", "other", "shop/testing/a", "shop/testing/a",
          UNTAGGED, "never", "shop/testing/b", "other", "shop/testing", UNTAGGED, "shop/testing/b", "shop/testing/b");
  private static final int ROUNDS = 4;
  private static final String EARLY = ":early-";
  /** Which topic is read by whom: what becomes of a message in it. */
  private static final Map<String, List<String>> STEPS = Map.of(
      "single", List.of("single sent", "single called", "single-pooled sent"),
      "batch", List.of("batch sent", "batch called", "batch-whole sent", "batch-whole called", "batch-pooled sent"),
      "payloads", List.of("payload sent"),
      "failing", List.of("failed sent", "dead sent"),
      "retried", List.of("retried sent", "retried called"),
      "polled", List.of("pooled sent", "later called"),
      "in", List.of("mapped sent", "reduced sent"));

  private final EmbeddedKafka kafka;

  MessagingIT() throws Exception {
    kafka = EmbeddedKafka.start();
  }

  @AfterAll
  void stop() {
    kafka.close();
  }

  @ParameterizedTest
  @EnumSource
  void whatAMessageCauses_bearsItsTag_andIsItsOwners(Frameworks frameworks, @TempDir Path directory) throws Exception {
    String mill = "mill-" + frameworks.name().toLowerCase(java.util.Locale.ROOT);
    makeTopics(mill);
    var others =
        Map.of(mill + "-mapped", "any mapped", mill + "-reduced", "any reduced", mill + "-failing-dead", "any failed");
    try (var ear = new Ear(kafka.bootstrap(), mill + "-out", others); var town = new Town(directory, Map.of())) {
      try {
        new Scenario(mill, frameworks, ear, town, directory).run();
      } catch (Exception | AssertionError failed) {
        failed.addSuppressed(new AssertionError("what the processes printed:\n" + town.printed()));
        throw failed;
      }
    }
  }

  private void makeTopics(String mill) throws Exception {
    List<NewTopic> topics = new ArrayList<>();
    for (String topic : List.of("out", "batch", "payloads", "failing", "failing-dead", "retried", "polled", "in",
        "table", "mapped",
        "reduced")) {
      topics.add(new NewTopic(mill + "-" + topic, 1, (short) 1));
    }
    topics.add(new NewTopic(mill + "-single", 2, (short) 1));
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", (Object) kafka.bootstrap()))) {
      admin.createTopics(topics).all().get();
    }
  }

  private final class Scenario {
    private final String mill;
    private final Frameworks frameworks;
    private final Ear ear;
    private final Town town;
    private final Path directory;
    private final List<Future<RecordMetadata>> sent = new ArrayList<>();

    Scenario(String mill, Frameworks frameworks, Ear ear, Town town, Path directory) {
      this.mill = mill;
      this.frameworks = frameworks;
      this.ear = ear;
      this.town = town;
      this.directory = directory;
    }

    void run() throws Exception {
      town.startControlPlane();
      town.client().applyYaml("""
          kind: Cluster
          name: default
          bootstrap: "%s"
          ---
          kind: Service
          name: ear
          hosts: ["127.0.0.1:%d"]
          ---
          kind: Service
          name: elsewhere
          hosts: ["elsewhere:80"]
          ---
          kind: Tenant
          tenancy: other
          overrides: { elsewhere: { redirect: "http://127.0.0.1:1" } }
          """.formatted(kafka.bootstrap(), ear.port()));
      start(null, "baseline");
      awaitMembers(null);
      awaitAll(produceEarly());
      override();
      Town.Running tested = start("shop/testing", "tested");
      town.client().awaitReady("shop/testing", PATIENCE);
      awaitMembers("shop/testing");

      Set<String> expected = produce();
      awaitAll(expected);
      nothingElse();
      tablesAreRefused(tested);
      stampsAgree();
      together();

      end(tested);
    }

    /** What a service consumes is still being reported while its consumers begin. */
    private void override() {
      await("the tenant to be applied").atMost(PATIENCE).ignoreException(ProblemException.class).until(() -> {
        town.client().applyYaml("""
            kind: Tenant
            tenancy: shop/testing
            overrides: { %s: { workload: {} } }
            """.formatted(mill));
        return true;
      });
    }

    private Town.Running start(@Nullable String tenancy, String version) throws Exception {
      return town.startProgram(mill, tenancy, version, List.of("EXECUTORS", "SPRING_KAFKA"),
          List.of("-Xmx256m", "-cp", frameworks.classPath(), "mill.Main", kafka.bootstrap(), mill,
              "http://127.0.0.1:" + ear.port(), version, directory.resolve("state").toString(),
              frameworks.guarantee()));
    }

    /** Waits until every consumer that there is has joined its group. */
    private void awaitMembers(@Nullable String tenancy) {
      List<String> readers =
          List.of("single", "batch", "payloads", "failing", "dead", "retried", "retried-retry", "retried-dlt",
              "polled", "streams");
      await("the consumers of " + mill).atMost(PATIENCE).until(() -> {
        List<String> joined = joined(tenancy);
        return readers.stream()
            .allMatch(reader -> joined.stream().anyMatch(group -> group.startsWith(mill + "-" + reader)));
      });
    }

    private List<String> joined(@Nullable String tenancy) {
      return town.client().dataPlanes().stream().map(plane -> plane.report())
          .filter(report -> java.util.Objects.equals(report.tenancy(), tenancy))
          .flatMap(report -> report.consumers().stream()).filter(DataPlaneReport.Consumer::hasJoined)
          .map(consumer -> String.valueOf(consumer.group())).toList();
    }

    /** Sends the same to each topic, in one batch; returns what has to be heard, as {@link #heard} writes it. */
    private Set<String> produce() throws Exception {
      Set<String> expected = new TreeSet<>();
      try (var producer = producer()) {
        for (var reader : STEPS.entrySet()) {
          for (int i = 0; i < ROUNDS * LANES.size(); i++) {
            String lane = LANES.get(i % LANES.size());
            String value = lane + ":" + reader.getKey() + i;
            // What fails for ever, or once, at the end.
            boolean last = i / LANES.size() == ROUNDS - 1 && !reader.getKey().equals("failing");
            String what = last ? value + "!" : value;
            send(producer, reader.getKey(), lane, what);
            List<String> steps =
                last && reader.getKey().equals("retried") ? List.of("given-up sent") : reader.getValue();
            steps.forEach(step -> expected.add(version(what, step) + " " + step + " " + what));
          }
          producer.flush();
        }
      }
      return expected;
    }

    /** One of the tenant's to be in each topic, before it overrides anything. */
    private Set<String> produceEarly() {
      Set<String> expected = new TreeSet<>();
      try (var producer = producer()) {
        STEPS.forEach((topic, steps) -> {
          String what = "shop/testing/a" + EARLY + topic;
          send(producer, topic, "shop/testing/a", what);
          steps.forEach(step -> expected.add(version(what, step) + " " + step + " " + what));
        });
      }
      return expected;
    }

    private KafkaProducer<String, String> producer() {
      return new KafkaProducer<>(Map.of("bootstrap.servers", kafka.bootstrap(), "linger.ms", 100),
          new StringSerializer(), new StringSerializer());
    }

    private void send(KafkaProducer<String, String> producer, String topic, String lane, String value) {
      var message = new ProducerRecord<String, String>(mill + "-" + topic, value);
      if (!lane.equals(UNTAGGED)) {
        message.headers().add("baggage", ("tenancy=" + lane).getBytes(StandardCharsets.UTF_8));
      }
      sent.add(producer.send(message));
    }

    /** Whose a message is. */
    private String version(String what) {
      return what.startsWith("shop/testing") && !what.contains(EARLY) ? "tested" : "baseline";
    }

    /** What stands in a topic does not say by whom. */
    private String version(String what, String step) {
      return Set.of("mapped sent", "reduced sent", "failed sent").contains(step) ? "any" : version(what);
    }

    private void awaitAll(Set<String> expected) {
      await("everything to be heard").atMost(PATIENCE).untilAsserted(() -> {
        var missing = new TreeSet<>(expected);
        ear.said().forEach(said -> said.what().forEach(what -> missing.remove(heard(said, what))));
        assertThat(missing).hasSize(0);
      });
    }

    private String heard(Said said, String what) {
      return said.version() + " " + said.how() + " " + what;
    }

    /** Whatever was caused bears the tag of what caused it, and was caused by its owner. */
    private void nothingElse() {
      List<Said> wrong =
          ear.said().stream().filter(said -> !said.what().stream().allMatch(what -> isRight(said, what))).toList();
      assertThat(wrong).as("what bears another tag than its cause, or is another's").isEmpty();
    }

    private boolean isRight(Said said, String what) {
      if (what.equals(UNTAGGED)) { // by no message: the baseline's is nobody's, the workload's its tenant's
        return said.carried().tag().text().equals(said.version().equals("tested") ? "shop/testing" : "");
      }
      String lane = what.substring(0, what.indexOf(':'));
      boolean owner = said.version().equals("any") || said.version().equals(version(what));
      return owner && said.carried().tag().text().equals(lane.equals(UNTAGGED) ? "" : lane)
          && said.carried().stamp().isNone() == lane.equals(UNTAGGED);
    }

    /** A table that is read outside of a group would hold what others own. */
    private void tablesAreRefused(Town.Running tested) {
      assertThat(Town.printed(tested))
          .contains("lanekeeper: a table of Kafka Streams that is read from [" + mill + "-table-0]")
          .doesNotContain("the table is there");
    }

    /** What one message caused asks everywhere at the same snapshot. */
    private void stampsAgree() {
      Map<String, Set<Stamp>> stamps = new TreeMap<>();
      ear.said().forEach(said -> said.what().stream().filter(what -> !what.equals(UNTAGGED)).forEach(
          what -> stamps.computeIfAbsent(what, key -> new HashSet<>()).add(said.carried().stamp())));
      assertThat(stamps.entrySet()).allMatch(message -> message.getValue().size() == 1);
    }

    /** What stands together and is of one tenancy is handed over together. */
    private void together() {
      assertThat(ear.said().stream().filter(said -> said.step().equals("batch-whole")).map(Said::what))
          .anyMatch(what -> what.size() > 1 && what.getFirst().startsWith("other"))
          .anyMatch(what -> what.size() > 1 && what.getFirst().startsWith("shop/testing/b"));
    }

    /** All that the workload under test had in the broker and on disk goes with it. */
    private void end(Town.Running tested) throws Exception {
      assertThat(own(named())).anyMatch(name -> name.matches(".*-streams\\.lk\\.\\w+-last-changelog"))
          .anyMatch(name -> name.matches(".*-streams\\.lk\\.\\w+-.*-repartition"));
      assertThat(states()).hasSize(2);
      town.client().deleteTenant("shop/testing");
      await("its groups and topics to go").atMost(PATIENCE).until(() -> own(named()).isEmpty());
      assertThat(named()).as("the baseline's").contains(mill + "-streams-last-changelog", mill + "-streams",
          mill + "-batch");
      tested.process().destroy();
      assertThat(tested.process().waitFor(30, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
      assertThat(states()).containsExactly(mill + "-streams");
    }

    private List<String> states() throws Exception {
      try (Stream<Path> states = Files.list(directory.resolve("state"))) {
        return states.map(path -> String.valueOf(path.getFileName())).filter(name -> name.startsWith(mill)).toList();
      }
    }

    private List<String> own(Collection<String> names) {
      return names.stream().filter(name -> name.startsWith(mill) && name.contains(".lk.")).toList();
    }

    /** Topics and groups. */
    private Set<String> named() throws Exception {
      Set<String> names = new HashSet<>();
      try (Admin admin = Admin.create(new HashMap<>(Map.of("bootstrap.servers", kafka.bootstrap())))) {
        names.addAll(
            admin.listTopics(new org.apache.kafka.clients.admin.ListTopicsOptions().listInternal(true)).names().get());
        admin.listGroups().all().get().forEach(group -> names.add(group.groupId()));
      }
      return names;
    }
  }
}
