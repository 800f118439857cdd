package dev.lanekeeper.agent.okhttp;

import dev.lanekeeper.boot.CallHeaders;
import dev.lanekeeper.boot.Lanes;
import dev.lanekeeper.boot.OutgoingCalls;
import dev.lanekeeper.model.Calls;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.WireNames;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * The last of the application's interceptors: tag and stamp of the call, from its headers or the request that is being
 * served, for all that is decided about it behind: its connections, the cache, its headers.
 *
 * <p>A web socket gets its headers here: interceptors of the network are not asked for those.
 */
public final class CallTag implements Interceptor {

  static final CallTag ONLY = new CallTag();

  private static final ThreadLocal<@Nullable Carried> CALL = new ThreadLocal<>();

  private CallTag() {}

  /** That of the call which this thread is making; elsewhere, that of the request which it is serving. */
  static Carried current() {
    Carried call = CALL.get();
    return call == null ? Lanes.context().current() : call;
  }

  @Override
  public Response intercept(Chain chain) throws IOException {
    Request request = chain.request();
    WireNames names = Lanes.names();
    Map<String, List<String>> ours = RequestHeaders.ours(names, request);
    Carried carried = CallHeaders.ofCall(names, ours);
    boolean upgrades = carried.isTagged() && "websocket".equalsIgnoreCase(request.header("Upgrade"));
    Carried before = CALL.get();
    CALL.set(carried);
    try {
      return chain.proceed(upgrades ? tagged(names, request, ours, carried) : request);
    } finally {
      CALL.set(before);
    }
  }

  private static Request tagged(WireNames names, Request request, Map<String, List<String>> ours, Carried carried)
      throws IOException {
    HttpUrl url = request.url();
    Calls.Action action =
        OutgoingCalls.preview(carried, url.scheme(), url.host(), url.port(), OutgoingCalls.Wait.BLOCK);
    return RequestHeaders.with(request, ours, RequestHeaders.of(names, ours, carried, action));
  }
}
