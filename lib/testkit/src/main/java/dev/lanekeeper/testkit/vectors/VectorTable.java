package dev.lanekeeper.testkit.vectors;

import static dev.lanekeeper.testkit.vectors.VectorFile.known;
import static dev.lanekeeper.testkit.vectors.VectorFile.list;
import static dev.lanekeeper.testkit.vectors.VectorFile.number;
import static dev.lanekeeper.testkit.vectors.VectorFile.text;
import static dev.lanekeeper.testkit.vectors.VectorFile.texts;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lanekeeper.model.Environment;
import dev.lanekeeper.model.Handover;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.Instances;
import dev.lanekeeper.model.OverrideLife;
import dev.lanekeeper.model.PartitionOffset;
import dev.lanekeeper.model.Phase;
import dev.lanekeeper.model.Policy;
import dev.lanekeeper.model.Residue;
import dev.lanekeeper.model.RevisionLog;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.RouteView;
import dev.lanekeeper.model.Service;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Target;
import dev.lanekeeper.model.Tenancy;
import dev.lanekeeper.model.TenantLife;
import dev.lanekeeper.model.WireNames;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A table of {@code tables.json}.
 *
 * @param name by which cases ask for it
 * @param json as {@code GET /v1/routes} gives it
 * @param table what that means
 * @param asOfMillis of what time it is known to be current
 */
public record VectorTable(String name, String json, RouteTable table, long asOfMillis) {

  private static final Map<String, VectorTable> ALL = readAll();

  private static Map<String, VectorTable> readAll() {
    Map<String, VectorTable> tables = new HashMap<>();
    VectorFile.read("tables.json").path("tables").properties().forEach(entry -> tables.put(entry.getKey(),
        new VectorTable(entry.getKey(), entry.getValue().toString(), table(entry.getValue()),
            number(entry.getValue(), "asOf"))));
    return Map.copyOf(tables);
  }

  /** Every table. */
  public static List<VectorTable> all() {
    return List.copyOf(ALL.values());
  }

  /** The table of this name. */
  public static VectorTable named(String name) {
    VectorTable table = ALL.get(name);
    if (table == null) {
      throw new IllegalStateException("vectors: table " + name + " (expected: one of " + ALL.keySet() + ")");
    }
    return table;
  }

  /** The view of a case that names a table, or null for none, and may say its own age. */
  static RouteView view(JsonNode aCase, boolean cutOff) {
    if (aCase.path("table").isNull()) {
      return RouteView.NOTHING;
    }
    VectorTable named = named(text(aCase, "table"));
    long asOf = aCase.has("asOf") ? number(aCase, "asOf") : named.asOfMillis();
    return new RouteView(named.table(), asOf, cutOff);
  }

  /** The tenancy of an incarnation: by the table that a case names; where it names none, by the only table that has it. */
  static Tenancy tenancy(JsonNode aCase, Incarnation incarnation) {
    Stream<VectorTable> tables = aCase.path("table").isNull() ? all().stream() : Stream.of(named(text(aCase, "table")));
    List<Tenancy> tenancies = tables.flatMap(table -> table.table.content().overrides().stream())
        .filter(life -> life.incarnation().equals(incarnation)).map(OverrideLife::tenancy).distinct().toList();
    if (tenancies.size() != 1) {
      throw new IllegalStateException(
          "vectors: tenancy of " + incarnation + ": " + tenancies + " (expected: one, in " + aCase + ")");
    }
    return tenancies.get(0);
  }

  @Override
  public String toString() {
    return name;
  }

  private static RouteTable table(JsonNode json) {
    known(json, "revision", "asOf", "floor", "revisions", "environments", "services", "tenants", "overrides",
        "instances");
    RevisionLog log = RevisionLog.EMPTY;
    for (JsonNode segment : json.path("revisions")) {
      List<String> seals = texts(segment.path("seals"));
      for (int i = 0; i < seals.size(); i++) {
        log = log.append(number(segment, "first") + i, Integer.parseUnsignedInt(seals.get(i), 16),
            segment.path("times").path(i).longValue());
      }
    }
    if (log.newest() != number(json, "revision")) {
      throw new IllegalStateException("vectors: revision of " + json + " (expected: " + log.newest() + ")");
    }
    return RouteTable.of(new RouteTable.Content(number(json, "floor"), log,
        list(json.path("tenants"), VectorTable::tenant), list(json.path("overrides"), VectorTable::override),
        list(json.path("services"), VectorTable::service), list(json.path("instances"), VectorTable::instances),
        list(json.path("environments"), VectorTable::environment)));
  }

  private static TenantLife tenant(JsonNode json) {
    known(json, "tenancy", "from", "to");
    return new TenantLife(new Tenancy(text(json, "tenancy")), number(json, "from"), end(json));
  }

  private static long end(JsonNode json) {
    return json.path("to").isNull() ? OverrideLife.OPEN : number(json, "to");
  }

  private static OverrideLife override(JsonNode json) {
    known(json, "incarnation", "service", "tenancy", "from", "to", "target", "residue", "starts", "phase", "fence");
    List<PartitionOffset> fence =
        json.path("fence").isNull() ? null : list(json.path("fence"), VectorTable::offset);
    return new OverrideLife(new Incarnation(text(json, "incarnation")), ServiceName.of(text(json, "service")),
        new Tenancy(text(json, "tenancy")), number(json, "from"), end(json), target(json.path("target")),
        constant(Residue.class, json.path("residue").asText("discard")),
        list(json.path("starts"), VectorTable::offset),
        constant(Phase.class, json.path("phase").asText(fence == null ? "served" : "fenced")), fence);
  }

  private static Target target(JsonNode json) {
    known(json, "kind", "address", "from", "digest");
    return switch (text(json, "kind")) {
      case "workload" -> new Target.Workload();
      case "mock" -> new Target.Mock(json.has("from") ? ServiceName.of(text(json, "from")) : null,
          json.path("digest").asText(), null);
      case "redirect" -> new Target.Redirect(URI.create(text(json, "address")));
      default -> throw new IllegalStateException("vectors: target " + json);
    };
  }

  private static PartitionOffset offset(JsonNode json) {
    known(json, "cluster", "topic", "topicId", "partition", "offset");
    return new PartitionOffset(text(json, "cluster"), text(json, "topic"), text(json, "topicId"),
        (int) number(json, "partition"), number(json, "offset"));
  }

  private static Service service(JsonNode json) {
    known(json, "name", "hosts", "outside", "handovers");
    return new Service(ServiceName.of(text(json, "name")), texts(json.path("hosts")),
        json.path("outside").booleanValue(), list(json.path("handovers"), VectorTable::handover));
  }

  private static Handover handover(JsonNode json) {
    known(json, "group", "origin", "topic");
    return new Handover(text(json, "group"), text(json, "origin"), text(json, "topic"));
  }

  private static Instances instances(JsonNode json) {
    known(json, "incarnation", "addresses");
    return new Instances(new Incarnation(text(json, "incarnation")),
        list(json.path("addresses"), address -> URI.create(address.textValue())));
  }

  private static Environment environment(JsonNode json) {
    known(json, "from", "profile", "policy", "suffixes", "names", "mocks");
    return new Environment(number(json, "from"), text(json, "profile"), policy(json.path("policy")),
        texts(json.path("suffixes")), names(json.path("names")),
        json.has("mocks") ? URI.create(text(json, "mocks")) : null);
  }

  private static Policy policy(JsonNode json) {
    known(json, "unregistered", "ended", "services", "tenancies");
    Map<ServiceName, Policy.Cells> services = new HashMap<>();
    json.path("services").forEach(said -> services
        .put(ServiceName.of(text(known(said, "service", "unregistered", "ended"), "service")), cells(said)));
    Map<Tenancy, Policy.Cells> tenancies = new HashMap<>();
    json.path("tenancies").forEach(said -> tenancies
        .put(new Tenancy(text(known(said, "tenancy", "unregistered", "ended"), "tenancy")), cells(said)));
    return new Policy(constant(Policy.Fallback.class, text(json, "unregistered")),
        constant(Policy.Fallback.class, text(json, "ended")), services, tenancies);
  }

  private static Policy.Cells cells(JsonNode json) {
    return new Policy.Cells(cell(json, "unregistered"), cell(json, "ended"));
  }

  private static Policy.@Nullable Fallback cell(JsonNode json, String name) {
    return json.has(name) ? constant(Policy.Fallback.class, text(json, name)) : null;
  }

  private static <E extends Enum<E>> E constant(Class<E> type, String text) {
    return Enum.valueOf(type, text.toUpperCase(Locale.ROOT));
  }

  /** The names of a case or environment; the standard ones where it says nothing. */
  static WireNames names(@Nullable JsonNode json) {
    if (json == null || json.isMissingNode()) {
      return WireNames.STANDARD;
    }
    known(json, "members", "stamp", "overrides", "headers");
    return new WireNames(texts(json.path("members")), text(json, "stamp"), text(json, "overrides"),
        texts(json.path("headers")));
  }
}
