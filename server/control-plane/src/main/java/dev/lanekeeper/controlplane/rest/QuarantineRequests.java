package dev.lanekeeper.controlplane.rest;

import dev.lanekeeper.api.DisposalOrder;
import dev.lanekeeper.api.ProblemCode;
import dev.lanekeeper.api.QuarantinePage;
import dev.lanekeeper.controlplane.operations.Releases;
import dev.lanekeeper.controlplane.quarantine.EntryId;
import dev.lanekeeper.controlplane.quarantine.Quarantines;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was put aside, and what people do with it: {@code /v1/quarantine}. */
public final class QuarantineRequests {

  private static final int USUAL = 50;

  private final Quarantines quarantines;
  private final Releases releases;

  /** Requests about quarantines. */
  public QuarantineRequests(Quarantines quarantines, Releases releases) {
    this.quarantines = quarantines;
    this.releases = releases;
  }

  void handle(Exchange exchange, List<String> rest) {
    switch (String.join("/", rest)) {
      case "" -> page(exchange);
      case "releases" -> {
        RestApi.require(exchange, "POST");
        exchange.answer(releases.release(exchange.body(DisposalOrder.class)));
      }
      case "discards" -> {
        RestApi.require(exchange, "POST");
        exchange.answer(releases.discard(exchange.body(DisposalOrder.class)));
      }
      default -> {
        RestApi.require(exchange, "GET");
        exchange.answer(quarantines.look(EntryId.parse("id", String.join("/", rest))));
      }
    }
  }

  private void page(Exchange exchange) {
    RestApi.require(exchange, "GET");
    exchange.answer(quarantines.page(
        new QuarantinePage.Filter(exchange.parameter("service"), exchange.parameter("tenancy"),
            exchange.parameter("reason"), exchange.parameter("state")),
        limit(exchange.parameter("limit")), exchange.parameter("after")));
  }

  private static int limit(@Nullable String text) {
    int limit = text == null ? USUAL : text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : -1;
    if (limit < 0 || limit > Quarantines.MOST) {
      throw ProblemCode.MALFORMED_REQUEST.exception("limit",
          "\"" + text + "\" (expected: 0 to " + Quarantines.MOST + ")", "ask for the next page with after");
    }
    return limit;
  }
}
