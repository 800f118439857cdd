package dev.lanekeeper.agent.okhttp;

import dev.lanekeeper.boot.CallHeaders;
import dev.lanekeeper.boot.CallRefusedException;
import dev.lanekeeper.boot.Counters;
import dev.lanekeeper.boot.Lanes;
import dev.lanekeeper.boot.OutgoingCalls;
import dev.lanekeeper.model.Calls;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.WireNames;
import java.io.IOException;
import java.util.List;
import java.util.Map;
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
      builder.networkInterceptors().remove(ONLY);
      builder.networkInterceptors().add(ONLY);
    } catch (RuntimeException | Error failure) {
      Counters.failed("okhttp", failure);
    }
  }

  /** Whether the running call must leave the cache alone: what a tenant was told is not for others. */
  public static boolean isTagged() {
    return Lanes.context().current().isTagged();
  }

  @Override
  public Response intercept(Chain chain) throws IOException {
    Request request = chain.request();
    WireNames names = Lanes.names();
    Map<String, List<String>> ours = RequestHeaders.ours(names, request);
    Carried carried = CallHeaders.ofCall(names, ours);
    Connection connection = chain.connection();
    Destination peer = connection == null ? null : peer(connection);
    if (!carried.isTagged()) {
      return chain.proceed(require(peer == null, request, carried));
    }
    HttpUrl url = request.url();
    Calls.Action action = OutgoingCalls.decide(carried, url.scheme(), url.host(), url.port(), OutgoingCalls.Wait.BLOCK);
    if (action instanceof Calls.Redirect redirect) {
      require(peer != null && peer.isOf(redirect), request, carried);
      Carried stamped = redirect.stamp().isNone() ? carried : carried.with(redirect.stamp());
      return chain.proceed(RequestHeaders.with(request, ours, CallHeaders.with(names, ours, stamped)));
    }
    require(peer == null, request, carried);
    Calls.Pass pass = (Calls.Pass) action;
    Carried stamped = pass.stamp().isNone() ? carried : carried.with(pass.stamp());
    return chain.proceed(RequestHeaders.with(request, ours,
        pass.carry() ? CallHeaders.with(names, ours, stamped) : CallHeaders.without(names, ours)));
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
