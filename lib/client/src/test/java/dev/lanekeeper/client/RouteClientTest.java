package dev.lanekeeper.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.lanekeeper.client.protocol.Timing;
import dev.lanekeeper.model.Hop;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.RouteSource;
import dev.lanekeeper.model.Self;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Tenancy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The client against a control plane on a real socket. */
@Timeout(60)
class RouteClientTest {

  private static final Timing QUICK = new Timing(1_500, 5_000, 400, 700, 20, 100, 20);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final ServiceName SERVICE = ServiceName.of("C");

  @TempDir Path directory;
  private final List<String> log = new CopyOnWriteArrayList<>();
  private final List<RouteClient> clients = new ArrayList<>();
  private FakeControlPlane controlPlane;

  @BeforeEach
  void start() throws Exception {
    controlPlane = new FakeControlPlane(3);
  }

  @AfterEach
  void stop() {
    clients.forEach(RouteClient::close);
    controlPlane.close();
  }

  private RouteClientBuilder builder() {
    return RouteClient.builder(controlPlane.root()).self(SERVICE, null).diskDirectory(directory).timing(QUICK)
        .reportInterval(Duration.ofMillis(50)).version("0.1.0").workload("c-2.jar").instance("i 1")
        .log((level, message, failure) -> log.add(level + " " + message));
  }

  private RouteClient started(RouteClientBuilder builder) {
    RouteClient client = builder.start();
    clients.add(client);
    return client;
  }

  private RouteClient upToDate() {
    RouteClient client = started(builder());
    eventually().until(() -> client.view().table().revision() == controlPlane.newest());
    return client;
  }

  private static ConditionFactory eventually() {
    return await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(5));
  }

  private static long revision(RouteClient client) {
    return client.view().table().revision();
  }

  // Telling

  private static Hop hop(int number) {
    return new Hop("t1", number, Hop.Kind.CALL, new Hop.Place(SERVICE, new Incarnation("c3k9x")), "B", "123",
        "2-00000001", Hop.Outcome.REDIRECT, "override", "http://127.0.0.1:1", new Incarnation("b1"));
  }

  private static Hop bare(int number) {
    return new Hop("t2", number, Hop.Kind.ENTER, Hop.Place.NOBODYS, "B", "", "", Hop.Outcome.PASS, "untagged", null,
        null);
  }

  @Test
  void tell_hops_reachTheControlPlane_eachOnce() {
    RouteClient client = upToDate();
    for (int i = 0; i < 500; i++) {
      client.tell(i % 2 == 0 ? hop(i) : bare(i));
    }

    eventually()
        .untilAsserted(() -> assertThat(String.join("", controlPlane.bodies).split("\"at\":", -1)).hasSize(501));
    assertThat(String.join("", controlPlane.bodies)).contains("{\"trace\":\"t1\",\"at\":0,\"kind\":\"call\","
        + "\"service\":\"C\",\"incarnation\":\"c3k9x\",\"to\":\"B\",\"tag\":\"123\",\"stamp\":\"2-00000001\","
        + "\"outcome\":\"redirect\",\"reason\":\"override\",\"address\":\"http://127.0.0.1:1\",\"owner\":\"b1\"}",
        "\"service\":null,\"incarnation\":null");
    assertThat(client.counters()).doesNotContainKey("hops-lost");
  }

  @Test
  void tell_whileTheControlPlaneIsAway_isLostAndCounted_andGoesOnLater() throws Exception {
    RouteClient client = upToDate();
    controlPlane.kill();
    client.tell(hop(1));
    eventually().until(() -> client.counters().containsKey("hops-lost"));
    controlPlane.restart();

    client.tell(hop(2));

    eventually().until(() -> controlPlane.requests.contains("POST /v1/traces"));
    client.close();
    client.tell(hop(3));
    assertThat(client.counters().get("hops-lost")).isGreaterThanOrEqualTo(2L);
  }

  // Following

  @Test
  void changes_arriveOneByOne() {
    RouteClient client = upToDate();
    for (int i = 0; i < 50; i++) {
      controlPlane.commit();
    }
    eventually().until(() -> revision(client) == 53);
    assertThat(client.view().table().content().tenants()).hasSize(53);
    assertThat(client.counters()).isEmpty();
    assertThat(log).isEmpty();
  }

  @Test
  void current_keepsComing_raisesAsOf() {
    RouteClient client = upToDate();
    long first = client.view().asOfMillis();
    eventually().until(() -> client.view().asOfMillis() > first);
  }

  @Test
  void unknownFields_everywhere_areIgnored() {
    controlPlane.unknownFields = true;
    RouteClient client = upToDate();
    controlPlane.commit();
    eventually().until(() -> revision(client) == 4);
    assertThat(client.counters()).isEmpty();
  }

  @Test
  void brokenLine_isCountedAndTheRestComesAfterAll() {
    RouteClient client = upToDate();
    controlPlane.insteadOfChange = "event: change\ndata: {\"revision\":4,\"seal\":\n\n";
    controlPlane.commit();
    eventually().until(() -> revision(client) == 4);
    assertThat(client.counters()).containsEntry("stream-broken", 1L);
    assertThat(log).anyMatch(
        line -> line.contains("the route stream makes no sense") && line.contains("expected: well-formed JSON"));
  }

  @Test
  void lostChange_isNoticedAndFetched() {
    RouteClient client = upToDate();
    controlPlane.insteadOfChange = ": nothing here\n\n";
    controlPlane.commit();
    eventually().until(() -> revision(client) == 4);
    controlPlane.insteadOfChange = "event: of-the-next-version\ndata: 1\n\n";
    controlPlane.commit();
    controlPlane.commit();
    eventually().until(() -> revision(client) == 6);
    assertThat(client.counters()).containsKey("stream-gap");
  }

  @Test
  void hugeLine_endsTheConnectionAndNoMore() {
    RouteClient client = started(builder().longestEvent(200_000));
    eventually().until(() -> revision(client) == 3);
    controlPlane.insteadOfChange = "event: change\ndata: " + "x".repeat(1_000_000) + "\n\n";
    controlPlane.commit();
    eventually().until(() -> revision(client) == 4);
    assertThat(client.counters()).containsEntry("stream-broken", 1L);
  }

  @Test
  void refusedWatch_isSaidOnceWithItsReason() {
    controlPlane.watchStatus = 503;
    RouteClient client = started(builder());
    eventually().until(() -> client.counters().getOrDefault("stream-lost", 0L) > 3);
    assertThat(log).filteredOn(line -> line.contains("starting: not yet; wait")).hasSize(1);
    controlPlane.watchStatus = 200;
    eventually().until(() -> revision(client) == 3);
    assertThat(log).anyMatch(line -> line.contains("the control plane is back: revision 3"));
  }

  @Test
  void replacedStore_isNoticedAndFollowed() throws Exception {
    RouteClient client = upToDate();
    controlPlane.kill();
    controlPlane.replace(2);
    controlPlane.restart();
    eventually().until(() -> client.view().table().stamp().equals(Tables.change(2, 1).stamp()));
    assertThat(client.counters()).containsKey("stream-other-history");
  }

  // Outages

  @Test
  void killedServer_isNoticedAndTheClientComesBack() throws Exception {
    RouteClient client = upToDate();
    controlPlane.kill();
    eventually().until(() -> client.view().cutOff());
    assertThat(revision(client)).isEqualTo(3);
    long began = System.nanoTime();
    assertThat(client.ask(PATIENCE).answered()).isFalse();
    assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began)).isLessThan(8_000);
    controlPlane.commit();
    controlPlane.restart();
    eventually().until(() -> revision(client) == 4 && !client.view().cutOff());
    assertThat(client.ask(PATIENCE).answered()).isTrue();
    assertThat(log).filteredOn(line -> line.contains("is out of reach")).hasSizeLessThanOrEqualTo(3);
  }

  @Test
  void silentServer_isNoticed() {
    RouteClient client = upToDate();
    controlPlane.silent = true;
    eventually().until(() -> client.view().cutOff());
    controlPlane.silent = false;
    eventually().until(() -> !client.view().cutOff());
    assertThat(client.counters()).containsKey("stream-silent");
  }

  @Test
  void trickle_isSilence() {
    RouteClient client = upToDate();
    controlPlane.trickle = true;
    eventually().until(() -> client.view().cutOff());
    assertThat(revision(client)).isEqualTo(3);
    controlPlane.trickle = false;
    eventually().until(() -> !client.view().cutOff());
  }

  @Test
  void noServerAtAll_leavesTheViewUnknownAndCutOff() {
    controlPlane.kill();
    RouteClient client = started(builder());
    assertThat(client.ask(PATIENCE).answered()).isFalse();
    eventually().until(() -> client.view().cutOff());
    assertThat(client.view().isKnown()).isFalse();
  }

  // Questions

  @Test
  void ask_rightAfterACommit_knowsIt() {
    RouteClient client = upToDate();
    for (int i = 0; i < 30; i++) {
      controlPlane.commit();
      long newest = controlPlane.newest();
      RouteSource.Answer answer = client.ask(PATIENCE);
      assertThat(answer.answered()).isTrue();
      assertThat(answer.view().table().revision()).isGreaterThanOrEqualTo(newest);
    }
  }

  @Test
  void ask_racingTheStart_waitsForTheFirstTable() {
    RouteSource.Answer answer = started(builder()).ask(PATIENCE);
    assertThat(answer.answered()).isTrue();
    assertThat(answer.view().table().revision()).isEqualTo(3);
  }

  @Test
  void ask_answerDelayedBeyondPatience_isUnanswered() {
    RouteClient client = upToDate();
    controlPlane.answerDelayMillis = 3_000;
    long began = System.nanoTime();
    assertThat(client.ask(Duration.ofMillis(300)).answered()).isFalse();
    assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began)).isBetween(290L, 2_900L);
    assertThat(client.view().cutOff()).isFalse();
    controlPlane.answerDelayMillis = 0;
    RouteSource.Answer late = client.ask(PATIENCE);
    assertThat(late.answered()).isTrue();
  }

  @Test
  void askLater_neverBlocksAndAlwaysCompletes() {
    RouteClient client = upToDate();
    controlPlane.answerDelayMillis = 2_000;
    long began = System.nanoTime();
    var answered = client.askLater(PATIENCE).toCompletableFuture();
    var unanswered = client.askLater(Duration.ofMillis(50)).toCompletableFuture();
    assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began)).isLessThan(1_900);
    assertThat(unanswered.join().answered()).isFalse();
    assertThat(answered.join().answered()).isTrue();
  }

  @Test
  void ask_byMany_isOneQuestion() {
    RouteClient client = upToDate();
    controlPlane.answerDelayMillis = 300;
    List<CompletableFuture<RouteSource.Answer>> all = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      all.add(client.askLater(PATIENCE).toCompletableFuture());
    }
    all.forEach(one -> assertThat(one.join().answered()).isTrue());
    assertThat(controlPlane.requests.stream().filter(request -> request.contains("/current")).count())
        .isLessThanOrEqualTo(2);
  }

  @Test
  void close_whileSomebodyWaits_leavesHimUnanswered() {
    RouteClient client = upToDate();
    controlPlane.answerDelayMillis = 8_000;
    var answer = client.askLater(PATIENCE).toCompletableFuture();
    client.close();
    await().atMost(Duration.ofSeconds(3)).until(() -> ours().isEmpty()); // Before there is an answer.
    assertThat(answer.join().answered()).isFalse();
    assertThat(client.ask(PATIENCE).answered()).isFalse();
  }

  // The disk

  @Test
  void restart_whileTheControlPlaneIsAway_beginsWithTheLastTable() {
    upToDate().close();
    controlPlane.kill();
    RouteClient second = started(builder());
    assertThat(revision(second)).isEqualTo(3);
    assertThat(second.view().asOfMillis()).isZero();
  }

  @Test
  void restart_fromDisk_followsWithoutAWholeTable() {
    upToDate().close();
    controlPlane.requests.clear();
    controlPlane.commit();
    RouteClient second = started(builder());
    eventually().until(() -> revision(second) == 4 && second.view().asOfMillis() > 0);
    assertThat(controlPlane.requests).contains("GET /v1/routes/watch?after=2")
        .doesNotContain("GET /v1/routes/watch?after=0");
  }

  @Test
  void corruptTable_isSaidOnceAndReplaced() throws Exception {
    upToDate().close();
    Path file = file();
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
    RouteClient second = upToDate();
    assertThat(log).filteredOn(line -> line.contains("the last table is corrupt")).hasSize(1);
    assertThat(Files.exists(Path.of(file + ".corrupt"))).isTrue();
    second.close();
    controlPlane.kill();
    assertThat(revision(started(builder()))).isEqualTo(3);
  }

  private Path file() throws Exception {
    try (var files = Files.list(directory)) {
      return files.filter(path -> path.toString().endsWith(".routes")).findFirst().orElseThrow();
    }
  }

  // Being known

  @Test
  void report_tellsWhoAndWhatThisIs() {
    RouteClient client = started(builder()
        .consumers(
            () -> List.of(new DataPlaneReport.Consumer("127.0.0.1:9092", "g\"1", List.of("orders"), "m", "c", false)))
        .modules(() -> List.of(new DataPlaneReport.Module("java.net.http", true, "")))
        .counters(() -> Map.of("redirect.override", 12L)));
    eventually().until(() -> controlPlane.bodies.stream().anyMatch(body -> body.contains("\"revision\":3")));
    assertThat(controlPlane.requests).contains("PUT /v1/data-planes/i%201");
    assertThat(controlPlane.bodies.get(controlPlane.bodies.size() - 1))
        .contains("\"service\":\"C\",\"tenancy\":null,\"incarnation\":null,\"version\":\"0.1.0\"")
        .contains("\"consumers\":[{\"bootstrap\":\"127.0.0.1:9092\",\"group\":\"g\\\"1\",\"topics\":[\"orders\"],"
            + "\"memberId\":\"m\",\"clientId\":\"c\",\"handovers\":false}]")
        .contains("\"modules\":[{\"name\":\"java.net.http\",\"matched\":true,\"detail\":\"\"}]")
        .contains("\"counters\":{\"redirect.override\":12}");
    assertThat(client.self()).isEqualTo(new Self(SERVICE, null, null));
  }

  @Test
  void reportSoon_doesNotWaitForTheInterval() {
    RouteClient client = started(builder().reportInterval(Duration.ofMinutes(5)));
    eventually().until(() -> controlPlane.bodies.size() == 1);
    client.reportSoon();
    eventually().until(() -> controlPlane.bodies.size() == 2);
  }

  @Test
  void tenantsProcess_isBoundWhenItHasStarted() {
    RouteClient client = started(builder().self(SERVICE, new Tenancy("123")));
    assertThat(client.self().incarnation()).isEqualTo(new Incarnation("c3k9x"));
    assertThat(controlPlane.bodies.get(0)).isEqualTo(
        "{\"service\":\"C\",\"tenancy\":\"123\",\"workload\":\"c-2.jar\",\"instance\":\"i 1\",\"address\":null}");
  }

  @Test
  void tenantsProcess_refused_startsUnboundAndTriesAgain() {
    controlPlane.announceProblem =
        "{\"code\":\"override-unknown\",\"detail\":\"123 has no override of C\",\"next\":\"apply one\"}";
    RouteClient client = started(builder().self(SERVICE, new Tenancy("123")));
    assertThat(client.self().incarnation()).isNull();
    assertThatThrownBy(() -> client.announce(URI.create("http://127.0.0.1:9103")))
        .isInstanceOf(AnnounceRefusedException.class)
        .hasMessage("override-unknown: 123 has no override of C; apply one");
    assertThat(log).filteredOn(line -> line.contains("override-unknown: 123 has no override of C; apply one"))
        .hasSize(1);
    controlPlane.announceProblem = null;
    eventually().until(() -> client.self().incarnation() != null);
  }

  @Test
  void tenantsProcess_whileTheControlPlaneIsAway_isBoundFromDisk() throws Exception {
    TableFile disk = new TableFile(directory, new Self(Tables.full().content().overrides().get(0).service(),
        new Tenancy("shop/testing/TID~1"), null), controlPlane.root(), new Tally(ClientLog.STANDARD_ERROR));
    disk.save(Tables.full(), 1);
    controlPlane.kill();
    RouteClient client = started(builder().self(ServiceName.of("Orders.v2"), new Tenancy("shop/testing/TID~1")));
    assertThat(client.self().incarnation()).isEqualTo(new Incarnation("a2"));
    controlPlane.incarnation = "a2";
    controlPlane.restart();
    eventually().until(() -> controlPlane.requests.contains("POST /v1/announcements"));
    assertThat(client.self().incarnation()).isEqualTo(new Incarnation("a2"));
  }

  @Test
  void incarnation_onceGiven_stays() throws Exception {
    RouteClient client = started(builder().self(SERVICE, new Tenancy("123")));
    assertThat(client.announce(URI.create("http://127.0.0.1:9103"))).isTrue();
    controlPlane.incarnation = "another";
    eventually().until(() -> controlPlane.requests.contains("DELETE /v1/announcements/i%201"));
    assertThat(client.self().incarnation()).isEqualTo(new Incarnation("c3k9x"));
    assertThat(log).anyMatch(line -> line.startsWith("ERROR this process belongs to incarnation c3k9x"));
  }

  @Test
  void announcement_isRenewedAndWithdrawnOnClose() throws Exception {
    RouteClient client = started(builder().self(SERVICE, new Tenancy("123")));
    assertThat(client.announce(URI.create("http://127.0.0.1:9103"))).isTrue();
    eventually().until(() -> controlPlane.bodies.stream()
        .filter(body -> body.contains("\"address\":\"http://127.0.0.1:9103\"")).count() > 3);
    client.close();
    assertThat(controlPlane.requests.get(controlPlane.requests.size() - 1)).isEqualTo("DELETE /v1/announcements/i%201");
  }

  @Test
  void token_goesWithEveryRequest() throws Exception {
    Path file = directory.resolve("token");
    Files.writeString(file, "secret-1\n");
    RouteClient client = started(builder().tokenFrom(Map.of("LANEKEEPER_TOKEN_FILE", file.toString())));
    assertThat(client.ask(PATIENCE).answered()).isTrue();
    assertThat(controlPlane.authorizations).containsOnly("Bearer secret-1");
    Files.writeString(file, "secret-2");
    eventually().until(() -> controlPlane.authorizations.contains("Bearer secret-2"));
  }

  // The process

  @Test
  void threads_areDaemonsAndEndWithTheClient() {
    RouteClient client = upToDate();
    assertThat(client.ask(PATIENCE).answered()).isTrue();
    assertThat(ours()).isNotEmpty().allMatch(Thread::isDaemon);
    client.close();
    eventually().until(() -> ours().isEmpty());
  }

  private static List<Thread> ours() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("lanekeeper-") && thread.isAlive()).toList();
  }

  @Test
  void failingSupplier_doesNotStopTheClient() {
    RouteClient client = started(builder().consumers(() -> {
      throw new IllegalStateException("of the host");
    }));
    eventually().until(() -> client.counters().getOrDefault("report-failed", 0L) > 2);
    controlPlane.commit();
    eventually().until(() -> revision(client) == 4);
    assertThat(log).filteredOn(line -> line.contains("cannot report")).hasSize(1);
  }

  @Test
  void builder_withWhatIsNoServer_isRefused() {
    assertThatThrownBy(() -> RouteClient.builder(URI.create("ftp://x")).self(SERVICE, null).start())
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("expected: http://host:port");
    assertThatThrownBy(() -> builder().token("a b").start()).hasMessageContaining("token: not shown here");
    assertThatThrownBy(() -> RouteClient.builder(controlPlane.root()).start())
        .isInstanceOf(IllegalStateException.class);
  }

  /** A machine that has no thread to spare for a moment: what is told later is heard. */
  @Test
  void tell_whileThereIsNoThread_throwsNothing_andGoesOnLater() {
    AtomicBoolean full = new AtomicBoolean(true);
    HopReports reports = new HopReports(new ControlPlane(controlPlane.root(), null, null), "i", work -> {
      if (full.get()) {
        throw new OutOfMemoryError("unable to create native thread");
      }
      work.run();
    }, new Tally(ClientLog.STANDARD_ERROR));
    try {
      reports.add(hop(1));
    } catch (OutOfMemoryError thrown) {
      log.add("thrown");
    }
    full.set(false);
    reports.add(hop(2));
    assertThat(controlPlane.requests).contains("POST /v1/traces");
    assertThat(log).isEmpty();
  }

  /** What is waiting when a process ends, such as a job or a test, is told first. */
  @Test
  void close_withHopsThatWait_tellsThem() {
    RouteClient client = upToDate();
    for (int i = 0; i < 300; i++) {
      client.tell(hop(i));
    }
    client.close();
    assertThat(String.join("", controlPlane.bodies).split("\"at\":", -1)).hasSize(301);
  }
}
