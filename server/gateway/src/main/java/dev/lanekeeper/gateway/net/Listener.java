package dev.lanekeeper.gateway.net;

import dev.lanekeeper.gateway.fairness.Shares;
import dev.lanekeeper.gateway.proxy.Observer;
import dev.lanekeeper.gateway.routing.Router;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where requests come in.
 *
 * @param address to bind to; port 0: any
 * @param router what is done with them
 * @param tls its certificate; null: in clear
 * @param observer hears of each request that is over; null: nobody does
 * @param shares who goes first to a server that production and others have in common
 */
public record Listener(InetSocketAddress address, Router router, @Nullable ServerTls tls, @Nullable Observer observer,
    Shares shares) {

  /** Whoever comes first goes first. */
  public Listener(InetSocketAddress address, Router router, @Nullable ServerTls tls, @Nullable Observer observer) {
    this(address, router, tls, observer, Shares.none());
  }

  /** In clear, and nobody hears of it. */
  public Listener(InetSocketAddress address, Router router) {
    this(address, router, null, null);
  }
}
