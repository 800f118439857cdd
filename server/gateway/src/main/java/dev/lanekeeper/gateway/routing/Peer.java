package dev.lanekeeper.gateway.routing;

import java.net.InetAddress;

/**
 * Who sends requests.
 *
 * @param address of the other end of the connection
 * @param text the same, as digits
 * @param secure whether that is by TLS, whatever a request says of itself
 */
public record Peer(InetAddress address, String text, boolean secure) {

  /** Who is at the other end of a connection. */
  public Peer(InetAddress address, boolean secure) {
    this(address, address.getHostAddress(), secure);
  }
}
