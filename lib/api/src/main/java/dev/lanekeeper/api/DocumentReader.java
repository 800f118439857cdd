package dev.lanekeeper.api;

import dev.lanekeeper.model.Policy;
import dev.lanekeeper.model.Residue;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Target;
import dev.lanekeeper.model.Tenancy;
import dev.lanekeeper.model.WireNames;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Makes a document of what was read. */
final class DocumentReader {

  private static final String KINDS = "Tenant, Service, Cluster or Environment";

  private static final String RESIDUES = "discard, quarantine or redeliver";

  private static final int MOST_STUB_CHARS = 1024 * 1024;

  private DocumentReader() {}

  static Document read(String source, Node node) throws DocumentException {
    if (!(node instanceof Node.Mapping mapping)) {
      throw new DocumentException(source, node.line(), "",
          node.described() + " (expected: a document with a kind: " + KINDS + ")", null);
    }
    Node kind = mapping.values().get("kind");
    String name = kind instanceof Node.Scalar scalar ? scalar.text() : "";
    return switch (name) {
      case TenantDocument.KIND ->
        tenant(new Fields(source, "", mapping, "kind", "tenancy", "ttl", "overrides", "residue", "labels"));
      case ServiceDocument.KIND ->
        service(new Fields(source, "", mapping, "kind", "name", "hosts", "outside", "consumes"));
      case ClusterDocument.KIND -> cluster(new Fields(source, "", mapping, "kind", "name", "bootstrap", "properties"));
      case EnvironmentDocument.KIND ->
        environment(
            new Fields(source, "", mapping, "kind", "profile", "suffixes", "policy", "names", "redirects", "mocks"));
      default -> throw new DocumentException(source, kind == null ? mapping.line() : kind.line(), "kind",
          (kind == null ? "missing" : kind.described()) + " (expected: " + KINDS + ")", null);
    };
  }

  private static TenantDocument tenant(Fields in) throws DocumentException {
    Tenancy tenancy = in.parsed("tenancy", Tenancy.EXPECTED, Tenancy::new);
    Duration ttl = in.has("ttl") ? in.parsed("ttl", Durations.EXPECTED, Durations::parse) : null;
    Map<ServiceName, Target> overrides = new TreeMap<>();
    Node.Mapping written = in.open("overrides", "services with what overrides them");
    for (Map.Entry<String, Node> entry : written.values().entrySet()) {
      String field = "overrides." + entry.getKey();
      ServiceName service;
      try {
        service = ServiceName.of(entry.getKey());
      } catch (IllegalArgumentException malformed) {
        throw in.refused(field, entry.getValue(), malformed);
      }
      if (overrides.put(service, target(in, field, entry.getValue())) != null) {
        throw in.refused(field, entry.getValue(),
            new IllegalArgumentException("stands twice (expected: each service once; case does not count)"));
      }
    }
    Map<String, String> labels = in.textsByKey("labels", "texts by key");
    Residue residue = in.has("residue") ? in.parsed("residue", RESIDUES, DocumentReader::residue) : null;
    return in.made(() -> new TenantDocument(tenancy, ttl, overrides, residue, labels));
  }

  private static Residue residue(String text) {
    return switch (text) {
      case "discard", "quarantine", "redeliver" -> Residue.valueOf(text.toUpperCase(Locale.ROOT));
      default -> throw new IllegalArgumentException("residue: \"" + text + "\" (expected: " + RESIDUES + ")");
    };
  }

  private static Target target(Fields in, String field, Node node) throws DocumentException {
    String expected = "one of {redirect: http://host:port}, {workload: {}}, {mock: {stubs: [...]}}";
    Fields target = in.fields(field, node, expected, "redirect", "workload", "mock");
    String only = target.only();
    if (only == null) {
      throw target.wrongAltogether((target.has("redirect") || target.has("workload") || target.has("mock")
          ? "several targets"
          : "no target") + " (expected: " + expected + ")");
    }
    if (only.equals("redirect")) {
      return target.parsed("redirect", "http://host:port", text -> new Target.Redirect(uri("redirect", text)));
    }
    if (only.equals("workload")) {
      target.fields(only, "{}");
      return new Target.Workload();
    }
    return mock(target.fields(only, "{stubs: [...]}", "from", "stubs"));
  }

  private static Target mock(Fields in) throws DocumentException {
    ServiceName from = in.has("from") ? in.parsed("from", "a service name", ServiceName::of) : null;
    List<Node> stubs = in.items("stubs", "a list of stub mappings, as WireMock writes them");
    for (int i = 0; i < stubs.size(); i++) {
      StubCheck.require(in, "stubs[" + i + "]", stubs.get(i));
    }
    String written = in.made(() -> ApiJson.write(stubs.stream().map(Node::plain).toList()));
    if (written.length() > MOST_STUB_CHARS) {
      throw in.wrongAltogether("its stubs take " + written.length() + " characters (expected: at most "
          + MOST_STUB_CHARS + ")");
    }
    return Target.Mock.of(from, written);
  }

  private static URI uri(String field, String text) {
    try {
      return URI.create(text);
    } catch (IllegalArgumentException malformed) {
      throw new IllegalArgumentException(
          field + ": \"" + text + "\" (expected: http://host:port or https://host:port)", malformed);
    }
  }

  private static ServiceDocument service(Fields in) throws DocumentException {
    ServiceName name = in.parsed("name", "a service name", ServiceName::of);
    List<String> hosts = in.texts("hosts", "host or host:port");
    boolean outside = in.flag("outside", false);
    List<ServiceDocument.Consumption> consumes = new ArrayList<>();
    List<Node> items = in.items("consumes", "a list of {cluster, topics, groups}");
    for (int i = 0; i < items.size(); i++) {
      Fields item =
          in.fields("consumes[" + i + "]", items.get(i), "{cluster, topics, groups}", "cluster", "topics", "groups");
      String cluster = item.text("cluster", "the name of a cluster", ServiceDocument.USUAL_CLUSTER);
      List<String> topics = item.texts("topics", "names of topics");
      List<String> groups = item.texts("groups", "names of consumer groups");
      consumes.add(item.made(() -> new ServiceDocument.Consumption(cluster, topics, groups)));
    }
    return in.made(() -> new ServiceDocument(name, hosts, outside, consumes));
  }

  private static ClusterDocument cluster(Fields in) throws DocumentException {
    String name = in.text("name", "a name", ServiceDocument.USUAL_CLUSTER);
    String bootstrap = in.text("bootstrap", "host:port, several joined by commas");
    Map<String, String> properties = in.textsByKey("properties", "properties of the Kafka client");
    return in.made(() -> new ClusterDocument(name, bootstrap, properties));
  }

  private static EnvironmentDocument environment(Fields in) throws DocumentException {
    String profile = in.parsed("profile", "staging or production", text -> {
      if (!text.equals("staging") && !text.equals("production")) {
        throw new IllegalArgumentException("profile: \"" + text + "\" (expected: staging or production)");
      }
      return text;
    });
    Policy usual = profile.equals("production") ? Policy.PRODUCTION : Policy.STAGING;
    Policy chosen = PolicyReader.read(in, usual);
    WireNames names = in.has("names")
        ? names(in.fields("names", "{members, stamp, overrides, headers}", "members", "stamp",
            "overrides", "headers"))
        : WireNames.STANDARD;
    List<String> suffixes = in.texts("suffixes", "names such as .svc.cluster.local");
    List<String> redirects = EnvironmentDocument.LOOPBACK;
    if (in.has("redirects")) {
      redirects = in.fields("redirects", "{allow: [...]}", "allow").texts("allow", "addresses, networks or hosts");
    }
    List<String> allowed = redirects;
    URI mocks = in.has("mocks")
        ? in.parsed("mocks", "http://host:port", text -> Target.Address.check("mocks", uri("mocks", text)))
        : null;
    return in.made(() -> new EnvironmentDocument(profile, suffixes, chosen, names, allowed, mocks));
  }

  private static WireNames names(Fields in) throws DocumentException {
    WireNames standard = WireNames.STANDARD;
    List<String> members = in.has("members") ? in.texts("members", "names of baggage members") : standard.members();
    List<String> headers = in.has("headers") ? in.texts("headers", "names of headers") : standard.headers();
    String stamp = in.text("stamp", "the name of a baggage member", standard.stampMember());
    String overrides = in.text("overrides", "the name of a baggage member", standard.overridesMember());
    return in.made(() -> new WireNames(members, stamp, overrides, headers));
  }

  /** What is written for a constant. */
  static String written(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
