package dev.lanekeeper.gateway.routing;

import java.net.InetAddress;

/**
 * Who sent a request.
 *
 * @param address of the other end of the connection
 * @param secure whether that is by TLS, whatever a request says of itself
 */
public record Peer(InetAddress address, boolean secure) {}
