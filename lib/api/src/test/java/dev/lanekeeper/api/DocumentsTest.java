package dev.lanekeeper.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lanekeeper.model.Policy;
import dev.lanekeeper.model.Residue;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Target;
import dev.lanekeeper.model.Tenancy;
import dev.lanekeeper.model.WireNames;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentsTest {

  private static final String ALL = """
      kind: Tenant
      tenancy: "123"
      ttl: 8h
      residue: quarantine
      overrides:
        B: { redirect: "http://127.0.0.1:9102" }
        C: { workload: {} }   # announces itself
        D:
          mock:
            from: C
            stubs:
              - request: { method: POST, urlPath: /n, bodyPatterns: [{ equalToJson: { a: [1, 2.5, null, true] } }] }
                response: { status: 422, jsonBody: { _tag: ValidationError } }
      labels: { owner: me }
      ---
      kind: Service
      name: C
      hosts: ["c:8080"]
      consumes:
        - { topics: [orders], groups: [c] }
      ---
      kind: Cluster
      name: default
      bootstrap: "127.0.0.1:9092,127.0.0.1:9093"
      properties: { sasl.jaas.config: "${env:JAAS}" }
      ---
      kind: Environment
      profile: production
      suffixes: [svc.cluster.local]
      policy:
        unregistered: baseline
        services: { C: { ended: refuse } }
        tenancies: { shop/guests: { unregistered: refuse, ended: baseline } }
      names: { members: [tenancy, sd-routing-key] }
      redirects: { allow: ["127.0.0.0/8", "*.internal:8080"] }
      mocks: http://127.0.0.1:7480
      """;

  private static final String STUBS = """
      [{"request":{"method":"POST","urlPath":"/n","bodyPatterns":[{"equalToJson":{"a":[1,2.5,null,true]}}]},\
      "response":{"status":422,"jsonBody":{"_tag":"ValidationError"}}}]""";

  @Test
  void read_everyKind_hasAllFields() throws Exception {
    List<Document> documents = Documents.read("all.yaml", ALL);

    assertThat(documents).containsExactly(
        new TenantDocument(new Tenancy("123"), Duration.ofHours(8),
            Map.of(ServiceName.of("B"), new Target.Redirect(URI.create("http://127.0.0.1:9102")), ServiceName.of("C"),
                new Target.Workload(), ServiceName.of("D"), Target.Mock.of(ServiceName.of("C"), STUBS)),
            Residue.QUARANTINE, Map.of("owner", "me")),
        new ServiceDocument(ServiceName.of("C"), List.of("c:8080"), false,
            List.of(new ServiceDocument.Consumption("default", List.of("orders"), List.of("c")))),
        new ClusterDocument("default", "127.0.0.1:9092,127.0.0.1:9093", Map.of("sasl.jaas.config", "${env:JAAS}")),
        new EnvironmentDocument("production", List.of(".svc.cluster.local"),
            new Policy(Policy.Fallback.BASELINE, Policy.Fallback.QUARANTINE,
                Map.of(ServiceName.of("C"), new Policy.Cells(null, Policy.Fallback.REFUSE)),
                Map.of(new Tenancy("shop/guests"),
                    new Policy.Cells(Policy.Fallback.REFUSE, Policy.Fallback.BASELINE))),
            new WireNames(List.of("tenancy", "sd-routing-key"), "tenancy-rev", "tenancy-overrides",
                WireNames.STANDARD.headers()),
            List.of("127.0.0.0/8", "*.internal:8080"), URI.create("http://127.0.0.1:7480")));
    assertThat(documents.get(0)).isInstanceOfSatisfying(TenantDocument.class,
        tenant -> assertThat(tenant.overrides().get(ServiceName.of("D"))).isInstanceOfSatisfying(Target.Mock.class,
            mock -> assertThat(mock.stubs()).isEqualTo(STUBS)));
  }

  @Test
  void write_thenRead_isEqual() throws Exception {
    for (Document document : Documents.read("all.yaml", ALL)) {
      assertThat(Documents.read("json", Documents.writeJson(document))).containsExactly(document);
      assertThat(Documents.read("yaml", Documents.writeYaml(document))).containsExactly(document);
    }
  }

  static List<Arguments> faults() {
    return List.of(
        Arguments.of("kind: Tenant\ntenancy: a b\n", 2, "tenancy", "\"a b\""),
        Arguments.of("kind: Environment\nprofile: staging\npolicy:\n  services:\n    C: { ended: never }\n", 5,
            "policy.services.C.ended", "baseline, refuse or quarantine"),
        Arguments.of("kind: Environment\nprofile: staging\npolicy:\n  services:\n    C: {}\n    c: {}\n", 6,
            "policy.services.c", "twice"),
        Arguments.of("kind: Environment\nprofile: staging\npolicy:\n  tenancies:\n    \"a b\": {}\n", 5,
            "policy.tenancies.a b", "\"a b\""),
        Arguments.of("kind: Tenant\ntenancy: 123\n", 2, "tenancy", "quotes"),
        Arguments.of("kind: Tenant\ntenancy: \"1\"\noverides: {}\n", 3, "overides", "unknown key"),
        Arguments.of("kind: Tenant\ntenancy: \"1\"\ntenancy: \"2\"\n", 3, "tenancy", "stands twice"),
        Arguments.of("{\"kind\":\"Tenant\",\n\"tenancy\":\"1\",\n\"tenancy\":\"2\"}", 3, "tenancy", "stands twice"),
        Arguments.of("kind: Tenant\noverrides: {}\n", 1, "tenancy", "missing"),
        Arguments.of("kind: Tenant\ntenancy: \"1\"\nttl: soon\n", 3, "ttl", "8h"),
        Arguments.of("kind: Tenant\ntenancy: \"1\"\nttl: 0s\n", 3, "ttl", "positive"),
        Arguments.of("kind: Tenant\ntenancy: \"1\"\noverrides:\n  B: { workload: {}, mock: {} }\n", 4, "overrides.B",
            "several"),
        Arguments.of("kind: Tenant\ntenancy: \"1\"\noverrides:\n  B: {}\n", 4, "overrides.B", "no target"),
        Arguments.of("kind: Tenant\ntenancy: \"1\"\noverrides:\n  B:\n    redirect: ftp://x\n", 5,
            "overrides.B.redirect", "http://"),
        Arguments.of("kind: Tenant\ntenancy: \"1\"\noverrides:\n  B:\n    redirect: \"http://x:1/path\"\n", 5,
            "overrides.B.redirect", "without path"),
        Arguments.of("kind: Tenant\ntenancy: \"1\"\noverrides:\n  B:\n    workload: { image: x }\n", 5,
            "overrides.B.workload.image", "unknown key"),
        Arguments.of("kind: Tenant\ntenancy: \"1\"\noverrides:\n  B: { workload: {} }\n  b: { mock: {} }\n", 5,
            "overrides.b",
            "twice"),
        Arguments.of("kind: Tenant\ntenancy: \"1\"\noverrides:\n  B: { mock: { stubs: [{ response: [] }] } }\n", 4,
            "overrides.B.mock.stubs[0].response", "a list"),
        Arguments.of("kind: Tenant\ntenancy: \"1\"\noverrides:\n  B: { mock: { stubs: [x] } }\n", 4,
            "overrides.B.mock.stubs[0]", "a stub mapping"),
        Arguments.of(
            "kind: Tenant\ntenancy: \"1\"\noverrides:\n  B: { mock: { stubs: [{ response: { proxyBaseUrl: x } }] } }\n",
            4, "overrides.B.mock.stubs[0].response.proxyBaseUrl", "stubs call nobody"),
        Arguments.of("kind: Environment\nprofile: staging\nmocks: ftp://x\n", 3, "mocks", "http://host:port"),
        Arguments.of("kind: Tenant\ntenancy: \"1\"\noverrides:\n  -B: { workload: {} }\n", 4, "overrides.-B",
            "service"),
        Arguments.of("kind: Tenant\ntenancy: \"1\"\n---\nkind: Tenent\n", 4, "kind", "Tenent"),
        Arguments.of("kind: Service\nname: C\noutside: yes please\n", 3, "outside", "true or false"),
        Arguments.of("kind: Service\nname: C\nhosts: c\n", 3, "hosts", "a list"),
        Arguments.of("kind: Service\nname: C\nhosts: [\"http://c\"]\n", 3, "hosts", "host:port"),
        Arguments.of("kind: Service\nname: C\nconsumes: [{ topics: [t] }]\n", 3, "consumes[0].groups", "at least one"),
        Arguments.of("kind: Service\nname: C\nhosts: [\"c:0\"]\n", 3, "hosts", "1 to 65535"),
        Arguments.of("kind: Service\nname: C\nhosts: [\"c:70000\"]\n", 3, "hosts", "1 to 65535"),
        Arguments.of("kind: Service\nname: C\nhosts: [\"[::1]:0\"]\n", 3, "hosts", "1 to 65535"),
        Arguments.of("kind: Service\nname: C\nconsumes: [{ topics: [a b], groups: [c] }]\n", 3, "consumes[0].topics",
            "249"),
        Arguments.of("kind: Service\nname: C\nconsumes: [{ topics: [\"..\"], groups: [c] }]\n", 3, "consumes[0].topics",
            "249"),
        Arguments.of("kind: Service\nname: C\nconsumes: [{ topics: [t], groups: [\"c\\e[2J\"] }]\n", 3,
            "consumes[0].groups", "control"),
        Arguments.of("kind: Service\nname: C\nconsumes: [{ cluster: \"a b\", topics: [t], groups: [c] }]\n", 3,
            "consumes[0].cluster", "Cluster document"),
        Arguments.of("kind: Tenant\ntenancy: \"1\"\nlabels: { a: \"\\e[31m\" }\n", 3, "labels.a", "control"),
        Arguments.of("kind: Cluster\nbootstrap: broker\n", 2, "bootstrap", "host:port"),
        Arguments.of("kind: Cluster\nname: a/b\nbootstrap: \"b:1\"\n", 2, "name", "letters"),
        Arguments.of("kind: Cluster\nbootstrap: \"b:0\"\n", 2, "bootstrap", "1 to 65535"),
        Arguments.of("kind: Cluster\nbootstrap: \"b:65536\"\n", 2, "bootstrap", "1 to 65535"),
        Arguments.of("kind: Cluster\nbootstrap: \"b:1, c:1\"\n", 2, "bootstrap", "without blanks"),
        Arguments.of("kind: Cluster\nbootstrap: \"b:1,\"\n", 2, "bootstrap", "host:port"),
        Arguments.of("kind: Cluster\nbootstrap: \"kafka://b:1\"\n", 2, "bootstrap", "scheme"),
        Arguments.of("kind: Cluster\nbootstrap: \"b\\e[2J:1\"\n", 2, "bootstrap", "b?[2J"),
        Arguments.of("kind: Cluster\nbootstrap: \"b:1\"\nproperties: { bootstrap.servers: \"c:1\" }\n", 3,
            "properties.bootstrap.servers", "beside the properties"),
        Arguments.of("kind: Cluster\nbootstrap: \"b:1\"\nproperties: { key.deserializer: x }\n", 3, "properties",
            "not to be set"),
        Arguments.of("kind: Cluster\nbootstrap: \"b:1\"\nproperties: { \"a b\": x }\n", 3, "properties",
            "name of a property"),
        Arguments.of("kind: Cluster\nbootstrap: \"b:1\"\nproperties: { a: \"x\\ny\" }\n", 3, "properties.a", "control"),
        Arguments.of("kind: Cluster\nbootstrap: \"b:1\"\nproperties: { ssl.key.password: hunter2 }\n", 3, "properties",
            "reference"),
        Arguments.of("kind: Environment\nprofile: test\n", 2, "profile", "staging or production"),
        Arguments.of("kind: Environment\nprofile: staging\nredirects: { allow: [\"10.0.0.0/40\"] }\n", 3, "redirects",
            "10.0.0.0/40"),
        Arguments.of("kind: Environment\nprofile: staging\nnames: { stamp: tenancy }\n", 3, "names", "named once"),
        Arguments.of("kind: Tenant\n  tenancy: [\n", 2, "", "not YAML"),
        Arguments.of("{\"kind\":\"Tenant\",\n", 2, "", "not JSON"),
        Arguments.of("a: &x 1\nkind: *x\n", 2, "kind", "alias"),
        Arguments.of("- 1\n", 1, "", "a list"),
        Arguments.of("", 1, "", "no document"));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void read_faultyDocument_namesLineFieldAndExpectation(String text, int line, String field, String says) {
    assertThatThrownBy(() -> Documents.read("t.yaml", text)).isInstanceOfSatisfying(DocumentException.class, e -> {
      assertThat(e.line()).as(e.getMessage()).isEqualTo(line);
      assertThat(e.field()).as(e.getMessage()).startsWith(field);
      assertThat(e.getMessage() + e.next()).startsWith("t.yaml:" + line + ": ").contains(says);
      assertThat(e.problem().next()).isNotBlank();
    });
  }

  @ParameterizedTest
  @ValueSource(strings = {"Host", "authorization", "Cookie", "Set-Cookie", "Content-Type", "content-length",
      "Transfer-Encoding", "Connection", "Upgrade", "TE", "Trailer", "Expect", "Proxy-Authorization", "Forwarded",
      "X-Forwarded-For", "traceparent", "TraceState", "Baggage", ":authority", "X Tenancy", "X-Ten\u00e4ncy", "a:b", "",
      "X-Tenancy\\r\\nX", "X-Tenancy-ID, x-tenancy-id"})
  void read_headerThatCannotCarryATenancy_isRefused(String names) {
    String headers = String.join("\", \"", names.split(", ", -1));
    assertThatThrownBy(
        () -> Documents.read("e", "kind: Environment\nprofile: staging\nnames:\n  headers: [\"" + headers + "\"]\n"))
        .isInstanceOfSatisfying(DocumentException.class, e -> {
          assertThat(e.field()).as(e.getMessage()).isEqualTo("names.headers");
          assertThat(e.line()).isGreaterThanOrEqualTo(3);
          assertThat(e.getMessage()).contains("expected: ");
        });
  }

  @ParameterizedTest
  @CsvSource({"'members: [tenancy, Tenancy]',names.members", "'members: [TENANCY-rev]',names.stamp",
      "'overrides: Tenancy',names.overrides", "'stamp: \"a b\"',names.stamp", "'members: [\"a=b\"]',names.members",
      "'members: [\"\"]',names.members", "'members: []',names.members"})
  void read_memberThatCannotCarryATenancy_isRefused(String names, String field) {
    assertThatThrownBy(() -> Documents.read("e", "kind: Environment\nprofile: staging\nnames: { " + names + " }\n"))
        .isInstanceOfSatisfying(DocumentException.class,
            e -> assertThat(e.field()).as(e.getMessage()).isEqualTo(field));
  }

  @Test
  void read_headersOfOthersProducts_areTaken() throws Exception {
    assertThat(Documents.read("e",
        "kind: Environment\nprofile: staging\nnames: { headers: [sd-routing-key, X-Tenancy-ID, x-content] }\n"))
        .hasSize(1);
  }

  @Test
  void read_secretWrittenOut_isNotRepeatedInTheError() {
    assertThatThrownBy(
        () -> Documents.read("c", "kind: Cluster\nbootstrap: \"b:1\"\nproperties: { sasl.password: hunter2 }\n"))
        .hasMessageNotContaining("hunter2");
  }

  @ParameterizedTest
  @MethodSource("durations")
  void duration_writtenAndRead_isTheSame(String text, Duration duration) {
    assertThat(Durations.parse(text)).isEqualTo(duration);
    assertThat(Durations.parse(Durations.format(duration))).isEqualTo(duration);
  }

  static List<Arguments> durations() {
    return List.of(Arguments.of("8h", Duration.ofHours(8)), Arguments.of("1h30m", Duration.ofMinutes(90)),
        Arguments.of("500ms", Duration.ofMillis(500)), Arguments.of("2d", Duration.ofDays(2)));
  }
}
