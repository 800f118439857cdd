package dev.lanekeeper.gateway.routing;

import java.net.InetAddress;

/**
 * Who sent a request.
 *
 * @param address of the other end of the connection
 */
public record Peer(InetAddress address) {}
