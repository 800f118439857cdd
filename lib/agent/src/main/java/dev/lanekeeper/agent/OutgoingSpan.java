package dev.lanekeeper.agent;

import dev.lanekeeper.boot.Counters;
import dev.lanekeeper.boot.Lanes;
import dev.lanekeeper.model.Calls;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.Service;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadableSpan;
import org.jspecify.annotations.Nullable;

/**
 * Where a call goes whose client we do not route: a propagator is given headers, not the host, but the span of the call,
 * which is begun before, names it. Where no span is recorded, nobody can tell.
 */
final class OutgoingSpan {

  private static final AttributeKey<String> HOST = AttributeKey.stringKey("server.address");
  private static final AttributeKey<Long> PORT = AttributeKey.longKey("server.port");
  /** The clients that we route decide for themselves, later: by the owner's address. */
  private static final String JAVA_HTTP = "io.opentelemetry.java-http-client";
  private static final String OKHTTP = "io.opentelemetry.okhttp";

  private OutgoingSpan() {}

  /** Whether a call goes to a host outside the environment. False where that is not known, and for clients that we route. */
  static boolean isOutside(Context context) {
    try {
      ReadableSpan span = unrouted(context);
      return span != null && isOutside(span);
    } catch (RuntimeException | Error failure) {
      // Rather tell a host outside of a tenancy than send a tagged request to the baseline without one.
      Counters.failed("inject", failure);
      return false;
    }
  }

  /** Whether this is known to be the context of a call to a host, by a client that we do not route. */
  static boolean isUnrouted(Context context) {
    ReadableSpan span = unrouted(context);
    return span != null && span.getAttribute(HOST) != null;
  }

  /** The span of a call whose client we do not route; null where it is none, or none is recorded. */
  private static @Nullable ReadableSpan unrouted(Context context) {
    if (!(Span.fromContext(context) instanceof ReadableSpan span) || span.getKind() != SpanKind.CLIENT) {
      return null;
    }
    String client = span.getInstrumentationScopeInfo().getName();
    return client.startsWith(JAVA_HTTP) || client.startsWith(OKHTTP) ? null : span;
  }

  private static boolean isOutside(ReadableSpan span) {
    String host = span.getAttribute(HOST);
    if (host == null) {
      return false;
    }
    Long port = span.getAttribute(PORT);
    RouteTable table = Lanes.source().view().table();
    Service service = table.serviceAt(host, port == null ? -1 : port.intValue());
    return service == null
        ? Calls.isOutside(host, table.environment(table.revision()).suffixes())
        : service.outside();
  }
}
