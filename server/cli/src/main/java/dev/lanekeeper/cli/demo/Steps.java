package dev.lanekeeper.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lanekeeper.api.DataPlaneInfo;
import dev.lanekeeper.api.TracePath;
import dev.lanekeeper.cli.Screen;
import dev.lanekeeper.model.WireNames;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** The eight steps of a tenant's life, and what else there is to see. Taken by one thread, in order. */
final class Steps {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String ROOT_SPAN = "00f067aa0ba902b7";

  private final Screen screen;
  private final Checks checks;
  private final Progress progress;
  private final Town town;
  private final Tenants tenants;
  private final BrokerView broker;
  private final Orders orders;
  private final Options options;
  private int sent;

  Steps(Screen screen, Checks checks, Progress progress, Town town, BrokerView broker, Orders orders, Options options) {
    this.screen = screen;
    this.checks = checks;
    this.progress = progress;
    this.town = town;
    this.tenants = new Tenants(town);
    this.broker = broker;
    this.orders = orders;
    this.options = options;
  }

  /**
   * Takes them.
   *
   * @param background starts what takes time while earlier steps are shown
   * @throws Exception if something that is not to be checked, but taken for granted, fails
   */
  void take(java.util.concurrent.ExecutorService background) throws Exception {
    title("0", "Before: one environment, nobody under test");
    lane(null, Lane.BASELINE);
    deploy();
    Future<Workload> others = background.submit((Callable<Workload>) tenants::startOthers);
    String group = group();
    Orders.Sent order = request();
    message(order);
    consumers(order, group);
    call(order);
    endToEnd(order);
    if (options.traces()) {
      trace();
    }
    decisions();
    crowd(others);
    combination();
    delete(group);
  }

  private void deploy() throws IOException, InterruptedException {
    title("1", "Build and deploy B″ and C″, and associate them with tenant 123");
    Tenants.FIRST_DOCUMENT.lines().forEach(line -> screen.line("   " + screen.faint(line)));
    progress.doing("B″ and C″ start");
    tenants.startFirst();
    progress.idle();
    var found = town.client().tenant(Tenants.FIRST).overrides().stream().flatMap(one -> one.addresses().stream())
        .sorted().toList();
    var started = tenants.ofFirst().stream().map(workload -> workload.root().toString()).sorted().toList();
    checks.that(found.equals(started), "tenant 123 is registered and ready: " + tenants.ofFirst().stream()
        .map(workload -> workload.drawn() + " at " + workload.root()).collect(Collectors.joining(", ")),
        "the control plane has " + found);
  }

  private String group() throws Exception {
    title("2", "C″ connects to Kafka as part of a consumer group of its own");
    var announced = tenants.ofFirst().getLast().announced();
    String group = Town.GROUP + ".lk." + (announced == null ? "?" : announced.incarnation());
    progress.doing("C″ joins its group");
    town.await("a member in group " + group, () -> "Stable".equals(broker.groups(Town.GROUP).get(group)));
    progress.idle();
    var groups = broker.groups(Town.GROUP);
    groups.forEach((name, state) -> screen.line("   " + name + "  " + screen.faint(state)));
    checks.that(groups.containsKey(Town.GROUP) && "Stable".equals(groups.get(group)),
        "the broker lists group " + group + " with a member, beside " + Town.GROUP, groups.toString());
    return group;
  }

  private Orders.Sent request() throws IOException, InterruptedException {
    title("3", "An HTTP request to A with tenancy 123 is routed to B″");
    Orders.Sent order = send(Tenants.FIRST);
    String b = order.answer().path("calls").path("version").asText("nobody");
    checks.equal("B\"", b, "A was answered by B″");
    return order;
  }

  private void message(Orders.Sent order) throws Exception {
    title("4", "B″ publishes a message to Kafka with the tenancy in its headers");
    var message = broker.message(Town.TOPIC, order.id());
    var headers = new TreeMap<String, String>();
    if (message != null) {
      message.headers()
          .forEach(header -> headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8)));
    }
    headers.forEach((name, value) -> screen.line("   " + screen.faint(name + ": ") + value));
    checks.that(headers.getOrDefault("baggage", "").contains("tenancy=" + Tenants.FIRST)
        && Tenants.FIRST.equals(headers.get(Orders.HEADER)), "the message bears tenancy 123", headers.toString());
    checks.that(headers.getOrDefault("baggage", "").contains("tenancy-rev="), "and the stamp of its request",
        headers.toString());
  }

  private void consumers(Orders.Sent order, String group) throws Exception {
    title("5", "C and C″ both receive the message; C drops it, C″ processes it");
    List<JsonNode> kept = orders.awaitKept(order.id());
    List<String> groups = List.of(Town.GROUP, group);
    progress.doing("both groups commit");
    town.await("groups " + groups + " to commit", () -> isRead(groups));
    progress.idle();
    for (String one : groups) {
      screen.line("   " + one + " has committed " + positions(broker.committed(one)));
    }
    checks.that(true, "both groups have read past the message", "");
    checks.equal(List.of("C\""), kept.stream().map(one -> one.path("from").path("version").asText()).toList(),
        "only C″ handed it to D, once");
    town.await("C and C″ to report what they did", () -> !counters("C", null, "skip.").isEmpty()
        && !counters("C", Tenants.FIRST, "deliver.").isEmpty());
    screen.line("   C counts " + counters("C", null, ""));
    screen.line("   C″ counts " + counters("C", Tenants.FIRST, ""));
  }

  private boolean isRead(List<String> groups) {
    try {
      return broker.behind(groups, Town.TOPIC).isEmpty();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return false;
    } catch (java.util.concurrent.ExecutionException failed) {
      throw new IllegalStateException("broker: " + failed.getCause(), failed);
    }
  }

  private static String positions(Map<TopicPartition, Long> committed) {
    return committed.entrySet().stream().map(one -> one.getKey() + " up to " + one.getValue()).sorted()
        .collect(Collectors.joining(", "));
  }

  private Map<String, Long> counters(String service, @Nullable String tenancy, String prefix) {
    var counters = new TreeMap<String, Long>();
    for (DataPlaneInfo plane : town.client().dataPlanes()) {
      if (plane.report().service().equals(service) && java.util.Objects.equals(plane.report().tenancy(), tenancy)) {
        plane.report().counters().forEach((name, count) -> counters.merge(name, count, Long::sum));
      }
    }
    counters.keySet().removeIf(name -> !name.startsWith(prefix));
    return counters;
  }

  private void call(Orders.Sent order) {
    title("6", "C″ calls D and passes the tenancy on as an HTTP header");
    var headers = town.tap().headersOf("/receive?id=" + order.id());
    headers.forEach((name, value) -> {
      if (name.contains("tenancy") || name.equals("baggage") || name.equals("traceparent")) {
        screen.line("   " + screen.faint(name + ": ") + value);
      }
    });
    checks.that(Tenants.FIRST.equals(headers.get("x-tenancy-id"))
        && headers.getOrDefault("baggage", "").contains("tenancy=" + Tenants.FIRST), "D was called with tenancy 123",
        headers.toString());
  }

  private void endToEnd(Orders.Sent order) throws IOException, InterruptedException {
    title("7", "The whole flow A → B″ → Kafka → C″ → D, without another Kafka, A or D");
    drawn(order, Tenants.lanes().getOrDefault(Tenants.FIRST, Lane.BASELINE));
    lane(null, Lane.BASELINE);
  }

  private void trace() throws IOException, InterruptedException {
    title("7b", "One trace spans all of it");
    String id = "order-" + ++sent;
    orders.send(id, Tenants.FIRST, "traceparent", "00-" + TRACE + "-" + ROOT_SPAN + "-01");
    progress.doing("spans are exported");
    town.await("the trace of " + id, () -> !chain().isEmpty());
    progress.idle();
    List<Telemetry.Span> chain = chain();
    chain.forEach(span -> screen.line("   " + span));
    checks.equal(List.of("A", "A", "B", "B", "C", "C", "D"), chain.stream().map(Telemetry.Span::service).toList(),
        "the spans of A, B″, C″ and D hang together, parent by parent");
  }

  private List<Telemetry.Span> chain() {
    try {
      return Telemetry.chain(Telemetry.spans(town.logs(), TRACE), "D", ROOT_SPAN);
    } catch (IOException unreadable) {
      throw new java.io.UncheckedIOException(unreadable);
    }
  }

  private void decisions() throws IOException, InterruptedException {
    title("7c", "What each data plane did, and why: ./lanekeeper trace");
    String id = "order-" + ++sent;
    String name = UUID.randomUUID().toString();
    orders.send(id, Tenants.FIRST, WireNames.BAGGAGE, WireNames.TRACE + "=" + name);
    Set<TracePath.Visit> lane = Set.of(new TracePath.Visit("A", null, false), new TracePath.Visit("B", Tenants.FIRST,
        false), new TracePath.Visit("C", Tenants.FIRST, false), new TracePath.Visit("D", null, false));
    progress.doing("data planes tell");
    town.await("what became of " + id, () -> path(name).visits().containsAll(lane) && isPassedOver(name));
    progress.idle();
    TracePath path = path(name);
    path.drawn().forEach(line -> screen.line("   " + line));
    checks.equal(lane, path.visits(), "A, B″, C″ and D served it, and nobody else");
  }

  private TracePath path(String trace) {
    return TracePath.of(town.client().trace(trace).hops());
  }

  private boolean isPassedOver(String trace) {
    return town.client().trace(trace).hops().stream().anyMatch(hop -> hop.outcome().equals("skip"));
  }

  private void crowd(Future<Workload> others) throws Exception {
    title("+", "Five tenants, a combination of two and untagged traffic, all at once");
    progress.doing("the other tenants' workloads start");
    orders.alsoAsk(others.get().root());
    var lanes = Tenants.lanes();
    progress.doing(options.requests() + " requests, " + lanes.size() + " lanes");
    var outcome = new Crowd(orders, broker).send(options.requests(), lanes);
    progress.idle();
    int width = lanes.keySet().stream().mapToInt(String::length).max().orElse(0);
    lanes.forEach((tag, lane) -> screen.line("   " + String.format("%-" + width + "s", tag) + "  "
        + String.format("%4d", outcome.lanes().getOrDefault(tag, 0)) + "  " + lane.drawn()));
    empty(outcome.refused(), options.requests() + " requests, each taken by A");
    empty(outcome.strayed(), "each stayed in its own lane");
    empty(outcome.lost(), "no message was lost: D kept every order");
    empty(outcome.twice(), "no message was processed twice, or by two");
  }

  private void empty(List<String> found, String what) {
    checks.that(found.isEmpty(), what, found.size() + ", such as " + found.stream().limit(3).toList());
  }

  private void combination() throws IOException, InterruptedException {
    title("+", "A combination of two tenants, with one workload under test each");
    lane("a", lanesOf("a"));
    lane("b", lanesOf("b"));
    lane(Tenants.COMBINATION, lanesOf(Tenants.COMBINATION));
  }

  private static Lane lanesOf(String tag) {
    return Tenants.lanes().getOrDefault(tag, Lane.BASELINE);
  }

  private void delete(String group) throws Exception {
    title("8", "The test is done: the tenant is deleted");
    var deleted = town.client().deleteTenant(Tenants.FIRST);
    progress.doing("B″ and C″ end, their group is removed");
    tenants.endFirst();
    town.await("group " + group + " to go", () -> !groups().containsKey(group));
    town.awaitApplied(deleted.revision());
    progress.idle();
    groups().forEach((name, state) -> screen.line("   " + name + "  " + screen.faint(state)));
    checks.that(!groups().containsKey(group), "the broker no longer lists group " + group, groups().toString());
    Orders.Sent late = send(Tenants.FIRST);
    screen.line("   A answers " + late.status() + ": " + late.answer().path("error").asText());
    checks.that(!late.isTaken() && late.answer().toString().contains("tenancy-ended"),
        "a late request is refused by policy, and reaches nobody", late.status() + " " + late.answer());
    checks.equal(List.of(), orders.kept(late.id()), "D was handed nothing for it");
    lane(null, Lane.BASELINE);
  }

  private Map<String, String> groups() {
    try {
      return broker.groups(Town.GROUP);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return Map.of();
    } catch (java.util.concurrent.ExecutionException failed) {
      throw new IllegalStateException("broker: " + failed.getCause(), failed);
    }
  }

  /** Sends an order and checks the lane that it takes. */
  private void lane(@Nullable String tag, Lane expected) throws IOException, InterruptedException {
    drawn(send(tag), expected);
  }

  private Orders.Sent send(@Nullable String tag) throws IOException, InterruptedException {
    String id = "order-" + ++sent;
    screen.line(
        "   " + screen.faint("$ curl " + (tag == null ? "" : "-H '" + Orders.HEADER + ": " + tag + "' ") + town.a()
            + "/order?id=" + id));
    return orders.send(id, tag);
  }

  private void drawn(Orders.Sent order, Lane expected) throws IOException, InterruptedException {
    List<JsonNode> kept = orders.awaitKept(order.id());
    String seen = kept.stream().map(one -> Lane.of(order.answer(), one).drawn()).collect(Collectors.joining(" and "));
    screen.line("   " + screen.bold(seen.isEmpty() ? order.answer().toString() : seen));
    checks.that(seen.equals(expected.drawn()), (order.tag() == null ? Tenants.UNTAGGED : order.tag()) + ": "
        + expected.drawn(), seen.isEmpty() ? order.status() + " " + order.answer() : seen);
  }

  private void title(String number, String text) {
    screen.line("");
    screen.line(screen.bold(number + "  " + text) + " " + screen.faint(progress.elapsed().strip()));
  }
}
