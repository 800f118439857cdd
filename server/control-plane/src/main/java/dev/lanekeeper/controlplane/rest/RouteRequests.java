package dev.lanekeeper.controlplane.rest;

import dev.lanekeeper.api.ProblemCode;
import dev.lanekeeper.client.RouteJson;
import dev.lanekeeper.controlplane.routes.RouteFeed;
import dev.lanekeeper.controlplane.store.Ledger;
import dev.lanekeeper.controlplane.store.Store;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.Target;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The route stream: {@code /v1/routes}, {@code /v1/routes/current}, {@code /v1/routes/watch}; and what is too large for it, the stubs of
 * a life: {@code /v1/routes/stubs/ID}.
 */
public final class RouteRequests {

  private final Store store;
  private final RouteFeed feed;

  /** The stream of a store. */
  public RouteRequests(Store store, RouteFeed feed) {
    this.store = store;
    this.feed = feed;
  }

  void handle(Exchange exchange, List<String> rest) throws IOException, InterruptedException {
    RestApi.require(exchange, "GET");
    if (rest.size() == 2 && rest.getFirst().equals("stubs")) {
      exchange.json(stubs(rest.getLast()).getBytes(StandardCharsets.UTF_8), null);
      return;
    }
    switch (String.join("/", rest)) {
      case "" -> whole(exchange);
      case "current" -> exchange.json(RouteJson.writeCurrent(store.current()), null);
      case "watch" -> watch(exchange);
      default -> throw RestApi.notFound(rest);
    }
  }

  /** Those of a life never change. */
  private String stubs(String id) {
    Ledger.Entry entry = id.matches("[a-z0-9]{1,40}")
        ? store.read(ledger -> ledger.entry(new Incarnation(id)))
        : null;
    String stubs = entry != null && entry.life().target() instanceof Target.Mock mock ? mock.stubs() : null;
    if (stubs == null) {
      throw ProblemCode.NOT_FOUND.exception("/v1/routes/stubs/" + id + ": no mock has this incarnation",
          "see lanekeeper get tenants");
    }
    return stubs;
  }

  private void whole(Exchange exchange) {
    RouteFeed.Encoded table = feed.whole();
    // With its seal: after a restore the same number is given again.
    String etag = "\"" + (table.stamp().isNone() ? "0" : table.stamp().text()) + "\"";
    if (etag.equals(exchange.header("if-none-match"))) {
      exchange.notModified(etag);
    } else {
      exchange.json(table.bytes(), etag);
    }
  }

  private void watch(Exchange exchange) throws IOException, InterruptedException {
    long after = after(exchange.parameter("after"));
    // What this cannot tell it must not begin to tell.
    store.current();
    try (OutputStream out = exchange.events()) {
      feed.follow(after, out);
    }
  }

  private static long after(@Nullable String text) {
    if (text == null || text.isEmpty()) {
      return 0;
    }
    if (!text.matches("[0-9]{1,16}")) {
      throw ProblemCode.MALFORMED_REQUEST.exception("after", "\"" + text + "\" (expected: a revision, or none)",
          "leave it out to begin with a whole table");
    }
    return Long.parseLong(text);
  }
}
