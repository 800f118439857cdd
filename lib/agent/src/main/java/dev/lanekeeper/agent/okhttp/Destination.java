package dev.lanekeeper.agent.okhttp;

import dev.lanekeeper.boot.CallRefusedException;
import dev.lanekeeper.boot.Lanes;
import dev.lanekeeper.boot.Modules;
import dev.lanekeeper.model.Calls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the connections of a routed call go. Overrides that share an address share its connections: else a process that
 * serves many tenants would open one for each call.
 *
 * @param host of the owner
 * @param port of the owner
 */
public record Destination(String host, int port) {

  /** Not shared at once with other threads: it may be said several times, and counts once. */
  private static boolean said;

  /**
   * Decides where a call's connections go.
   *
   * @param host of the call's URL
   * @param port of the call's URL
   * @param tls whether the call is encrypted
   * @return null if it goes where the application said
   * @throws CallRefusedException if it must not be sent
   */
  public static @Nullable Destination of(String host, int port, boolean tls) throws CallRefusedException {
    if (!said) {
      said = true;
      Modules.matched("okhttp", "okhttp3");
    }
    Decisions decisions = CallTag.current();
    if (!decisions.carried().isTagged()) {
      return null;
    }
    Calls.Action action = decisions.connect(tls ? "https" : "http", host, port);
    return action instanceof Calls.Redirect redirect ? at(redirect.address()) : null;
  }

  private static Destination at(URI address) {
    boolean tls = "https".equalsIgnoreCase(address.getScheme());
    return new Destination(address.getHost(), address.getPort() >= 0 ? address.getPort() : tls ? 443 : 80);
  }

  /** Whether the owner of a redirected call is here: the workload of an override may have several instances. */
  boolean isOf(Calls.Redirect redirect) {
    return equals(at(redirect.address())) || Lanes.source().view().table().addresses(redirect.incarnation()).stream()
        .anyMatch(address -> equals(at(address)));
  }

  /** The addresses that its name stands for. */
  List<InetAddress> addresses() throws UnknownHostException {
    return List.of(InetAddress.getAllByName(host));
  }

  /**
   * The socket's real peer.
   *
   * @param asked one of {@link #addresses}; anything else stands for the first of them
   */
  InetSocketAddress peer(@Nullable InetAddress asked) throws UnknownHostException {
    List<InetAddress> all = addresses();
    return new InetSocketAddress(asked != null && all.contains(asked) ? asked : all.get(0), port);
  }
}
