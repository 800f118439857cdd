package dev.lanekeeper.agent.okhttp;

import dev.lanekeeper.boot.CallRefusedException;
import dev.lanekeeper.boot.Lanes;
import dev.lanekeeper.model.Calls;
import dev.lanekeeper.model.WireNames;
import java.io.IOException;
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

  private static final ThreadLocal<@Nullable Decisions> CALL = new ThreadLocal<>();

  private CallTag() {}

  /** Those of the call that this thread is making; elsewhere, new ones for the request that it is serving. */
  static Decisions current() {
    Decisions call = CALL.get();
    return call == null ? new Decisions(Lanes.names(), Lanes.context().current()) : call;
  }

  @Override
  public Response intercept(Chain chain) throws IOException {
    Request request = chain.request();
    WireNames names = Lanes.names();
    Decisions decisions = new Decisions(names, RequestHeaders.carried(names, request));
    boolean upgrades = decisions.carried().isTagged() && "websocket".equalsIgnoreCase(request.header("Upgrade"));
    Decisions before = CALL.get();
    CALL.set(decisions);
    try {
      return chain.proceed(upgrades ? tagged(request, decisions) : request);
    } finally {
      CALL.set(before);
    }
  }

  private static Request tagged(Request request, Decisions decisions) throws CallRefusedException {
    HttpUrl url = request.url();
    Calls.Action action = decisions.about(decisions.carried(), url.scheme(), url.host(), url.port());
    decisions.tellAllHops(action);
    return RequestHeaders.written(decisions.names(), request, decisions.carried(), action);
  }
}
