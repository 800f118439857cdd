package dev.lanekeeper.agent.okhttp;

import dev.lanekeeper.boot.CallRefusedException;
import dev.lanekeeper.boot.Counters;
import dev.lanekeeper.boot.Lanes;
import dev.lanekeeper.boot.OutgoingCalls;
import dev.lanekeeper.model.Calls;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.WireNames;
import java.io.IOException;
import okhttp3.Connection;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * The last step before a request goes on the wire: it writes tag and stamp, or removes them where the host is outside, and
 * refuses a connection that is not its owner's.
 */
public final class LaneInterceptor implements Interceptor {

  private static final LaneInterceptor ONLY = new LaneInterceptor();

  private LaneInterceptor() {}

  /** Puts it behind the application's interceptors, and the agent's. */
  public static void addTo(OkHttpClient.Builder builder) {
    try {
      builder.interceptors().remove(CallTag.ONLY);
      builder.interceptors().add(CallTag.ONLY);
      builder.networkInterceptors().remove(ONLY);
      builder.networkInterceptors().add(ONLY);
    } catch (RuntimeException | Error failure) {
      Counters.failed("okhttp", failure);
    }
  }

  /** Whether the running call must leave the cache alone: what a tenant was told is not for others. */
  public static boolean isTagged() {
    return CallTag.current().carried().isTagged();
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // the very same, or the headers are written anew
  public Response intercept(Chain chain) throws IOException {
    Request request = chain.request();
    Decisions decisions = CallTag.current();
    WireNames names = Lanes.names();
    boolean asMade = RequestHeaders.bearExactly(names, request, decisions.carried());
    Carried carried = asMade ? decisions.carried() : RequestHeaders.carried(names, request, decisions.carried());
    Connection connection = chain.connection();
    Destination peer = connection == null ? null : peer(connection);
    if (!carried.isTagged()) {
      return chain.proceed(require(peer == null, request, carried));
    }
    HttpUrl url = request.url();
    Calls.Action action = OutgoingCalls.counted(decisions.about(carried, url.scheme(), url.host(), url.port()), carried,
        url.host(), url.port());
    boolean right =
        action instanceof Calls.Redirect redirect ? peer != null && peer.isOf(redirect) : peer == null;
    require(right, request, carried);
    boolean asDue = asMade && Decisions.carries(action) && Decisions.stamped(carried, action) == carried
        && names == Lanes.names() && !(action instanceof Calls.Redirect to && to.mocked() != null);
    return chain.proceed(asDue ? request : RequestHeaders.written(decisions.names(), request, carried, action));
  }

  /** Where a routed connection goes; null for the baseline's. */
  private static @Nullable Destination peer(Connection connection) {
    return connection.route().address().dns() instanceof OwnerDns dns ? dns.destination() : null;
  }

  /** INVARIANT: no request goes over a connection of another owner, whatever the pool did. */
  private static Request require(boolean right, Request request, Carried carried) throws CallRefusedException {
    if (right) {
      return request;
    }
    throw OutgoingCalls.refused(Calls.Reason.FAILED, carried, request.url().host(),
        "its connection is that of another owner; the routes changed meanwhile: try again");
  }
}
