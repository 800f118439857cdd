package dev.lanekeeper.gateway.mocks;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.common.Json;
import com.github.tomakehurst.wiremock.common.JsonException;
import dev.lanekeeper.gateway.admission.Admission;
import dev.lanekeeper.gateway.routing.LocalRequest;
import dev.lanekeeper.gateway.routing.LocalResponse;
import dev.lanekeeper.gateway.routing.Refusal;
import dev.lanekeeper.gateway.routing.Responder;
import dev.lanekeeper.model.OverrideLife;
import dev.lanekeeper.model.RouteSource;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Tag;
import dev.lanekeeper.model.Target;
import dev.lanekeeper.model.Tenancy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * WireMock's own interface for each mock of each tenant: {@code /v1/mocks/TENANCY/SERVICE/__admin/...}, so that its clients work with that
 * as their prefix. A reset, a journal, a count are of that mock alone. Who may administer a tenancy is whoever may bear it at the edge.
 */
public final class StubAdministration implements Responder {

  private static final Pattern PATH = Pattern.compile("/v1/mocks/([^/]+)/([^/]+)(/__admin/([a-z-]+)(/.*)?)");
  private static final Pattern LOOPBACK = Pattern.compile("(localhost|[0-9.]+|\\[[0-9a-fA-F:.]+])(:[0-9]+)?");
  private static final Set<String> OPEN =
      Set.of("mappings", "requests", "scenarios", "near-misses", "reset", "version", "health");

  private final RouteSource routes;
  private final StubSets sets;
  private final Admission admission;

  /** The stubs of these sets, for whom {@code admission} lets bear their tenancies. */
  public StubAdministration(RouteSource routes, StubSets sets, Admission admission) {
    this.routes = routes;
    this.sets = sets;
    this.admission = admission;
  }

  @Override
  public LocalResponse respond(LocalRequest request) throws InterruptedException {
    URI url = URI.create(StubRequest.readable(request.url()));
    Matcher path = PATH.matcher(url.getRawPath());
    if (!path.matches()) {
      return refused(404, "not-found", "Not found",
          url.getRawPath() + ": nothing is there (expected: /v1/mocks/TENANCY/SERVICE/__admin/...)");
    }
    Tenancy tenancy;
    ServiceName service;
    try {
      tenancy = new Tenancy(decoded(path.group(1)));
      service = ServiceName.of(decoded(path.group(2)));
    } catch (IllegalArgumentException malformed) {
      return refused(400, "request-malformed", "Request malformed", String.valueOf(malformed.getMessage()));
    }
    String refusal = refusal(request, tenancy);
    if (refusal != null) {
      return refused(403, "tenancy-not-admitted", "Tenancy not admitted", refusal);
    }
    if (!OPEN.contains(path.group(4))) {
      return refused(403, "stubs-not-open", "Not open", "__admin/" + path.group(4)
          + " concerns the gateway itself, or others (expected: one of " + OPEN.stream().sorted().toList() + ")");
    }
    String reaching = path.group(4).equals("mappings") ? reaching(request) : null;
    if (reaching != null) {
      return refused(422, "stubs-reach-out", "Stubs reach out", reaching);
    }
    return administered(request, tenancy, service,
        path.group(3) + (url.getRawQuery() == null ? "" : "?" + url.getRawQuery()));
  }

  private LocalResponse administered(LocalRequest request, Tenancy tenancy, ServiceName service, String path)
      throws InterruptedException {
    OverrideLife life = routes.view().table().override(service, tenancy);
    if (life == null || !(life.target() instanceof Target.Mock)) {
      return refused(404, "mock-unknown", "Mock unknown",
          "tenancy " + tenancy + " has no mock of " + service + " (expected: overrides: {" + service
              + ": {mock: {}}})");
    }
    try {
      StubSet set = sets.set(life.incarnation());
      return set == null
          ? refused(404, "mock-unknown", "Mock unknown", "the control plane knows no stubs of " + life.incarnation())
          : set.admin(request, path);
    } catch (IOException | IllegalArgumentException | IllegalStateException failure) {
      return refused(502, "stubs-failed", "Stubs failed", String.valueOf(failure.getMessage()));
    }
  }

  private @Nullable String refusal(LocalRequest request, Tenancy tenancy) {
    String bearer = request.field("authorization");
    String token = bearer.regionMatches(true, 0, "Bearer ", 0, 7)
        ? bearer.substring(7).strip()
        : request.field(Admission.FIELD);
    try {
      InetAddress from = InetAddress.getByName(request.client()); // an address: nobody is asked for it
      boolean bears = !token.isEmpty();
      if (!bears && !(request.field("origin").isEmpty() && request.field("sec-fetch-site").isEmpty())) {
        return "a browser asks for a page of its own (expected: a token, or another client)";
      }
      if (!bears && !LOOPBACK.matcher(request.field("host")).matches()) {
        return "Host: " + request.field("host")
            + " (expected: a token, or the address of this machine: a name may lead anywhere)";
      }
      return admission.refusal(from, bears ? token : null, Tag.of(tenancy.text()), System.currentTimeMillis());
    } catch (IOException e) {
      throw new IllegalStateException(request.client() + ": no address", e);
    }
  }

  /** What is wrong with these mappings; null: nothing that can be seen here. */
  private static @Nullable String reaching(LocalRequest request) {
    if (request.body().length == 0) {
      return null;
    }
    String type = request.field("content-type").toLowerCase(Locale.ROOT);
    if (type.contains("charset") && !type.contains("utf-8")) {
      return "Content-Type: " + type + " (expected: JSON, in UTF-8)";
    }
    JsonNode read;
    try {
      read = Json.node(new String(request.body(), StandardCharsets.UTF_8));
    } catch (JsonException malformed) {
      return "the body is no JSON (expected: a stub mapping)";
    }
    for (JsonNode mapping : read.has("mappings") ? read.path("mappings") : List.of(read)) {
      String found = StubReach.of(mapping);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private static String decoded(String segment) {
    return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static LocalResponse refused(int status, String code, String title, String detail) {
    return LocalResponse.of(new Refusal(status, code, title, detail));
  }
}
