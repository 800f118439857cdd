package dev.lanekeeper.client;

import dev.lanekeeper.model.Environment;
import dev.lanekeeper.model.Handover;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.Instances;
import dev.lanekeeper.model.OverrideLife;
import dev.lanekeeper.model.PartitionOffset;
import dev.lanekeeper.model.Phase;
import dev.lanekeeper.model.Policy;
import dev.lanekeeper.model.Residue;
import dev.lanekeeper.model.Service;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Target;
import dev.lanekeeper.model.Tenancy;
import dev.lanekeeper.model.TenantLife;
import dev.lanekeeper.model.WireNames;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads the entries that tables and changes are made of. */
final class EntryReader {

  private final JsonInput in;

  EntryReader(JsonInput in) {
    this.in = in;
  }

  TenantLife tenant() throws IOException, RouteFormatException {
    Tenancy tenancy = null;
    long from = JsonInput.ABSENT;
    long to = JsonInput.ABSENT;
    in.enter();
    for (String field = in.field(); field != null; field = in.field()) {
      switch (field) {
        case "tenancy" -> tenancy = in.parsed(Tenancy::new);
        case "from" -> from = in.number();
        case "to" -> to = in.number(OverrideLife.OPEN);
        default -> in.skip();
      }
    }
    Tenancy name = in.required("tenancy", tenancy);
    long begin = in.required("from", from);
    long end = in.required("to", to);
    return in.made(() -> new TenantLife(name, begin, end));
  }

  OverrideLife override() throws IOException, RouteFormatException {
    Incarnation incarnation = null;
    ServiceName service = null;
    Tenancy tenancy = null;
    long from = JsonInput.ABSENT;
    long to = JsonInput.ABSENT;
    Target target = null;
    Residue residue = Residue.DISCARD;
    Phase phase = null;
    List<PartitionOffset> starts = List.of();
    List<PartitionOffset> fence = null;
    in.enter();
    for (String field = in.field(); field != null; field = in.field()) {
      switch (field) {
        case "incarnation" -> incarnation = in.parsed(Incarnation::new);
        case "service" -> service = in.parsed(ServiceName::of);
        case "tenancy" -> tenancy = in.parsed(Tenancy::new);
        case "from" -> from = in.number();
        case "to" -> to = in.number(OverrideLife.OPEN);
        case "target" -> target = target();
        case "residue" -> residue = in.oneOf(Residue.class);
        case "phase" -> phase = in.oneOf(Phase.class);
        case "starts" -> starts = in.list(this::offset);
        case "fence" -> fence = in.listOrNull(this::offset);
        default -> in.skip();
      }
    }
    OverrideLife served = served(in.required("incarnation", incarnation), in.required("service", service),
        in.required("tenancy", tenancy), in.required("from", from), in.required("to", to),
        in.required("target", target), starts).leaving(residue);
    return in(phase, fence, served);
  }

  private OverrideLife served(Incarnation incarnation, ServiceName service, Tenancy tenancy, long from, long to,
      Target target, List<PartitionOffset> starts) throws RouteFormatException {
    return in.made(() -> OverrideLife.served(incarnation, service, tenancy, from, to, target, starts));
  }

  /** Where no phase is written, the fence tells. */
  private OverrideLife in(@Nullable Phase written, @Nullable List<PartitionOffset> fence, OverrideLife life)
      throws RouteFormatException {
    Phase phase = written != null ? written : fence == null ? Phase.SERVED : Phase.FENCED;
    return in.made(() -> new OverrideLife(life.incarnation(), life.service(), life.tenancy(), life.from(), life.to(),
        life.target(), life.residue(), life.starts(), phase, fence));
  }

  private Target target() throws IOException, RouteFormatException {
    String kind = null;
    URI address = null;
    ServiceName from = null;
    String digest = ""; // a mock from before there were stubs
    in.enter();
    for (String field = in.field(); field != null; field = in.field()) {
      switch (field) {
        case "kind" -> kind = in.text();
        case "address" -> address = in.parsed(EntryReader::uri);
        case "from" -> from = in.parsed(ServiceName::of);
        case "digest" -> digest = in.text();
        default -> in.skip();
      }
    }
    // A kind that is not known cannot be passed over like a field: its tenant would reach the baseline.
    String known = in.required("kind", kind);
    switch (known) {
      case "workload" -> {
        return new Target.Workload();
      }
      case "mock" -> {
        return new Target.Mock(from, digest, null);
      }
      case "redirect" -> {
        URI root = in.required("address", address);
        return in.made(() -> new Target.Redirect(root));
      }
      default -> throw in.refused("kind " + RouteFormatException.quoted(known), "workload, redirect or mock");
    }
  }

  private static URI uri(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(
          RouteFormatException.quoted(text) + " (expected: a URI; " + e.getReason() + ")", e);
    }
  }

  private PartitionOffset offset() throws IOException, RouteFormatException {
    String cluster = null;
    String topic = null;
    String topicId = "";
    long partition = JsonInput.ABSENT;
    long offset = JsonInput.ABSENT;
    in.enter();
    for (String field = in.field(); field != null; field = in.field()) {
      switch (field) {
        case "cluster" -> cluster = in.text();
        case "topic" -> topic = in.text();
        case "topicId" -> topicId = in.text();
        case "partition" -> partition = in.smallNumber();
        case "offset" -> offset = in.number();
        default -> in.skip();
      }
    }
    return offset(in.required("cluster", cluster), in.required("topic", topic), topicId,
        (int) in.required("partition", partition), in.required("offset", offset));
  }

  private PartitionOffset offset(String cluster, String topic, String topicId, int partition, long offset)
      throws RouteFormatException {
    return in.made(() -> new PartitionOffset(cluster, topic, topicId, partition, offset));
  }

  Service service() throws IOException, RouteFormatException {
    ServiceName name = null;
    List<String> hosts = null;
    boolean outside = false;
    List<Handover> handovers = List.of();
    in.enter();
    for (String field = in.field(); field != null; field = in.field()) {
      switch (field) {
        case "name" -> name = in.parsed(ServiceName::of);
        case "hosts" -> hosts = in.texts();
        case "outside" -> outside = in.flag();
        case "handovers" -> handovers = in.list(this::handover);
        default -> in.skip();
      }
    }
    ServiceName service = in.required("name", name);
    List<String> names = in.required("hosts", hosts);
    boolean isOutside = outside;
    List<Handover> topics = handovers;
    return in.made(() -> new Service(service, names, isOutside, topics));
  }

  private Handover handover() throws IOException, RouteFormatException {
    String group = null;
    String origin = null;
    String topic = null;
    in.enter();
    for (String field = in.field(); field != null; field = in.field()) {
      switch (field) {
        case "group" -> group = in.text();
        case "origin" -> origin = in.text();
        case "topic" -> topic = in.text();
        default -> in.skip();
      }
    }
    String ofGroup = in.required("group", group);
    String from = in.required("origin", origin);
    String through = in.required("topic", topic);
    return in.made(() -> new Handover(ofGroup, from, through));
  }

  Instances instances() throws IOException, RouteFormatException {
    Incarnation incarnation = null;
    List<URI> addresses = null;
    in.enter();
    for (String field = in.field(); field != null; field = in.field()) {
      switch (field) {
        case "incarnation" -> incarnation = in.parsed(Incarnation::new);
        case "addresses" -> addresses = in.list(() -> in.parsed(EntryReader::uri));
        default -> in.skip();
      }
    }
    Incarnation id = in.required("incarnation", incarnation);
    List<URI> roots = in.required("addresses", addresses);
    return in.made(() -> new Instances(id, roots));
  }

  @Nullable
  Environment environmentOrNull() throws IOException, RouteFormatException {
    return in.isNull() ? null : environment();
  }

  Environment environment() throws IOException, RouteFormatException {
    long from = JsonInput.ABSENT;
    String profile = null;
    Policy policy = null;
    List<String> suffixes = null;
    WireNames names = null;
    URI mocks = null;
    in.enter();
    for (String field = in.field(); field != null; field = in.field()) {
      switch (field) {
        case "from" -> from = in.number();
        case "profile" -> profile = in.text();
        case "policy" -> policy = policy();
        case "suffixes" -> suffixes = in.texts();
        case "names" -> names = names();
        case "mocks" -> mocks = in.parsed(EntryReader::uri);
        default -> in.skip();
      }
    }
    long begin = in.required("from", from);
    String name = in.required("profile", profile);
    Policy fallbacks = in.required("policy", policy);
    List<String> inside = in.required("suffixes", suffixes);
    WireNames wireNames = in.required("names", names);
    URI served = mocks;
    return in.made(() -> new Environment(begin, name, fallbacks, inside, wireNames, served));
  }

  private Policy policy() throws IOException, RouteFormatException {
    Policy.Fallback unregistered = null;
    Policy.Fallback ended = null;
    Map<ServiceName, Policy.Cells> services = new HashMap<>();
    Map<Tenancy, Policy.Cells> tenancies = new HashMap<>();
    in.enter();
    for (String field = in.field(); field != null; field = in.field()) {
      switch (field) {
        case "unregistered" -> unregistered = in.oneOf(Policy.Fallback.class);
        case "ended" -> ended = in.oneOf(Policy.Fallback.class);
        case "services" -> in.list(() -> cells("service", ServiceName::of, services));
        case "tenancies" -> in.list(() -> cells("tenancy", Tenancy::new, tenancies));
        default -> in.skip();
      }
    }
    return new Policy(in.required("unregistered", unregistered), in.required("ended", ended), services, tenancies);
  }

  /** What a service or tenancy says otherwise. */
  private <K> Policy.Cells cells(String key, Function<String, K> type, Map<K, Policy.Cells> all)
      throws IOException, RouteFormatException {
    K name = null;
    Policy.Fallback unregistered = null;
    Policy.Fallback ended = null;
    in.enter();
    for (String field = in.field(); field != null; field = in.field()) {
      if (field.equals(key)) {
        name = in.parsed(type);
      } else {
        switch (field) {
          case "unregistered" -> unregistered = in.oneOf(Policy.Fallback.class);
          case "ended" -> ended = in.oneOf(Policy.Fallback.class);
          default -> in.skip();
        }
      }
    }
    Policy.Cells cells = new Policy.Cells(unregistered, ended);
    all.put(in.required(key, name), cells);
    return cells;
  }

  private WireNames names() throws IOException, RouteFormatException {
    List<String> members = null;
    String stamp = null;
    String overrides = null;
    List<String> headers = null;
    in.enter();
    for (String field = in.field(); field != null; field = in.field()) {
      switch (field) {
        case "members" -> members = in.texts();
        case "stamp" -> stamp = in.text();
        case "overrides" -> overrides = in.text();
        case "headers" -> headers = in.texts();
        default -> in.skip();
      }
    }
    return names(in.required("members", members), in.required("stamp", stamp), in.required("overrides", overrides),
        in.required("headers", headers));
  }

  private WireNames names(List<String> members, String stamp, String overrides, List<String> headers)
      throws RouteFormatException {
    return in.made(() -> new WireNames(members, stamp, overrides, headers));
  }
}
