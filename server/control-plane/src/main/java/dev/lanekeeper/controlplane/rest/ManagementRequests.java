package dev.lanekeeper.controlplane.rest;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.api.DocumentException;
import dev.lanekeeper.api.Documents;
import dev.lanekeeper.api.Durations;
import dev.lanekeeper.api.OperationInfo;
import dev.lanekeeper.api.ProblemCode;
import dev.lanekeeper.api.ProblemException;
import dev.lanekeeper.controlplane.operations.OperationKind;
import dev.lanekeeper.controlplane.operations.Operations;
import dev.lanekeeper.controlplane.operations.Removals;
import dev.lanekeeper.controlplane.routes.OwnerReason;
import dev.lanekeeper.controlplane.store.Store;
import dev.lanekeeper.model.MalformedTagException;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.Tag;
import dev.lanekeeper.model.Tenancy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What people and scripts ask: documents, tenants, the inventory, the ledger, the rule. */
public final class ManagementRequests {

  private static final Set<String> DOCUMENT_TYPES =
      Set.of("application/yaml", "application/x-yaml", "text/yaml", "application/json");
  private static final int MOST_OPERATIONS = 200;
  private static final Duration USUAL_WAIT = Duration.ofSeconds(30);
  private static final Duration LONGEST_WAIT = Duration.ofDays(1);

  private final Store store;
  private final Operations operations;
  private final Removals removals;
  private final Overview overview;

  /** Requests to a store. */
  public ManagementRequests(Store store, Operations operations, Removals removals,
      Overview overview) {
    this.store = store;
    this.operations = operations;
    this.removals = removals;
    this.overview = overview;
  }

  void documents(Exchange exchange, List<String> rest) throws InterruptedException {
    RestApi.requireEnd(rest);
    RestApi.require(exchange, "POST");
    if (!DOCUMENT_TYPES.contains(exchange.contentType())) {
      throw ProblemCode.CONTENT_TYPE_UNSUPPORTED.exception("Content-Type",
          "\"" + exchange.contentType() + "\" (expected: application/yaml or application/json)",
          "send documents with Content-Type: application/yaml");
    }
    try {
      exchange.answer(operations.apply(Documents.read("body", exchange.body())));
    } catch (DocumentException e) {
      throw new ProblemException(e.problem(), e);
    }
  }

  void tenants(Exchange exchange, List<String> rest) throws InterruptedException {
    if (rest.isEmpty()) {
      RestApi.require(exchange, "GET");
      exchange.answer(overview.tenants());
      return;
    }
    if (exchange.method().equals("DELETE")) {
      exchange.answer(operations.end(tenancy(rest), OperationKind.DELETE));
      return;
    }
    RestApi.requireGetOrDelete(exchange);
    if (rest.size() > 1 && rest.getLast().equals("ready")) {
      exchange
          .answer(overview.awaitReady(tenancy(rest.subList(0, rest.size() - 1)), wait(exchange.parameter("timeout"))));
      return;
    }
    exchange.answer(overview.tenant(tenancy(rest)));
  }

  private static Tenancy tenancy(List<String> segments) {
    try {
      return new Tenancy(String.join("/", segments));
    } catch (MalformedTagException e) {
      throw ProblemCode.TENANCY_MALFORMED.exception("tenancy", String.valueOf(e.getMessage()), "correct the tenancy");
    }
  }

  private static Duration wait(@Nullable String text) {
    try {
      Duration wanted = text == null ? USUAL_WAIT : Durations.parse(text);
      return wanted.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wanted;
    } catch (IllegalArgumentException e) {
      throw ProblemCode.MALFORMED_REQUEST.exception("timeout", String.valueOf(e.getMessage()), "say 30s, for example");
    }
  }

  void services(Exchange exchange, List<String> rest) {
    if (rest.isEmpty()) {
      RestApi.require(exchange, "GET");
      exchange.answer(overview.services());
      return;
    }
    if (exchange.method().equals("DELETE")) {
      exchange.answer(removals.service(serviceName(String.join("/", rest))));
      return;
    }
    RestApi.requireGetOrDelete(exchange);
    exchange.answer(overview.service(serviceName(String.join("/", rest))));
  }

  private static ServiceName serviceName(@Nullable String text) {
    try {
      return ServiceName.of(text == null ? "" : text);
    } catch (IllegalArgumentException e) {
      throw ProblemCode.MALFORMED_REQUEST.exception("service", String.valueOf(e.getMessage()), "correct the name");
    }
  }

  void clusters(Exchange exchange, List<String> rest) {
    if (rest.size() == 1 && exchange.method().equals("DELETE")) {
      exchange.answer(removals.cluster(rest.getFirst()));
      return;
    }
    RestApi.requireEnd(rest);
    RestApi.require(exchange, "GET");
    String json = store.catalog().clusters().values().stream().sorted(Comparator.comparing(ClusterDocument::name))
        .map(Documents::writeJson).collect(Collectors.joining(",", "[", "]"));
    exchange.json(json.getBytes(StandardCharsets.UTF_8), null);
  }

  void environment(Exchange exchange, List<String> rest) {
    RestApi.requireEnd(rest);
    RestApi.require(exchange, "GET");
    exchange.json(Documents.writeJson(store.catalog().environment()).getBytes(StandardCharsets.UTF_8), null);
  }

  void operations(Exchange exchange, List<String> rest) {
    RestApi.require(exchange, "GET");
    if (rest.isEmpty()) {
      exchange.answer(store.read(ledger -> ledger.operations(MOST_OPERATIONS)));
      return;
    }
    OperationInfo found =
        store.<@Nullable OperationInfo>read(ledger -> ledger.operation(rest.getFirst()));
    if (rest.size() != 1 || found == null) {
      throw ProblemCode.NOT_FOUND.exception("operation " + String.join("/", rest) + ": no such operation",
          "lanekeeper get operations lists them");
    }
    exchange.answer(found);
  }

  void owner(Exchange exchange, List<String> rest) {
    RestApi.requireEnd(rest);
    RestApi.require(exchange, "GET");
    ServiceName service = serviceName(exchange.parameter("service"));
    if (!store.catalog().knows(service)) {
      throw ProblemCode.SERVICE_UNKNOWN.exception("service",
          service + ": no such service (expected: one of " + store.catalog().serviceNames() + ")", "correct the name");
    }
    Tag tag;
    try {
      tag = Tag.of(exchange.parameter("tenancy"), exchange.parameter("overrides"));
    } catch (MalformedTagException e) {
      throw ProblemCode.TENANCY_MALFORMED.exception("tenancy", String.valueOf(e.getMessage()), "correct the tenancy");
    }
    exchange.answer(OwnerReason.of(store.catalog().table(), service, tag, stamp(exchange.parameter("stamp"))));
  }

  private static Stamp stamp(@Nullable String text) {
    Stamp stamp = Stamp.parse(text);
    if (stamp.isNone() && text != null && !text.isEmpty()) {
      throw ProblemCode.MALFORMED_REQUEST.exception("stamp", "\"" + text + "\" (expected: REVISION-SEAL, 42-9f3c71d2)",
          "take it from baggage, member tenancy-rev");
    }
    return stamp;
  }

  void status(Exchange exchange, List<String> rest) {
    RestApi.requireEnd(rest);
    RestApi.require(exchange, "GET");
    exchange.answer(overview.status());
  }
}
