package dev.lanekeeper.it.outage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lanekeeper.api.ControlPlaneClient;
import dev.lanekeeper.api.DataPlaneInfo;
import dev.lanekeeper.api.DataPlaneReport;
import dev.lanekeeper.api.TenantInfo;
import dev.lanekeeper.cli.run.Ports;
import dev.lanekeeper.client.RouteJson;
import dev.lanekeeper.it.kafka.EmbeddedKafka;
import dev.lanekeeper.model.RevisionLog;
import dev.lanekeeper.model.Stamp;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The control plane is killed in the midst of traffic and registrations, and comes back.
 *
 * <pre>
 *   A ── B ══orders══ C ── D              untagged
 *   A ── B-redirected ══orders══ C ── D   B and D are this test
 *   A ── B ══orders══ C-tested ── D
 * </pre>
 */
class OutageIT {
  private static final String TOPIC = "orders";
  private static final String GROUP = "c";
  private static final int PARTITIONS = 2;
  /** How long a data plane waits for an answer (2 s), and as much again for a busy machine. */
  private static final Duration PATIENCE = Duration.ofSeconds(4);
  private static final Duration START = Duration.ofMinutes(2);

  @Test
  void controlPlane_killedInTheMidstOfTraffic_lanesGoOnAndNothingIsLost(@TempDir Path directory) throws Exception {
    try (var kafka = EmbeddedKafka.start();
        var groups = new Groups(kafka.bootstrap(), TOPIC, PARTITIONS);
        var stand = new Stand(kafka.bootstrap(), TOPIC);
        var traffic = new Traffic(stand)) {
      int portA = Ports.free();
      int portB = Ports.free();
      var settings = Map.of("KAFKA", kafka.bootstrap(), "B_URL", "http://127.0.0.1:" + portB, "D_URL", "" + stand.d());
      try (var town = new Town(directory, settings)) {
        try {
          new Scenario(kafka, groups, stand, traffic, town, portA, portB).run();
        } catch (Exception | AssertionError failed) {
          failed.addSuppressed(new AssertionError("what the processes printed:\n" + town.printed()));
          throw failed;
        }
      }
    }
  }

  private record Scenario(EmbeddedKafka kafka, Groups groups, Stand stand, Traffic traffic, Town town, int portA,
      int portB) {

    void run() throws Exception {
      Town.Running controlPlane = town.startControlPlane();
      Baseline baseline = startBaseline();
      Town.Running tested = startTested();
      try (var revisions = new Revisions(controlPlane.root())) {
        var busy = new Registrations(town.client(), stand.b());
        killInTheMidst(controlPlane, baseline.a(), revisions, busy);
        var before = revisions.changes().getLast();

        Held restarted = restartFromDisk(baseline.a(), tested);
        Town.Running a = restarted.a();
        Held held = startWithNothing(restarted, baseline.c());

        town.startControlPlane();
        everyAcknowledgedTenantIsThere(busy);
        whatWasHeldIsProcessed(a, held);
        long last = busy.register("after");
        noRevisionIsMissing(revisions, before, last, busy);
        traffic.settle();
      }
    }

    /** A and C of the baseline, which are restarted later. */
    private record Baseline(Town.Running a, Town.Running c) {}

    private Baseline startBaseline() throws Exception {
      int portC = Ports.free();
      town.client().applyYaml("""
          kind: Cluster
          name: default
          bootstrap: "%s"
          ---
          kind: Service
          name: A
          hosts: ["127.0.0.1:%d"]
          ---
          kind: Service
          name: B
          hosts: ["127.0.0.1:%d"]
          ---
          kind: Service
          name: C
          hosts: ["127.0.0.1:%d"]
          consumes: [{ topics: [%s], groups: [%s] }]
          ---
          kind: Service
          name: D
          hosts: ["127.0.0.1:%d"]
          """.formatted(kafka.bootstrap(), portA, portB, portC, TOPIC, GROUP, stand.d().getPort()));
      Town.Running a = town.startService("A", null, "A", portA, "disk");
      Town.Running b = town.startService("B", null, "B", portB, "disk");
      Town.Running c = town.startService("C", null, "C", portC, "disk");
      for (Town.Running service : List.of(a, b, c)) {
        town.awaitServing(service);
      }
      await("C to join its group").atMost(START).until(() -> town.client().dataPlanes().stream()
          .flatMap(plane -> plane.report().consumers().stream()).anyMatch(DataPlaneReport.Consumer::hasJoined));
      return new Baseline(a, c);
    }

    private Town.Running startTested() throws Exception {
      var applied = town.client().applyYaml("""
          kind: Tenant
          tenancy: redirected
          overrides: { B: { redirect: "%s" } }
          ---
          kind: Tenant
          tenancy: tested
          overrides: { C: { workload: {} } }
          """.formatted(stand.b()));
      var tested = town.startService("C", "tested", "C-tested", Ports.free(), "disk");
      town.awaitServing(tested);
      town.client().awaitReady("tested", START);
      town.awaitApplied(4, applied.results().getLast().revision());
      return tested;
    }

    /** Lanes go on, and no record is processed twice or by another, while the control plane dies. */
    private void killInTheMidst(Town.Running controlPlane, Town.Running a, Revisions revisions, Registrations busy)
        throws InterruptedException {
      try (var stream = traffic.begin(a.root())) {
        stream.awaitMore(40);
        await("registrations").atMost(START)
            .until(() -> busy.acknowledged().size() >= 20 && !revisions.changes().isEmpty());
        controlPlane.kill();
        stream.awaitMore(80);
        busy.awaitEnd();
      }
      traffic.settle();
    }

    /** A and the workload under test are killed too, and start without a control plane. */
    private Held restartFromDisk(Town.Running a, Town.Running tested) throws Exception {
      String group = groups.named(GROUP + ".lk.");
      groups.awaitCommitted(group);
      a.kill();
      tested.kill();
      groups.forgetMembers(group);
      Town.Running again = town.startService("A", null, "A", portA, "disk");
      Town.Running testedAgain = town.startService("C", "tested", "C-tested", tested.port(), "disk");
      town.awaitServing(again);
      town.awaitServing(testedAgain);
      for (int i = 0; i < 20; i++) {
        traffic.requireTaken(again.root(), Lane.UNTAGGED);
        traffic.requireTaken(again.root(), Lane.REDIRECTED);
      }
      // It cannot know whether its override has ended meanwhile, and somebody else is in its place.
      var held = List.of(traffic.requireTaken(again.root(), Lane.TESTED),
          traffic.requireTaken(again.root(), Lane.TESTED));
      traffic.settle(held.toArray(String[]::new));
      assertThat(Town.printed(again)).contains("from disk");
      return new Held(again, held);
    }

    /**
     * What is not processed while nobody can tell whose it is.
     *
     * @param a that took the orders
     * @param ids of the orders
     */
    private record Held(Town.Running a, List<String> ids) {}

    /** An A and a C that have never seen a table. */
    private Held startWithNothing(Held restarted, Town.Running c) throws Exception {
      groups.awaitCommitted(GROUP);
      c.kill();
      groups.forgetMembers(GROUP);
      Town.Running a = town.startService("A", null, "A", Ports.free(), "nothing");
      town.startService("C", null, "C", c.port(), "nothing");
      Town.Running unbound = town.startService("C", "tested", "C-unbound", Ports.free(), "nothing");
      town.awaitServing(a);
      callsWithoutATable(a);
      List<String> held = recordsWithoutATable(restarted);
      // Who does not know to which life of the override it belongs has no group to read in: it must not take the baseline's.
      await("the unbound workload to say so").atMost(START)
          .until(() -> Town.printed(unbound).contains("KafkaException: lanekeeper: incarnation: none"));
      assertThat(groups.members(GROUP)).hasSize(1);
      return new Held(a, held);
    }

    private void callsWithoutATable(Town.Running a) throws IOException, InterruptedException {
      traffic.requireTaken(a.root(), Lane.UNTAGGED);
      for (Lane tagged : List.of(Lane.REDIRECTED, Lane.TESTED)) {
        assertThat(traffic.requireRefused(a.root(), tagged)).as(tagged + " is refused within the patience")
            .isLessThan(PATIENCE);
      }
      traffic.requireTaken(a.root(), Lane.UNTAGGED);
    }

    private List<String> recordsWithoutATable(Held restarted) throws Exception {
      Town.Running a = restarted.a();
      var held = new ArrayList<String>(restarted.ids());
      traffic.settle(held.toArray(String[]::new));
      // Of the redirected tenant's orders this C is the owner, of the tested one's it is not: it can know neither.
      traffic.requireTaken(a.root(), Lane.UNTAGGED, idIn(0));
      held.add(traffic.requireTaken(a.root(), Lane.REDIRECTED, idIn(0)));
      traffic.requireTaken(a.root(), Lane.UNTAGGED, idIn(0));
      traffic.requireTaken(a.root(), Lane.UNTAGGED, idIn(1));
      held.add(traffic.requireTaken(a.root(), Lane.TESTED, idIn(1)));
      traffic.requireTaken(a.root(), Lane.UNTAGGED, idIn(1));
      String[] ids = held.toArray(String[]::new);
      traffic.settle(ids);
      groups.awaitCommitted(GROUP);
      await("nobody to process what is in doubt, for longer than one waits for an answer").during(PATIENCE)
          .atMost(Traffic.ARRIVAL).until(() -> held.stream().allMatch(id -> stand.handed(id).isEmpty()));
      traffic.settle(ids);
      return held;
    }

    private String idIn(int partition) {
      String id = traffic.newId();
      while (groups.partitionOf(id) != partition) {
        id = traffic.newId();
      }
      return id;
    }

    private void everyAcknowledgedTenantIsThere(Registrations busy) {
      Map<String, Long> there = town.client().tenants().stream()
          .collect(Collectors.toMap(TenantInfo::tenancy, TenantInfo::from));
      assertThat(there).containsAllEntriesOf(busy.acknowledged()).containsKeys("redirected", "tested");
      // One may have been committed and not acknowledged: the one that was under way.
      assertThat(there).hasSizeBetween(busy.acknowledged().size() + 2, busy.acknowledged().size() + 3);
    }

    private void whatWasHeldIsProcessed(Town.Running knowing, Held held)
        throws ExecutionException, InterruptedException {
      traffic.settle();
      assertThat(held.ids()).allMatch(id -> stand.handed(id).size() == 1);
      await("the A that had nothing to serve tagged calls").atMost(START)
          .until(() -> traffic.isTaken(held.a().root(), Lane.REDIRECTED));
      await("all to report").atMost(START).until(() -> reporting().containsAll(List.of("A", "B", "C", "C of tested")));
      traffic.round(held.a().root(), 20);
      traffic.round(knowing.root(), 20);
      traffic.settle();
      groups.awaitCommitted(GROUP);
      groups.awaitCommitted(groups.named(GROUP + ".lk."));
    }

    private List<String> reporting() {
      return town.client().dataPlanes().stream().map(DataPlaneInfo::report)
          .map(plane -> plane.service() + (plane.tenancy() == null ? "" : " of " + plane.tenancy())).toList();
    }

    private void noRevisionIsMissing(Revisions revisions, Stamp before, long last, Registrations busy)
        throws Exception {
      await("the watcher to see revision " + last).atMost(START)
          .until(() -> revisions.changes().getLast().revision() >= last);
      List<Stamp> changes = revisions.changes();
      long first = revisions.resets().getFirst() + 1;
      assertThat(revisions.faults()).isEmpty();
      assertThat(revisions.cuts()).as("the watcher was cut off").isPositive();
      assertThat(revisions.resets()).as("whole tables, only the first time").hasSize(1);
      assertThat(changes).extracting(Stamp::revision).as("each revision once, none missing").containsExactlyElementsOf(
          java.util.stream.LongStream.range(first, first + changes.size()).boxed().toList());
      assertThat(before.revision()).as("revisions went on after the kill").isLessThan(last);
      assertThat(seals(town.client())).as("what a watcher saw before the kill is what is there after it")
          .containsAllEntriesOf(changes.stream().collect(Collectors.toMap(Stamp::revision, Function.identity())));
      assertThat(changes).extracting(Stamp::revision).containsAll(
          busy.acknowledged().values().stream().filter(revision -> revision >= first).toList());
    }

    private static Map<Long, Stamp> seals(ControlPlaneClient client) throws Exception {
      try (var http = HttpClient.newHttpClient()) {
        URI routes = client.root().resolve("/v1/routes");
        byte[] table = http.send(HttpRequest.newBuilder(routes).build(), BodyHandlers.ofByteArray()).body();
        RevisionLog log = RouteJson.readTable(table).table().log();
        var seals = new TreeMap<Long, Stamp>();
        for (int row = 0; row < log.size(); row++) {
          seals.put(log.revision(row), new Stamp(log.revision(row), log.seal(row)));
        }
        return seals;
      }
    }
  }
}
