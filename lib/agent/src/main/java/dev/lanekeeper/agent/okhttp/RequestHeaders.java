package dev.lanekeeper.agent.okhttp;

import dev.lanekeeper.boot.CallHeaders;
import dev.lanekeeper.model.Calls;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.WireNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import okhttp3.Headers;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/** Our headers of a request, in the form that the shared classes take. */
final class RequestHeaders {

  private RequestHeaders() {}

  /** Ours, by name; empty, and nothing allocated, if there are none. */
  static Map<String, List<String>> ours(WireNames names, Request request) {
    Headers headers = request.headers();
    Map<String, List<String>> ours = Map.of();
    for (int i = 0; i < headers.size(); i++) {
      if (isOurs(names, headers.name(i))) {
        ours = ours.isEmpty() ? new TreeMap<>(String.CASE_INSENSITIVE_ORDER) : ours;
        ours.computeIfAbsent(headers.name(i), unused -> new ArrayList<>()).add(headers.value(i));
      }
    }
    return ours;
  }

  private static boolean isOurs(WireNames names, String name) {
    if (name.equalsIgnoreCase(WireNames.BAGGAGE)) {
      return true;
    }
    for (int i = 0; i < names.headers().size(); i++) {
      if (name.equalsIgnoreCase(names.headers().get(i))) {
        return true;
      }
    }
    return false;
  }

  /** The headers of ours that a call goes on with; null if they are as they should be. */
  static @Nullable Map<String, List<String>> of(WireNames names, Map<String, List<String>> ours, Carried carried,
      Calls.Action action) {
    if (action instanceof Calls.Redirect redirect) {
      return CallHeaders.with(names, ours, stamped(carried, redirect.stamp()));
    }
    return action instanceof Calls.Pass pass && pass.carry()
        ? CallHeaders.with(names, ours, stamped(carried, pass.stamp()))
        : CallHeaders.without(names, ours);
  }

  private static Carried stamped(Carried carried, Stamp stamp) {
    return stamp.isNone() ? carried : carried.with(stamp);
  }

  /** The request with these headers in the place of {@code before}; the same one if they are null. */
  static Request with(Request request, Map<String, List<String>> before, @Nullable Map<String, List<String>> after) {
    if (after == null) {
      return request;
    }
    Request.Builder builder = request.newBuilder();
    before.keySet().forEach(builder::removeHeader);
    after.forEach((name, values) -> values.forEach(value -> builder.addHeader(name, value)));
    return builder.build();
  }
}
