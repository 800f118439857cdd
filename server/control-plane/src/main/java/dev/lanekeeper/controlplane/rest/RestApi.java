package dev.lanekeeper.controlplane.rest;

import dev.lanekeeper.api.Problem;
import dev.lanekeeper.api.ProblemCode;
import dev.lanekeeper.api.ProblemException;
import dev.lanekeeper.controlplane.store.StoreException;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;

/**
 * Leads requests to what answers them, and puts every failure into a problem.
 *
 * <p><b>Threads.</b> Any.
 */
public final class RestApi {

  private static final Logger LOG = System.getLogger(RestApi.class.getName());

  private final Access access;
  private final RouteRequests routes;
  private final PlaneRequests planes;
  private final ManagementRequests management;
  private final QuarantineRequests quarantine;
  private final TraceRequests traces;

  /** Puts the parts together. */
  public RestApi(Access access, RouteRequests routes, PlaneRequests planes, ManagementRequests management,
      QuarantineRequests quarantine, TraceRequests traces) {
    this.access = access;
    this.routes = routes;
    this.planes = planes;
    this.management = management;
    this.quarantine = quarantine;
    this.traces = traces;
  }

  /** Answers a request. */
  public void handle(ServerRequest request, ServerResponse response) {
    Exchange exchange = new Exchange(request, response);
    try {
      access.check(request);
      route(exchange);
    } catch (ProblemException e) {
      exchange.problem(e.problem());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CloseConnectionException("the control plane stops", e);
    } catch (CloseConnectionException e) {
      throw e;
    } catch (IOException | java.io.UncheckedIOException e) {
      throw new CloseConnectionException("the client is gone", e);
    } catch (StoreException e) {
      // The store has logged it, once.
      answer(exchange, response, ProblemCode.STORE_FAILED.problem(String.valueOf(e.getMessage()),
          e.next() + ". What was under way is done wholly or not at all: look, then ask again"),
          e);
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, exchange.method() + " " + request.path().rawPath() + " failed", e);
      answer(exchange, response, ProblemCode.INTERNAL.problem(String.valueOf(e.getMessage()),
          "look at the control plane's log; what was acknowledged before is safe"), e);
    }
  }

  private static void answer(Exchange exchange, ServerResponse response, Problem problem, RuntimeException cause) {
    if (response.isSent()) {
      throw new CloseConnectionException("failed after the answer had begun", cause);
    }
    exchange.problem(problem);
  }

  private void route(Exchange exchange) throws IOException, InterruptedException {
    List<String> path = exchange.segments();
    if (path.stream().anyMatch(part -> part.chars().anyMatch(Character::isISOControl))) {
      throw ProblemCode.MALFORMED_REQUEST.exception("path: it bears a control character (expected: none)",
          "write what it names without");
    }
    if (path.size() < 2 || !path.get(0).equals("v1")) {
      throw notFound(path);
    }
    List<String> rest = path.subList(2, path.size());
    switch (path.get(1)) {
      case "routes" -> routes.handle(exchange, rest);
      case "data-planes" -> planes.dataPlanes(exchange, rest);
      case "announcements" -> planes.announcements(exchange, rest);
      case "documents" -> management.documents(exchange, rest);
      case "tenants" -> management.tenants(exchange, rest);
      case "services" -> management.services(exchange, rest);
      case "clusters" -> management.clusters(exchange, rest);
      case "environment" -> management.environment(exchange, rest);
      case "operations" -> management.operations(exchange, rest);
      case "quarantine" -> quarantine.handle(exchange, rest);
      case "traces" -> traces.handle(exchange, rest);
      case "owner" -> management.owner(exchange, rest);
      case "status" -> management.status(exchange, rest);
      default -> throw notFound(path);
    }
  }

  static ProblemException notFound(List<String> path) {
    return ProblemCode.NOT_FOUND.exception("/" + String.join("/", path) + ": nothing is there",
        "see the reference of the REST interface");
  }

  static ProblemException notAllowed(Exchange exchange, String allowed) {
    return ProblemCode.METHOD_NOT_ALLOWED.exception(exchange.method() + " (expected: " + allowed + ")",
        "use " + allowed);
  }

  /** Refuses any method but one. */
  static void require(Exchange exchange, String method) {
    if (!exchange.method().equals(method)) {
      throw notAllowed(exchange, method);
    }
  }

  /** Refuses any method but those of something that can be looked at and deleted. */
  static void requireGetOrDelete(Exchange exchange) {
    if (!exchange.method().equals("GET") && !exchange.method().equals("DELETE")) {
      throw notAllowed(exchange, "GET or DELETE");
    }
  }

  /** Refuses what stands behind the end of a path. */
  static void requireEnd(List<String> rest) {
    if (!rest.isEmpty()) {
      throw notFound(rest);
    }
  }
}
