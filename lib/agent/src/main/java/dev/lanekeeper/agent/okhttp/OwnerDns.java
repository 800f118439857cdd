package dev.lanekeeper.agent.okhttp;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import okhttp3.Dns;

/**
 * Resolves every name to the owner's addresses.
 *
 * <p>INVARIANT: equal to another only for the same owner. OkHttp shares a connection between calls whose addresses are
 * equal, {@code dns} included; their socket factories it does not compare for connections of HTTP/2.
 *
 * @param destination the owner
 * @param replaced what the application had configured
 */
public record OwnerDns(Destination destination, Dns replaced) implements Dns {

  @Override
  public List<InetAddress> lookup(String hostname) throws UnknownHostException {
    return destination.addresses();
  }
}
