package dev.lanekeeper.controlplane.rest;

import dev.lanekeeper.api.HopInfo;
import dev.lanekeeper.api.HopsReport;
import dev.lanekeeper.api.PlainText;
import dev.lanekeeper.api.ProblemCode;
import dev.lanekeeper.api.TraceInfo;
import dev.lanekeeper.controlplane.store.Store;
import dev.lanekeeper.model.OverrideLife;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What became of requests that somebody traces: {@code /v1/traces}. Data planes tell, people look. */
public final class TraceRequests {

  private static final int MOST_AT_ONCE = 1_000;
  private static final int LONGEST_TEXT = 1_024;
  private static final String NAME = "[A-Za-z0-9-]{1,64}";

  private final Store store;

  /** Requests about the traces of a store. */
  public TraceRequests(Store store) {
    this.store = store;
  }

  void handle(Exchange exchange, List<String> rest) {
    if (rest.isEmpty()) {
      RestApi.require(exchange, "POST");
      List<HopInfo> told = exchange.body(HopsReport.class).hops();
      List<HopInfo> kept = fit(told);
      store.traces().add(kept);
      exchange.answer(Map.of("kept", kept.size(), "refused", told.size() - kept.size()));
      return;
    }
    RestApi.require(exchange, "GET");
    RestApi.requireEnd(rest.subList(1, rest.size()));
    String trace = name("trace", rest.getFirst());
    exchange.answer(new TraceInfo(trace, withTenancies(store.traces().of(trace))));
  }

  /**
   * Those that can be kept. One that cannot costs none of the others of its report; whose a life is, no data plane says.
   *
   * @throws dev.lanekeeper.api.ProblemException if there are too many, or there is none that can
   */
  private static List<HopInfo> fit(List<HopInfo> hops) {
    if (hops.size() > MOST_AT_ONCE) {
      throw ProblemCode.MALFORMED_REQUEST.exception("hops",
          hops.size() + " of them (expected: at most " + MOST_AT_ONCE + ")", "tell them in several requests");
    }
    List<HopInfo> fit = hops.stream().filter(TraceRequests::isFit).map(hop -> hop.of(null, null)).toList();
    if (fit.isEmpty() && !hops.isEmpty()) {
      throw ProblemCode.MALFORMED_REQUEST.exception("hops",
          "none can be kept (expected: trace, 1 to 64 letters, digits or '-'; texts of at most " + LONGEST_TEXT
              + " characters without control characters)",
          "leave such hops out");
    }
    return fit;
  }

  private static boolean isFit(HopInfo hop) {
    return hop.trace().matches(NAME)
        && Stream.of(hop.kind(), hop.service(), hop.incarnation(), hop.to(), hop.tag(), hop.stamp(), hop.outcome(),
            hop.reason(), hop.address(), hop.owner()).allMatch(TraceRequests::isPlain);
  }

  private static boolean isPlain(@Nullable String text) {
    return text == null || (text.length() <= LONGEST_TEXT && text.equals(PlainText.shown(text)));
  }

  private static String name(String field, String text) {
    if (!text.matches(NAME)) {
      throw ProblemCode.MALFORMED_REQUEST.exception(field,
          "\"" + text.substring(0, Math.min(text.length(), 80)) + "\" (expected: 1 to 64 letters, digits or '-')",
          "use the name that lanekeeper trace prints");
    }
    return text;
  }

  /** Data planes name lives of overrides; people know them by whose they are. */
  private List<HopInfo> withTenancies(List<HopInfo> hops) {
    Set<String> wanted = hops.stream().flatMap(hop -> Stream.of(hop.incarnation(), hop.owner()))
        .filter(id -> id != null).collect(Collectors.toSet());
    if (wanted.isEmpty()) {
      return hops;
    }
    Map<String, String> tenancies = new HashMap<>();
    for (OverrideLife life : store.catalog().table().content().overrides()) {
      String id = life.incarnation().id();
      if (wanted.contains(id)) {
        tenancies.put(id, life.tenancy().text());
      }
    }
    return hops.stream().map(hop -> hop.of(tenancies.get(hop.incarnation()), tenancies.get(hop.owner()))).toList();
  }
}
