package dev.lanekeeper.agent.okhttp;

import dev.lanekeeper.boot.CallHeaders;
import dev.lanekeeper.boot.Lanes;
import dev.lanekeeper.model.Calls;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.WireNames;
import java.util.List;
import java.util.Map;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/** Tag and stamp in the headers of a request. */
final class RequestHeaders {

  private RequestHeaders() {}

  /** Tag and stamp of the call: see {@link CallHeaders#ofCall}. */
  static Carried carried(WireNames names, Request request) {
    return CallHeaders.ofCall(names, new SentHeaders(request.headers()));
  }

  /** Whether the headers bear what is known for the call, as we write it, and nothing else: then they need not be read. */
  static boolean bearExactly(WireNames names, Request request, Carried call) {
    return CallHeaders.bearExactly(names, new SentHeaders(request.headers()), call);
  }

  /** The same as for the call, where it is known, unless its headers bear anything else by now. */
  static Carried carried(WireNames names, Request request, Carried call) {
    Carried borne = carried(names, request);
    return borne.isTagged() ? borne : call;
  }

  /**
   * The request as it goes on, under the names of now: the table for which its decision waited may be the first.
   *
   * @param names by which its headers were read
   * @param action a {@link Calls.Redirect} or {@link Calls.Pass}
   */
  static Request written(WireNames names, Request request, Carried carried, Calls.Action action) {
    WireNames due = Lanes.names();
    Map<String, List<String>> headers = new SentHeaders(request.headers());
    if (action instanceof Calls.Redirect redirect) {
      Request written = with(names, due, request,
          CallHeaders.with(due, headers, CallHeaders.stamped(carried, redirect.stamp())));
      String stubs = CallHeaders.stubs(redirect);
      return stubs == null ? written : written.newBuilder().header(CallHeaders.STUBS, stubs).build();
    }
    Calls.Pass pass = (Calls.Pass) action;
    if (pass.carry()) {
      return with(names, due, request, CallHeaders.with(due, headers, CallHeaders.stamped(carried, pass.stamp())));
    }
    return with(names, due, request, CallHeaders.without(names, due, headers));
  }

  /** The request with ours of these headers in the place of its own, by either names; the same one if they are null. */
  private static Request with(WireNames names, WireNames due, Request request,
      @Nullable Map<String, List<String>> headers) {
    if (headers == null) {
      return request;
    }
    Request.Builder builder = request.newBuilder();
    replace(builder, WireNames.BAGGAGE, headers);
    names.headers().forEach(name -> replace(builder, name, headers));
    due.headers().forEach(name -> replace(builder, name, headers));
    return builder.build();
  }

  private static void replace(Request.Builder builder, String name, Map<String, List<String>> headers) {
    builder.removeHeader(name);
    List<String> values = headers.get(name);
    if (values != null) {
      values.forEach(value -> builder.addHeader(name, value));
    }
  }
}
