package dev.lanekeeper.it.outage;

import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.lanekeeper.cli.run.Ports;
import dev.lanekeeper.client.RouteClient;
import dev.lanekeeper.it.kafka.EmbeddedKafka;
import dev.lanekeeper.model.ServiceName;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * An environment in which each situation of the table of fallbacks can be brought about: a control plane, a process that calls B under the agent, and
 * consumers of C's baseline. B, wherever it is, is played here.
 */
final class FallbackStand implements AutoCloseable {

  static final List<String> CLIENTS = List.of("java", "okhttp");

  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final String NO_TABLE = "in doubt: no table yet";
  private static final String NOT_CONFIRMED = "in doubt: not yet confirmed";
  /** Newer than any that the data planes know. */
  private static final String LATER = "9000000-0badc0de";
  /** What is tagged how, by situation. */
  private static final Map<String, String> TAGS = Map.of("never registered", "tenancy=never-heard",
      "never registered, one that is let in", "tenancy=guests/of/somebody", "ended", "tenancy=ended",
      "the owner does not listen", "tenancy=deaf", "no instance of the owner", "tenancy=absent",
      "in doubt: the table is older", "tenancy=deaf,tenancy-rev=" + LATER, NOT_CONFIRMED, "tenancy=deaf", NO_TABLE,
      "tenancy=deaf");
  private static final Map<String, String> ENVIRONMENTS = Map.of("staging", "profile: staging", "production",
      "profile: production", "with exceptions", """
          profile: production
          policy:
            services: { C: { ended: refuse } }
            tenancies: { guests/of: { unregistered: baseline } }
          """);

  private final Set<String> arrived = ConcurrentHashMap.newKeySet();
  private final HttpServer baseline = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
  private final HttpClient http = HttpClient.newHttpClient();
  private final EmbeddedKafka kafka = EmbeddedKafka.start();
  private final Town town;
  private final Town.Running caller;
  private final RouteClient routes;
  private final FallbackMessages messages;
  private final Map<String, FallbackMessages> others = new HashMap<>();
  private Town.@Nullable Running controlPlane;
  private Town.@Nullable Running without;
  /** The group of the workload of C whose a message is, by its tag. */
  private final Map<String, String> owners = new HashMap<>();
  private String environment = "";
  private int calls;

  FallbackStand(Path directory) throws Exception {
    baseline.createContext("/", exchange -> {
      arrived.add(String.valueOf(exchange.getRequestURI().getQuery()));
      exchange.sendResponseHeaders(204, -1);
      exchange.close();
    });
    baseline.start();
    town = new Town(directory, Map.of("OTEL_INSTRUMENTATION_OKHTTP_ENABLED", "true"));
    controlPlane = town.startControlPlane();
    FallbackMessages.makeTopic(kafka.bootstrap());
    register();
    routes = RouteClient.builder(town.client().root()).self(ServiceName.of("C"), null).diskDirectory(null).start();
    messages = new FallbackMessages(kafka.bootstrap(), routes, "c");
    caller = town.awaitServing(town.startCaller("A", TwoClients.class, Ports.free(), "disk"));
    messages.awaitQuarantine();
  }

  private void register() throws IOException {
    town.client().applyYaml("""
        kind: Cluster
        name: default
        bootstrap: "%s"
        ---
        kind: Service
        name: B
        hosts: ["127.0.0.1:%d"]
        ---
        kind: Service
        name: C
        hosts: []
        consumes: [{ topics: [%s], groups: [c] }]
        ---
        kind: Tenant
        tenancy: deaf
        overrides: { B: { redirect: "http://127.0.0.1:%d" }, C: { workload: {} } }
        ---
        kind: Tenant
        tenancy: absent
        overrides: { B: { workload: {} }, C: { workload: {} } }
        ---
        kind: Tenant
        tenancy: ended
        overrides: { B: { redirect: "http://127.0.0.1:1" } }
        """.formatted(kafka.bootstrap(), baseline.getAddress().getPort(), FallbackMessages.TOPIC, Ports.free()));
    town.client().deleteTenant("ended");
    for (String tenancy : List.of("deaf", "absent")) {
      town.client().tenant(tenancy).overrides().stream().filter(override -> override.service().equals("C"))
          .forEach(override -> owners.put("tenancy=" + tenancy, override.groups().getFirst()));
    }
  }

  /** Brings a situation about. */
  void arrange(String situation, String wanted) throws Exception {
    boolean outage = situation.startsWith("in doubt");
    if (!wanted.equals(environment)) {
      if (controlPlane == null) {
        controlPlane = town.startControlPlane();
      }
      long revision = town.client().applyYaml("kind: Environment\n" + ENVIRONMENTS.get(wanted)).results().getFirst()
          .revision();
      await("data planes to apply it").atMost(PATIENCE).until(() -> town.client().dataPlanes().size() >= 2
          && town.client().dataPlanes().stream().allMatch(plane -> plane.report().revision() >= revision)
          && routes.view().table().revision() >= revision);
      environment = wanted;
    }
    Town.Running running = controlPlane;
    if (outage && running != null) {
      running.kill();
      controlPlane = null;
    }
    if (situation.equals(NO_TABLE) && without == null) {
      without = town.awaitServing(town.startCaller("A", TwoClients.class, Ports.free(), "empty"));
    }
  }

  /** What becomes of a tagged call. */
  String call(String client, String situation) throws Exception {
    return call(client, situation, TAGS.getOrDefault(situation, ""));
  }

  /** What becomes of an untagged one. */
  String untaggedCall(String client, String situation) throws Exception {
    return call(client, situation, null);
  }

  private String call(String client, String situation, @Nullable String baggage) throws Exception {
    Town.Running from = without != null && situation.equals(NO_TABLE) ? without : caller;
    String id = "call=" + calls++;
    String url = "http://127.0.0.1:" + baseline.getAddress().getPort() + "/?" + id;
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(from.root() + "/" + client + "?" + url))
        .timeout(PATIENCE);
    if (baggage != null) {
      request.header("baggage", baggage);
    }
    String said = http.send(request.build(), BodyHandlers.ofString()).body();
    if (!said.startsWith("failed: ")) {
      return arrived.contains(id) ? "reaches the baseline" : "reaches nobody: " + said;
    }
    if (arrived.contains(id)) {
      return "reaches the baseline, and fails: " + said;
    }
    int reason = said.indexOf("lanekeeper: ");
    return reason < 0
        ? "fails"
        : "rejected, " + said.substring(reason + "lanekeeper: ".length()).replaceFirst(":.*", "");
  }

  /** What becomes of a tagged message, and of an untagged one behind it. */
  record Ends(String tagged, String untagged) {}

  /** Sends both, to the consumer that is in the situation. */
  Ends messages(String situation) throws Exception {
    String tag = TAGS.getOrDefault(situation, "");
    return consumers(situation).send(tag, owners.get(tag));
  }

  private FallbackMessages consumers(String situation) throws IOException {
    if (situation.equals(NOT_CONFIRMED)) {
      return others.computeIfAbsent(environment, key -> new FallbackMessages(kafka.bootstrap(), routes, "c-" + key));
    }
    if (situation.equals(NO_TABLE)) {
      URI nowhere = URI.create("http://127.0.0.1:" + Ports.free());
      return others.computeIfAbsent(situation, key -> {
        RouteClient none = RouteClient.builder(nowhere)
            .self(ServiceName.of("C"), null).diskDirectory(null).start();
        return new FallbackMessages(kafka.bootstrap(), none, "c-without").closing(none);
      });
    }
    return messages;
  }

  @Override
  public void close() {
    others.values().forEach(FallbackMessages::close);
    messages.close();
    routes.close();
    town.close();
    kafka.close();
    http.close();
    baseline.stop(0);
  }
}
